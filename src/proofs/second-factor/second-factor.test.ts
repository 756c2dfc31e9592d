import { Secret, TOTP } from 'otpauth'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { createAudit } from '../../audit/chain.ts'
import { hours, minutes } from '../../clock.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import { type Hashing, openHashing } from '../../hashing/hashing.ts'
import { defaultLimits } from '../../limits/limits.ts'
import { createRateLimiter } from '../../limits/rate-limiter.ts'
import { createNotices } from '../../notify/notify.ts'
import { createAuthenticators } from '../authenticator/authenticator.ts'
import { createPasskeys } from '../passkey/passkey.ts'
import { createRecoveryCodes } from '../recovery-code/recovery-code.ts'
import { createSecondFactor, isAsked } from './second-factor.ts'

describe('when a second factor is asked for', () => {
  it.each([
    ['nothing', { passkey: 0, authenticator: 0, 'recovery-code': 0 }, false],
    ['a printed sheet alone', { passkey: 0, authenticator: 0, 'recovery-code': 8 }, false],
    ['an app', { passkey: 0, authenticator: 1, 'recovery-code': 0 }, true],
    ['a passkey', { passkey: 1, authenticator: 0, 'recovery-code': 0 }, true],
  ] as const)('of somebody with %s', (_, count, asked) => expect(isAsked({ count })).toBe(asked))
})

describe.each(storeFlavours.filter(({ available }) => available))(
  'a second factor on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let hashing: Hashing
    let factor: ReturnType<typeof openFactor>
    let now = 0
    const camille = 'camille' as PersonId
    const secret = Secret.fromLatin1('12345678901234567890')
    const who = { network: 'n', queueKey: 'j' }
    const digits = () => new TOTP({ secret, digits: 6, period: 30 }).generate({ timestamp: now })

    const openFactor = () => {
      const clock = { now: () => now, sleep: async () => {} }
      const keys = keysFrom(Buffer.alloc(32, 9))
      const base = { store: opened.store, clock, limits: defaultLimits, keys }
      const recoveryCodes = createRecoveryCodes({ ...base, hashing })
      const authenticators = createAuthenticators({ ...base, secrets: () => secret })
      const passkeys = createPasskeys({
        ...base,
        relyingParty: { id: 'localhost', origins: [], name: 'Sésame' },
      })
      const second = createSecondFactor({
        ...base,
        proofs: { recoveryCodes: { ...recoveryCodes, begin: recoveryCodes.make }, authenticators, passkeys },
        rateLimiter: createRateLimiter(opened.store, clock),
        audit: createAudit(keys.of('audit'), clock),
        notices: createNotices(clock),
      })
      return { recoveryCodes, authenticators, second }
    }
    beforeAll(() => {
      hashing = openHashing()
    })
    afterAll(() => hashing.close())
    beforeEach(async () => {
      now = Date.UTC(2026, 8, 1, 8)
      opened = await newStore(flavour)
      factor = openFactor()
      await opened.store.transaction(tx => factor.authenticators.begin(tx, camille, 'laptop'))
      await opened.store.transaction(tx => factor.authenticators.confirm(tx, camille, 'laptop', digits()))
      now += minutes(1)
    })
    afterEach(() => opened.forget())

    const give = async (typed: string) => {
      const read = await factor.second.read(camille, typed, who)
      if (!read.ok) return { verdict: read.reason }
      return opened.store.transaction(tx => factor.second.judge(tx, camille, read.response, 'fr'))
    }

    it('is recognised by its form: six digits, sixteen characters, or neither, which costs no try', async () => {
      for (const typed of ['12345', 'azerty', '0123-4567'])
        expect(await give(typed)).toEqual({ verdict: 'factor-form' })
      expect(await give(' ')).toEqual({ verdict: 'factor-missing' })
      expect(await give('000000')).toEqual({ verdict: 'wrong', left: 4 })
      expect(await give('0000-0000-0000-0000')).toEqual({ verdict: 'wrong', left: null })
      expect(await give(digits())).toEqual({ verdict: 'right', by: 'authenticator' })
    })

    it('counts five tries of twenty concurrent guesses', async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => give('000000')))
      expect(all.filter(({ verdict }) => verdict === 'wrong')).toHaveLength(5)
      expect(all.filter(({ verdict }) => verdict === 'closed')).toHaveLength(15)
    })

    /** The time until which right digits are refused. */
    const closedUntil = async () => {
      const verdict = await give(digits())
      if (verdict.verdict !== 'closed' || !('until' in verdict)) throw new Error(verdict.verdict)
      return verdict.until
    }

    it('refuses right digits while a limit is reached: a quarter of an hour after five tries, a day after twenty', async () => {
      for (let round = 0; round < 4; round += 1) {
        for (let tried = 0; tried < 5; tried += 1) await give('000000')
        const until = await closedUntil()
        expect((until - now) / minutes(1)).toBeLessThanOrEqual(round < 3 ? 15 : 24 * 60)
        now += minutes(17)
      }
      const until = await closedUntil()
      expect((until - now) / hours(1)).toBeGreaterThan(20)
      now = until - 1
      expect(await closedUntil()).toBe(until)
      now = until
      expect(await give(digits())).toEqual({ verdict: 'right', by: 'authenticator' })
    })

    it('accepts a printed code while digits are refused, and notifies its owner', async () => {
      const made = await factor.recoveryCodes.make(camille, 'laptop', who)
      const [first = '', second = ''] = made.ok ? made.codes : []
      const read = await factor.recoveryCodes.read(camille, first, { waitingIn: 'laptop' }, who)
      const code = read.ok ? read.code : null
      await opened.store.transaction(tx => factor.recoveryCodes.confirm(tx, camille, code))
      for (let tried = 0; tried < 6; tried += 1) await give('000000')
      expect(await give(second)).toEqual({ verdict: 'right', by: 'recovery-code', codesLeft: 6 })
      const notices = await opened.store.read.selectFrom('notices').selectAll().execute()
      expect(notices.map(({ kind }) => kind)).toEqual(['recovery-code-used'])
    })

    it('records the verdict but never the typed code', async () => {
      await give('000000')
      await give(digits())
      const events = await opened.store.read.selectFrom('audit_events').select('kind').execute()
      expect(events.map(({ kind }) => kind)).toEqual(['factor.wrong', 'factor.right'])
      const details = await opened.store.read.selectFrom('audit_details').select('body').execute()
      expect(JSON.stringify(details)).not.toContain(digits())
    })
  },
)
