import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { createAudit } from '../audit/chain.ts'
import { hours, minutes } from '../clock.ts'
import { digestOf } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import { defaultLimits } from '../limits/limits.ts'
import { createFreezes } from './freezes.ts'
import type { SignInProof } from './session.ts'
import { openedBy } from './session.ts'
import { createSessions, type Sessions } from './sessions.ts'

const camille = 'camille' as PersonId
const yanis = 'yanis' as PersonId

describe.each(storeFlavours.filter(({ available }) => available))('a session on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let sessions: Sessions
  const clock = movableClock()
  beforeEach(async () => {
    opened = await newStore(flavour)
    const { store } = opened
    sessions = createSessions({
      store,
      clock,
      limits: defaultLimits,
      audit: createAudit(() => Buffer.alloc(32, 7), clock),
      openedBy: [...openedBy('embedded'), 'cas', 'oidc'],
      endActivation: async () => {},
    })
  })
  afterEach(() => opened.forget())

  const signIn = async (person: PersonId, more: { cookie?: string } & Partial<SignInProof> = {}) => {
    const { cookie = null, by = 'embedded', ...rest } = more
    const request = { cookie: () => cookie, device: 'Firefox, Linux', network: { id: 'n', campus: false } }
    const set = await opened.store.transaction(tx => sessions.signInAs(tx, person, { by, request, ...rest }))
    return set?.value ?? ''
  }
  const rows = () => opened.store.read.selectFrom('sessions').selectAll().execute()

  it('is found only by its handle, which the store does not contain', async () => {
    const handle = await signIn(camille)
    expect((await sessions.find(handle))?.person).toBe(camille)
    expect(await sessions.find(digestOf(handle))).toBe(null)
    expect(await sessions.find(null)).toBe(null)
    expect(JSON.stringify(await rows())).not.toContain(handle)
    expect(Buffer.from(handle, 'base64url').length).toBeGreaterThanOrEqual(16)
  })

  it('gets a new handle at every sign-in, and the old one is void', async () => {
    const first = await signIn(camille)
    const second = await signIn(camille, { cookie: first })
    expect(second).not.toBe(first)
    expect(await sessions.find(first)).toBe(null)
    expect(await rows()).toHaveLength(1)
  })

  it('ends 30 minutes after its last use, which is recorded once a minute at most', async () => {
    const handle = await signIn(camille)
    for (let spent = 0; spent < 60; spent += 20) {
      clock.forward(minutes(20))
      const session = await sessions.find(handle)
      expect(session).not.toBe(null)
      if (session) await sessions.touch(session)
    }
    const before = await rows()
    clock.forward(minutes(0.5))
    const session = await sessions.find(handle)
    if (session) await sessions.touch(session)
    expect(await rows()).toEqual(before)
    clock.forward(minutes(30))
    expect(await sessions.find(handle)).toBe(null)
  })

  it('ends after 8 hours, even in constant use', async () => {
    const handle = await signIn(camille)
    for (let spent = 0; spent < hours(8); spent += minutes(25)) {
      const session = await sessions.find(handle)
      expect(session).not.toBe(null)
      if (session) await sessions.touch(session)
      clock.forward(minutes(25))
    }
    expect(await sessions.find(handle)).toBe(null)
  })

  it('is fresh for ten minutes, or since the server says the person really signed in', async () => {
    const now = await sessions.find(await signIn(camille))
    const old = await sessions.find(
      await signIn(camille, { by: 'oidc', external: 's', authenticatedAt: clock.now() - minutes(11) }),
    )
    const unknown = await sessions.find(await signIn(camille, { by: 'cas', authenticatedAt: null }))
    if (!(now && old && unknown)) throw new Error('not signed in')
    expect([now, old, unknown].map(sessions.isFresh)).toEqual([true, false, false])
    clock.forward(minutes(10))
    expect(sessions.isFresh(now)).toBe(false)
    const renewed = await opened.store.transaction(tx => sessions.renew(tx, now))
    const after = await sessions.find(renewed?.value ?? null)
    expect(after && sessions.isFresh(after)).toBe(true)
    expect(await opened.store.transaction(tx => sessions.renew(tx, now))).toBe(null)
  })

  it('is ended by its owner alone', async () => {
    const handle = await signIn(camille)
    const { ref = '' } = (await sessions.find(handle)) ?? {}
    const end = (person: PersonId) => opened.store.transaction(tx => sessions.end(tx, person, ref, 'person'))
    expect(await end(yanis)).toBe(false)
    expect(await sessions.find(handle)).not.toBe(null)
    expect(await end(camille)).toBe(true)
    expect(await sessions.find(handle)).toBe(null)
  })

  it('is kept when all the others of its person end, and nobody else is touched', async () => {
    const [mine, other, stranger] = [await signIn(camille), await signIn(camille), await signIn(yanis)]
    const kept = await sessions.find(mine)
    const by = { kind: 'person', id: camille } as const
    const ended = await opened.store.transaction(tx =>
      sessions.endAll(tx, camille, { by, why: 'password', except: kept?.id ?? null }),
    )
    expect(ended).toBe(1)
    expect(await sessions.find(other)).toBe(null)
    expect(await sessions.find(mine)).not.toBe(null)
    expect(await sessions.find(stranger)).not.toBe(null)
  })

  it('is ended by the server that opened it, under the name that this server gave it', async () => {
    const cas = await signIn(camille, { by: 'cas', external: 'ST-1' })
    const oidc = await signIn(camille, { by: 'oidc', external: 'ST-1' })
    const end = (by: 'cas' | 'oidc', external: string | null, subject: string | null = null) =>
      opened.store.transaction(tx => sessions.endExternal(tx, by, { external, subject }))
    expect(await end('cas', 'ST-2')).toBe(0)
    expect(await end('cas', null)).toBe(0)
    expect(await end('cas', 'ST-1')).toBe(1)
    expect(await sessions.find(cas)).toBe(null)
    expect(await sessions.find(oidc)).not.toBe(null)
  })

  it('is ended with all others of its person, where the server names the person alone', async () => {
    const named = { by: 'oidc', subject: 'sub-1' } as const
    const [first, second] = [
      await signIn(camille, { ...named, external: 'sid-1' }),
      await signIn(camille, named),
    ]
    const other = await signIn(yanis, { by: 'oidc', subject: 'sub-2', external: 'sid-2' })
    const end = (external: string | null, subject: string | null) =>
      opened.store.transaction(tx => sessions.endExternal(tx, 'oidc', { external, subject }))
    // A session that the provider gave no name goes with its person; one that has a name waits for it.
    expect(await end('sid-9', 'sub-1')).toBe(1)
    expect([await sessions.find(first), await sessions.find(second)].map(Boolean)).toEqual([true, false])
    expect(await end(null, 'sub-1')).toBe(1)
    expect(await sessions.find(first)).toBe(null)
    expect(await sessions.find(other)).not.toBe(null)
  })

  it('opens nothing while its account is frozen, though it was inserted after the freeze', async () => {
    const [before, stranger] = [await signIn(camille), await signIn(yanis)]
    const kept = await sessions.find(before)
    if (!kept) throw new Error('not signed in')
    const freezes = createFreezes(opened.store, clock)
    const put = (kind: 'frozen' | 'recovery-closed') =>
      opened.store.transaction(tx =>
        freezes.put(tx, { person: camille, kind, until: null, by: 'person', reason: 'not-me' }),
      )
    await put('recovery-closed')
    expect(await sessions.find(before)).not.toBe(null)
    await put('frozen')
    const late = await signIn(camille)
    expect([await sessions.find(before), await sessions.find(late)]).toEqual([null, null])
    expect(await opened.store.transaction(tx => sessions.renew(tx, kept))).toBe(null)
    expect(await sessions.list(camille)).toEqual([])
    expect(await sessions.find(stranger)).not.toBe(null)
  })

  it('is one of twenty at most: one more ends the one seen longest ago', async () => {
    const first = await signIn(camille)
    for (let count = 0; count < defaultLimits.sessionsPerPerson; count += 1) {
      clock.forward(1000)
      await signIn(camille)
    }
    expect(await rows()).toHaveLength(defaultLimits.sessionsPerPerson)
    expect(await sessions.find(first)).toBe(null)
  })
})
