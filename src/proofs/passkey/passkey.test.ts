import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newSecurityKey } from '../../../test/world/security-key.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { minutes } from '../../clock.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import { defaultLimits } from '../../limits/limits.ts'
import { createPasskeys, type Passkeys } from './passkey.ts'
import { relyingPartyOf } from './relying-party.ts'

describe('the relying party of a passkey', () => {
  it('is the host of the public URL, or localhost for a loopback address', () => {
    expect(relyingPartyOf(new URL('https://sesame.univ.example/x'), 'Sésame')).toEqual({
      id: 'sesame.univ.example',
      origins: ['https://sesame.univ.example'],
      name: 'Sésame',
    })
    expect(relyingPartyOf(new URL('http://127.0.0.1:3000'), 'Sésame')).toMatchObject({
      id: 'localhost',
      origins: ['http://localhost:3000'],
    })
  })
})

describe.each(storeFlavours.filter(({ available }) => available))('passkeys on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let passkeys: Passkeys
  const clock = movableClock()
  const place = { origin: 'https://sesame.univ.example', host: 'sesame.univ.example' }
  const camille = { person: 'camille' as PersonId, login: 'clefevre', displayName: 'Camille Lefèvre' }
  const yanis = { person: 'yanis' as PersonId, login: 'ybenali', displayName: 'Yanis Benali' }
  let key: ReturnType<typeof newSecurityKey>

  beforeEach(async () => {
    opened = await newStore(flavour)
    key = newSecurityKey(place)
    passkeys = createPasskeys({
      store: opened.store,
      clock,
      limits: defaultLimits,
      keys: keysFrom(Buffer.alloc(32, 6)),
      relyingParty: relyingPartyOf(new URL(place.origin), 'Sésame'),
    })
  })
  afterEach(() => opened.forget())

  type Verified = Extract<Awaited<ReturnType<Passkeys['verify']>>, { ok: true }>
  const use = async ({ answer }: Verified) =>
    (await opened.store.transaction(tx => answer.judge(tx, true))).verdict === 'right'
  const confirm = ({ assertion: given }: Verified) =>
    opened.store.transaction(tx => passkeys.confirm(tx, given, 'laptop'))

  const enrol = async (who = camille, one = key, faults = {}) => {
    await passkeys.begin('session', 'enrol')
    const options = await passkeys.enrolmentOptions('session', who)
    if (!options) throw new Error('nothing was begun')
    const answer = one.make(options, faults)
    return passkeys.enrol('session', {
      person: who.person,
      session: 'laptop',
      name: 'Téléphone',
      answer,
    })
  }
  const sign = async (one = key, faults = {}, person: PersonId | null = null) => {
    await passkeys.begin('browser', 'prove')
    const options = await passkeys.proofOptions('browser', person)
    if (!options) throw new Error('nothing was begun')
    return { answer: one.sign(options, faults), options }
  }
  const show = async (one = key, faults = {}) => passkeys.verify('browser', (await sign(one, faults)).answer)
  const signed = async (one = key) => {
    const read = await show(one)
    if (!read.ok) throw new Error(read.reason)
    return read
  }
  const inService = async (who = camille, one = key) => {
    expect((await enrol(who, one)).ok).toBe(true)
    expect(await confirm(await signed(one))).toBe(true)
  }

  it('is in service from its first use, and identifies its owner without a login', async () => {
    expect(await enrol()).toMatchObject({ ok: true })
    const first = await signed()
    expect(first).toMatchObject({ person: 'camille', assertion: { since: null } })
    expect(await use(first)).toBe(false)
    expect(await confirm(first)).toBe(true)
    const second = await signed()
    expect(second).toMatchObject({ person: 'camille', assertion: { since: expect.any(Number) } })
    expect(await use(second)).toBe(true)
    expect(await passkeys.list(camille.person)).toMatchObject([{ name: 'Téléphone', inService: true }])
  })

  it('must verify a finger, a face or a PIN, and is refused otherwise', async () => {
    await inService()
    const { options } = await sign()
    expect(options).toMatchObject({ userVerification: 'required', rpId: place.host })
    expect(options.allowCredentials).toBeUndefined()
    expect(await show(key, { unverified: true })).toEqual({ ok: false, reason: 'passkey-refused' })
    expect(await enrol(yanis, newSecurityKey(place), { unverified: true })).toMatchObject({ ok: false })
  })

  it('is accepted once per challenge, in time, and only for the holder of the challenge', async () => {
    await inService()
    const { answer } = await sign()
    expect(await passkeys.verify('elsewhere', answer)).toEqual({ ok: false, reason: 'passkey-late' })
    expect((await passkeys.verify('browser', answer)).ok).toBe(true)
    expect(await passkeys.verify('browser', answer)).toEqual({ ok: false, reason: 'passkey-late' })
    await sign()
    expect(await passkeys.verify('browser', answer)).toEqual({ ok: false, reason: 'passkey-refused' })
    const { answer: slow } = await sign()
    clock.forward(minutes(6))
    expect(await passkeys.verify('browser', slow)).toEqual({ ok: false, reason: 'passkey-late' })
  })

  it('does not accept a challenge for enrolment to authenticate', async () => {
    await inService()
    await passkeys.begin('browser', 'enrol')
    expect(await passkeys.proofOptions('browser', null)).toBeNull()
    const { answer } = await sign()
    await passkeys.begin('browser', 'enrol')
    expect((await passkeys.verify('browser', answer)).ok).toBe(false)
  })

  it('is refused from another site, and when the counter of a clone is behind', async () => {
    await inService()
    expect((await show(key, { origin: 'https://sesame.univ.exemple' })).ok).toBe(false)
    expect(await use(await signed())).toBe(true)
    expect((await show(key, { counter: 1 })).ok).toBe(false)
  })

  it('counts one signature once, even when two requests carry it', async () => {
    await inService()
    const once = await signed()
    const both = await Promise.all([use(once), use(once)])
    expect(both.filter(Boolean)).toHaveLength(1)
  })

  it('cannot be enrolled, used or removed by another person', async () => {
    await inService()
    expect(await enrol(yanis, key)).toEqual({ ok: false, reason: 'passkey-refused' })
    const other = newSecurityKey(place)
    await inService(yanis, other)
    const { options } = await sign(other, {}, yanis.person)
    expect(options.allowCredentials?.map(({ id }) => id)).toEqual([other.id])
    const [mine] = await passkeys.list(camille.person)
    const removed = await opened.store.transaction(tx => passkeys.remove(tx, yanis.person, mine?.id ?? ''))
    expect(removed).toBeNull()
  })

  it('allows several up to the limit, and forgets the one that is removed', async () => {
    for (let made = 0; made < defaultLimits.passkeysPerPerson; made += 1)
      await inService(camille, newSecurityKey(place))
    expect(await enrol()).toEqual({ ok: false, reason: 'passkeys-enough' })
    const [oldest] = await passkeys.list(camille.person)
    const remove = () => opened.store.transaction(tx => passkeys.remove(tx, camille.person, oldest?.id ?? ''))
    expect(await remove()).toBe('Téléphone')
    expect(await remove()).toBeNull()
    expect(await passkeys.list(camille.person)).toHaveLength(defaultLimits.passkeysPerPerson - 1)
  })

  it('refuses every malformed response', async () => {
    await inService()
    for (const answer of ['', 'null', '{', '{"id":"x"}', '[]', '"x"', '{"id":{}}']) {
      await passkeys.begin('browser', 'prove')
      expect(await passkeys.verify('browser', answer)).toEqual({ ok: false, reason: 'passkey-refused' })
    }
  })
})
