import { Secret, TOTP } from 'otpauth'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { minutes, seconds } from '../../clock.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import { defaultLimits } from '../../limits/limits.ts'
import { type Authenticators, createAuthenticators, foldDigits } from './authenticator.ts'

describe('six digits', () => {
  it.each(['123456', ' 123 456 ', '123-456', '123\u2011456', '\u200e123\u200b456', '１２３４５６', '١٢٣٤٥٦'])(
    '« %s » are six digits',
    typed => {
      expect(foldDigits(typed)).toBe('123456')
    },
  )
  it.each(['', '12345', '1234567', '12345a', '١٢٣٤٥'])('« %s » are not', typed => {
    expect(foldDigits(typed)).toBeNull()
  })
})

/** RFC 6238, appendix B, SHA-1: eight digits there, of which an app shows the last six. */
const rfcSecret = Secret.fromLatin1('12345678901234567890')
const vectors = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
] as const

describe.each(storeFlavours.filter(({ available }) => available))(
  'an authenticator app on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let apps: Authenticators
    let now = 0
    const camille = 'camille' as PersonId
    const session = 'laptop'
    const names = { issuer: 'Sésame', label: 'clefevre' }
    const keys = keysFrom(Buffer.alloc(32, 7))

    beforeEach(async () => {
      now = Date.UTC(2026, 8, 1, 8)
      opened = await newStore(flavour)
      const clock = { now: () => now, sleep: async () => {} }
      apps = createAuthenticators({
        store: opened.store,
        clock,
        limits: defaultLimits,
        keys,
        secrets: () => rfcSecret,
      })
    })
    afterEach(() => opened.forget())

    const codeAt = (at: number) =>
      new TOTP({ secret: rfcSecret, digits: 6, period: 30 }).generate({ timestamp: at })
    const begin = () => opened.store.transaction(tx => apps.begin(tx, camille, session))
    const confirm = (code = codeAt(now)) =>
      opened.store.transaction(tx => apps.confirm(tx, camille, session, code))
    const consume = async (code: string, person = camille) => {
      const { answer } = await apps.verify({ person }, code)
      const { verdict } = await opened.store.transaction(tx => answer.judge(tx, true))
      return verdict === 'right'
    }
    const inService = async () => {
      await begin()
      expect(await confirm()).toEqual({ replaced: false })
      now += minutes(2)
    }

    it.each(vectors)('at second %i its code ends with that of RFC 6238', async (second, code) => {
      now = second * 1000
      await begin()
      expect(await confirm(code.slice(2))).toEqual({ replaced: false })
    })

    it('is in service from its first code; until then the former app stays valid', async () => {
      await inService()
      expect(await apps.find(camille)).not.toBeNull()
      await begin()
      expect(await consume(codeAt(now))).toBe(true)
      now += seconds(30)
      expect(await confirm('000000')).toBe(null)
      expect(await confirm()).toEqual({ replaced: true })
      expect(await opened.store.read.selectFrom('authenticators').selectAll().execute()).toHaveLength(1)
    })

    it('accepts the code of one step before or after, and no other', async () => {
      await inService()
      for (const steps of [-3, -2, 2, 3]) expect(await consume(codeAt(now + steps * 30_000))).toBe(false)
      for (const steps of [-1, 0, 1]) expect(await consume(codeAt(now + steps * 30_000))).toBe(true)
    })

    it('accepts each code once, and none older than the last', async () => {
      await inService()
      const code = codeAt(now)
      expect(await consume(code)).toBe(true)
      expect(await consume(code)).toBe(false)
      expect(await consume(codeAt(now - 30_000))).toBe(false)
    })

    it('accepts one of ten concurrent uses of the same code', async () => {
      await inService()
      const all = await Promise.all(Array.from({ length: 10 }, () => consume(codeAt(now))))
      expect(all.filter(Boolean)).toHaveLength(1)
    })

    it('keeps the secret encrypted and bound to its row', async () => {
      await inService()
      const row = await opened.store.read.selectFrom('authenticators').selectAll().executeTakeFirstOrThrow()
      expect(JSON.stringify(row)).not.toContain(rfcSecret.base32)
      await opened.store.transaction(tx =>
        tx.updateTable('authenticators').set({ id: 'moved', person: 'moved' }).execute(),
      )
      await expect(consume(codeAt(now), 'moved' as PersonId)).rejects.toThrow()
    })

    it('offers the pending secret as a URI and as letters, for a limited time', async () => {
      await begin()
      const offer = await apps.offer(camille, session, names)
      expect(offer?.address).toMatch(/^otpauth:\/\/totp\/S%C3%A9same:clefevre\?issuer=S%C3%A9same&secret=/)
      expect(offer?.letters).toBe(rfcSecret.base32)
      now += minutes(16)
      expect(await apps.offer(camille, session, names)).toBeNull()
      expect(await confirm()).toBe(null)
    })

    it('is refused once it is removed', async () => {
      await inService()
      expect(await opened.store.transaction(tx => apps.remove(tx, camille))).toBe(true)
      expect(await opened.store.transaction(tx => apps.remove(tx, camille))).toBe(false)
      expect(await consume(codeAt(now))).toBe(false)
    })

    it('draws a new secret of 160 bits for each app', async () => {
      const drawing = createAuthenticators({
        store: opened.store,
        limits: defaultLimits,
        keys,
        clock: { now: () => now, sleep: async () => {} },
      })
      const draw = async () => {
        await opened.store.transaction(tx => drawing.begin(tx, camille, session))
        return (await drawing.offer(camille, session, names))?.letters ?? ''
      }
      const [one, two] = [await draw(), await draw()]
      expect(Secret.fromBase32(one).bytes).toHaveLength(20)
      expect(one).not.toBe(two)
    })
  },
)
