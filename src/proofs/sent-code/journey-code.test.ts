import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { minutes } from '../../clock.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import { defaultLimits } from '../../limits/limits.ts'
import { createRateLimiter } from '../../limits/rate-limiter.ts'
import { createNotices } from '../../notify/notify.ts'
import { frenchCallingCodes } from '../../notify/sms.ts'
import { type AskedCode, createJourneyCodes, type JourneyCodes, type SentKind } from './journey-code.ts'
import { createMessageBudget } from './messages.ts'

const keys = keysFrom(Buffer.alloc(32, 7))
const kinds: readonly SentKind[] = ['mail-code', 'sms-code']

describe.each(storeFlavours.filter(({ available }) => available))(
  'a code that a journey asks for, on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let codes: JourneyCodes
    /** The contacts that the person has, and until when their proofs are revoked. */
    let reach: { contacts: readonly string[]; revokedAt: number }
    const clock = movableClock()
    beforeEach(async () => {
      opened = await newStore(flavour)
      const { store } = opened
      const notices = createNotices(clock)
      reach = { contacts: ['home', 'work'], revokedAt: 0 }
      const base = { store, clock, limits: defaultLimits, rateLimiter: createRateLimiter(store, clock) }
      const messages = createMessageBudget({
        ...base,
        notices,
        timeZone: 'Europe/Paris',
        configured: true,
        countries: frenchCallingCodes,
      })
      codes = createJourneyCodes({
        ...{ ...base, keys, notices, messages },
        findReach: async (_db, _holder, ids) => ({
          contacts: ids.filter(id => reach.contacts.includes(id)).length,
          revokedAt: reach.revokedAt,
        }),
      })
    })
    afterEach(() => opened.forget())

    const asked: AskedCode = {
      kind: 'mail-code',
      journey: 'j',
      subject: 'camille',
      person: 'camille' as PersonId,
      browser: { own: '', other: '' },
      network: { id: 'home', campus: false },
      language: 'fr',
      device: '',
    }
    const ask = (more: Partial<AskedCode> = {}) =>
      opened.store.transaction(tx => codes.ask(tx, { ...asked, ...more }))
    const rows = () => opened.store.read.selectFrom('sent_codes').selectAll().execute()
    const notices = () => opened.store.read.selectFrom('notices').selectAll().orderBy('created_at').execute()
    /** What the outbox does for the newest notice. */
    const make = async () => {
      const { request = '' } = JSON.parse((await notices()).at(-1)?.facts ?? '{}')
      return opened.store.transaction(tx => codes.make(tx, request, ['home', 'work']))
    }
    const type = async (
      typed: string,
      { journey = 'j', kind = 'mail-code' as SentKind, open = true } = {},
    ) => {
      const { answer } = await codes.verify({ journey, kind, subject: 'camille' }, typed)
      return (await opened.store.transaction(tx => answer.judge(tx, open))).verdict
    }
    const triesLeft = async () => (await rows()).map(({ tries_left }) => Number(tries_left))

    it.each(kinds)('leaves the same rows of whoever is known and of whoever is not: %s', async kind => {
      const left = []
      for (const person of ['camille' as PersonId, null]) {
        const journey = `j-${person}`
        await ask({ kind, journey, subject: `s-${person}`, person })
        await type('12345678', { journey, kind })
        const [row] = await rows()
        const [notice] = await notices()
        const counters = await opened.store.read.selectFrom('counters').selectAll().execute()
        left.push({
          row: { ...row, request: '' },
          notice: { ...notice, id: '', person: '', facts: notice?.facts.replace(/[\w-]{43}/g, '') },
          counters: counters.map(({ name, count }) => [name, Number(count)]).sort(),
        })
        await opened.store.transaction(async tx => {
          for (const table of ['sent_codes', 'notices', 'counters'] as const)
            await tx.deleteFrom(table).execute()
        })
      }
      const [known, unknown] = left.map(one => JSON.stringify(one).replace(/\d{13}/g, 'then'))
      expect(unknown).toEqual(known)
      expect(left[0]?.row).toMatchObject({ digest: '', destination: '' })
    })

    it('is made once, has eight digits, and is stored by its keyed digest alone', async () => {
      await ask()
      const made = await make()
      expect(made?.code).toMatch(/^\d{4} \d{4}$/)
      expect(await make()).toBe(null)
      const stored = JSON.stringify([await rows(), await notices()])
      for (const secret of [made?.code ?? '', made?.code.replace(' ', '') ?? ''])
        expect(stored).not.toContain(secret)
    })

    it('is right once, in its journey and of its kind alone', async () => {
      await ask()
      const { code = '' } = (await make()) ?? {}
      await ask({ journey: 'other' })
      expect(await type(code, { journey: 'other' })).toBe('wrong')
      expect(await type(code, { kind: 'sms-code' })).toBe('wrong')
      expect(await type(code)).toBe('right')
      expect(await type(code)).toBe('wrong')
    })

    it('has as many tries as one code, however often another is asked for, and however many are sent at once', async () => {
      await ask()
      await Promise.all(Array.from({ length: 3 }, () => type('00000000')))
      expect(await triesLeft()).toEqual([defaultLimits.codeTries - 3])
      await ask()
      expect(await triesLeft()).toEqual([defaultLimits.codeTries - 3])
      await Promise.all(Array.from({ length: 6 }, () => type('00000000')))
      await ask()
      const { code = '' } = (await make()) ?? {}
      expect(await type(code)).toBe('wrong')
    })

    it('is asked for by a network that has not asked yet, at a slow pace, once strangers have asked for all', async () => {
      const { proofCodesPerNetwork: here, proofCodesPerPerson: all, proofCodesPace: pace } = defaultLimits
      const from = (id: string, more: Partial<AskedCode> = {}) =>
        ask({ ...more, journey: `${id} ${clock.now()}`, network: { id, campus: false } })
      for (let nth = 0; nth < all; nth += 1) {
        if (nth % here === 0) clock.forward(defaultLimits.codesWindow * 1.2)
        expect((await from(`stranger ${Math.floor(nth / here)}`)).ok).toBe(true)
      }
      for (const subject of ['camille', 'nobody'])
        expect((await from('stranger 0', { subject })).ok).toBe(subject === 'nobody')
      expect((await from('home')).ok).toBe(true)
      expect((await from('home')).ok).toBe(false)
      const refused = await from('office')
      expect(refused.ok).toBe(false)
      clock.forward(pace * 1.1)
      expect((await from('stranger 0')).ok).toBe(false)
      expect((await from('home')).ok).toBe(false)
      expect((await from('office')).ok).toBe(true)
      expect('opensAt' in refused && refused.opensAt).toBeLessThanOrEqual(clock.now())
    })

    it('is asked for once more at the slow pace by whoever asked for one before strangers asked for all', async () => {
      const { proofCodesPerNetwork: here, proofCodesPerPerson: all, codesWindow } = defaultLimits
      const from = (id: string) => ask({ journey: `${id} ${clock.now()}`, network: { id, campus: false } })
      expect((await from('home')).ok).toBe(true)
      for (let nth = 1; nth < all; nth += 1) {
        if (nth % (here - 1) === 0) clock.forward(codesWindow * 1.2)
        expect((await from(`stranger ${Math.floor(nth / here)}`)).ok).toBe(true)
      }
      clock.forward(codesWindow * 1.2)
      expect((await from('home')).ok).toBe(true)
      expect((await from('home')).ok).toBe(false)
    })

    it('is not used up by whoever is frozen, closed or unknown, and costs them what a wrong one does', async () => {
      await ask()
      const { code = '' } = (await make()) ?? {}
      expect(await type(code, { open: false })).toBe('wrong')
      expect(await triesLeft()).toEqual([defaultLimits.codeTries - 1])
      expect(await type(code)).toBe('right')
    })

    it('is void once one of the contacts that it went to is removed', async () => {
      await ask()
      const { code = '' } = (await make()) ?? {}
      reach = { ...reach, contacts: ['home'] }
      expect(await type(code)).toBe('wrong')
      expect(await triesLeft()).toEqual([defaultLimits.codeTries - 1])
    })

    it('is void once proofs are revoked, however soon after it was asked for', async () => {
      await ask()
      const { code = '' } = (await make()) ?? {}
      reach = { ...reach, revokedAt: clock.now() }
      expect(await type(code)).toBe('wrong')
      clock.forward(1)
      await ask()
      expect(await type((await make())?.code ?? '')).toBe('right')
    })

    it('proves since when it was asked for, and not since when it was typed', async () => {
      await ask()
      const { code = '' } = (await make()) ?? {}
      clock.forward(minutes(5))
      const { answer } = await codes.verify({ journey: 'j', kind: 'mail-code', subject: 'camille' }, code)
      const judged = await opened.store.transaction(tx => answer.judge(tx, true))
      expect('at' in judged && clock.now() - judged.at).toBeGreaterThanOrEqual(minutes(5))
    })

    it('no longer serves after ten minutes, nor once another is asked for', async () => {
      await ask()
      const { code = '' } = (await make()) ?? {}
      await ask()
      expect(await type(code)).toBe('wrong')
      const { code: second = '' } = (await make()) ?? {}
      clock.forward(minutes(10))
      expect(await make()).toBe(null)
      expect(await type(second)).toBe('wrong')
    })

    it('is asked for a number of times from one network, from all, and from the known browsers of the person', async () => {
      const { proofCodesPerNetwork: here, proofCodesPerPerson: all } = defaultLimits
      const reasons = async (count: number, more: Partial<AskedCode>) => {
        const given = []
        for (let nth = 0; nth < count; nth += 1) given.push((await ask({ ...more, journey: `${nth}` })).ok)
        return given.filter(Boolean).length
      }
      const at = (id: string) => ({ network: { id, campus: false } })
      const sent = []
      for (let nth = 0; nth < 4; nth += 1) {
        sent.push(await reasons(here + 1, at(`network ${nth}`)), await reasons(1, at(`late ${nth}`)))
        clock.forward(defaultLimits.codesWindow * 1.2)
      }
      // As many in an hour as go to one destination, and one more at the slow pace; then, at that pace, one every two hours.
      expect(sent.slice(0, 4)).toEqual([here, 1, here, 0])
      expect(sent.reduce((total, count) => total + count)).toBeLessThanOrEqual(all + 3)
      // Whether or not the pace allows one by now, it allows no second.
      await ask(at('one more'))
      const refused = await ask(at('another'))
      expect(refused).toMatchObject({ ok: false, reason: 'proof-code-too-many' })
      expect('opensAt' in refused && refused.opensAt - clock.now()).toBeLessThanOrEqual(
        defaultLimits.proofCodesPace * 1.1,
      )
      const known = (own: string, other: string) => ({ ...at('another'), browser: { own, other } })
      expect(await reasons(here + 1, known('own', ''))).toBe(here)
      expect(await reasons(1, known('a second of their own', ''))).toBe(0)
      expect(await reasons(here + 1, known('', 'of somebody else'))).toBe(0)
      expect((await ask({ ...at('another'), subject: 'somebody else' })).ok).toBe(true)
    })
  },
)
