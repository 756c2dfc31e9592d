import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore } from '../../../test/world/stores.ts'
import { createAudit } from '../../audit/chain.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { BindResult, Directory } from '../../directory/directory.ts'
import { createEmbeddedDirectory, insertMissingEntries } from '../../directory/embedded/embedded.ts'
import { createFreezes } from '../../identity/freezes.ts'
import { createKnownBrowsers, knownBrowserCookie } from '../../identity/known-browsers.ts'
import { openedBy } from '../../identity/session.ts'
import { createSessions } from '../../identity/sessions.ts'
import { defaultLimits } from '../../limits/limits.ts'
import { createRateLimiter } from '../../limits/rate-limiter.ts'
import { createBindBudget } from '../../password/bind-budget.ts'
import type { HandlerRequest } from '../../web/handler.ts'
import { createPasswordAuthenticator } from './password-authenticator.ts'

const plain = {
  hash: async (password: string) => password,
  verify: async (held: string, typed: string) => held === typed,
}
const camille = {
  id: 'camille',
  login: 'clefevre',
  populations: [],
  displayName: '',
  firstNames: [],
  familyNames: [],
  birthDate: null,
  addresses: [],
  privileged: false,
  closed: false as const,
  numbers: {},
  password: 'right',
}

describe('a bind that has no answer', () => {
  let opened: Awaited<ReturnType<typeof newStore>>
  const clock = movableClock()
  beforeEach(async () => {
    opened = await newStore()
    await insertMissingEntries(opened.store, [camille], plain)
  })
  afterEach(() => opened?.forget())

  /** An authenticator before a directory whose binds end so; how many it was sent, and the browser that Camille used before. */
  const authenticatorOn = async (ending: BindResult) => {
    const { store } = opened
    const base = { store, clock, limits: defaultLimits }
    const keys = keysFrom(Buffer.alloc(32, 5))
    const audit = createAudit(() => keys.of('audit'), clock)
    const rateLimiter = createRateLimiter(store, clock)
    const knownBrowsers = createKnownBrowsers(base)
    let binds = 0
    const directory: Directory = {
      ...createEmbeddedDirectory({ store, passwords: plain }),
      bind: async () => {
        binds += 1
        return ending
      },
    }
    const passwordAuthenticator = createPasswordAuthenticator({
      ...base,
      audit,
      directory,
      rateLimiter,
      knownBrowsers,
      freezes: createFreezes(store, clock),
      ...{
        sessions: createSessions({
          ...base,
          audit,
          openedBy: openedBy('embedded'),
          endActivation: async () => {},
        }),
        budget: createBindBudget({ ...base, keys, rateLimiter, directory }),
      },
    })
    const known = await store.transaction(tx => knownBrowsers.remember(tx, 'camille', { cookie: () => null }))
    const request = (own: boolean) =>
      ({
        network: { id: own ? 'home' : 'away', campus: false },
        cookie: cookie => (own && cookie === knownBrowserCookie ? known.value : null),
        arrivedAt: clock.now(),
      }) as HandlerRequest
    return {
      binds: () => binds,
      tries: (own: boolean) =>
        Promise.all(
          Array.from({ length: 12 }, async () => {
            const checked = await passwordAuthenticator.check(request(own), 'clefevre', 'wrong')
            return checked.ok || checked.reason
          }),
        ),
    }
  }

  it('stays counted for strangers once it was sent, since a hanging directory counts it later', async () => {
    const { binds, tries } = await authenticatorOn({ ok: false, reason: 'directory-unavailable', sent: true })
    const reasons = await tries(false)
    expect(reasons.filter(reason => reason === 'directory-unavailable')).toHaveLength(5)
    expect(binds()).toBe(5)
  })

  it('is given back when it was not sent, and to the owner, so that an outage locks nobody out', async () => {
    const unsent = await authenticatorOn({ ok: false, reason: 'directory-unavailable' })
    await unsent.tries(false)
    expect(unsent.binds()).toBe(12)
    const hung = await authenticatorOn({ ok: false, reason: 'directory-unavailable', sent: true })
    await hung.tries(true)
    expect(hung.binds()).toBe(12)
  })
})
