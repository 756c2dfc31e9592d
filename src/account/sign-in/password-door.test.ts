import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore } from '../../../test/world/stores.ts'
import { auditWith } from '../../audit/chain.ts'
import type { Bound, Directory } from '../../directory/directory.ts'
import { embeddedDirectory, putEntries } from '../../directory/embedded/embedded.ts'
import { keysFrom } from '../../keys.ts'
import { defaultLimits } from '../../limits.ts'
import { bindBudget } from '../../password/bind-budget.ts'
import { openDoors } from '../../web/doors.ts'
import type { HandlerRequest } from '../../web/handler.ts'
import { freezesIn } from '../freezes.ts'
import { knownBrowsersIn } from '../known-browsers.ts'
import { openedBy, sessionsIn } from '../sessions/sessions.ts'
import { passwordDoor } from './password-door.ts'

const plain = {
  hash: async (password: string) => password,
  verify: async (held: string, typed: string) => held === typed,
}
const camille = {
  ...{ id: 'camille', login: 'clefevre', populations: [], displayName: '', firstNames: [], familyNames: [] },
  ...{ birthDate: null, addresses: [], privileged: false, ended: false, numbers: {}, password: 'right' },
}

describe('a bind that has no answer', () => {
  let opened: Awaited<ReturnType<typeof newStore>>
  const clock = movableClock()
  beforeEach(async () => {
    opened = await newStore()
    await putEntries(opened.store, [camille], plain)
  })
  afterEach(() => opened?.forget())

  /** A door before a directory whose binds end so; how many it was sent, and the browser that Camille used before. */
  const doorOn = async (ending: Bound) => {
    const { store } = opened
    const base = { store, clock, limits: defaultLimits }
    const keys = keysFrom(Buffer.alloc(32, 5))
    const audit = auditWith(keys.of('audit'), clock)
    const doors = openDoors(store, clock)
    const knownBrowsers = knownBrowsersIn(base)
    let binds = 0
    const directory: Directory = {
      ...embeddedDirectory({ store, passwords: plain }),
      bind: async () => {
        binds += 1
        return ending
      },
    }
    const door = passwordDoor({
      ...{ ...base, audit, directory, doors, knownBrowsers, freezes: freezesIn(store, clock) },
      ...{
        sessions: sessionsIn({
          ...{ ...base, audit, openedBy: openedBy('embedded') },
          endActivation: async () => {},
        }),
        budget: bindBudget({ ...base, keys, doors, directory }),
      },
    })
    const known = await store.transaction(tx => knownBrowsers.remember(tx, 'camille', { cookie: () => null }))
    const request = (own: boolean) =>
      ({
        network: { id: own ? 'home' : 'away', campus: false },
        cookie: (name: string) => (own && name === 'known' ? known.value : null),
        arrivedAt: clock.now(),
      }) as HandlerRequest
    return {
      binds: () => binds,
      tries: (own: boolean) =>
        Promise.all(
          Array.from({ length: 12 }, async () => {
            const checked = await door.check(request(own), 'clefevre', 'wrong')
            return checked.ok || checked.reason
          }),
        ),
    }
  }

  it('stays counted for strangers once it was sent: a directory that hangs judges it later', async () => {
    const { binds, tries } = await doorOn({ ok: false, reason: 'directory-unavailable', sent: true })
    const told = await tries(false)
    expect(told.filter(reason => reason === 'directory-unavailable')).toHaveLength(5)
    expect(binds()).toBe(5)
  })

  it('is given back where it was not sent, and to the owner: an outage shuts nobody out', async () => {
    const unsent = await doorOn({ ok: false, reason: 'directory-unavailable' })
    await unsent.tries(false)
    expect(unsent.binds()).toBe(12)
    const hung = await doorOn({ ok: false, reason: 'directory-unavailable', sent: true })
    await hung.tries(true)
    expect(hung.binds()).toBe(12)
  })
})
