import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore } from '../../../test/world/stores.ts'
import { days, hours, minutes } from '../../clock.ts'
import { keysFrom } from '../../crypto/keys.ts'
import { defaultLimits as limits } from '../../limits/limits.ts'
import { createRateLimiter } from '../../limits/rate-limiter.ts'
import { createNotices } from '../../notify/notify.ts'
import { frenchCallingCodes } from '../../notify/sms.ts'
import { createJokerTries } from '../joker/tries.ts'
import { createJourneyCodes } from '../sent-code/journey-code.ts'
import { createMessageBudget } from '../sent-code/messages.ts'
import { chancesOf, guessesInAYear } from './guessing.ts'

/** Whoever guesses as soon as it is allowed, against the code itself: the figures of the page are what they reach, and no less. */
describe('guessing', () => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let clock: ReturnType<typeof movableClock>
  beforeEach(async () => {
    opened = await newStore('SQLite')
    clock = movableClock()
  })
  afterEach(() => opened.forget())

  const subject = 'camille'
  const wrong = { stored: sql<null>`null`, isRight: () => false }

  it('a joker for a year is possible as often as the page says', { timeout: 60_000 }, async () => {
    const { store } = opened
    const tries = createJokerTries({ store, clock, limits, rateLimiter: createRateLimiter(store, clock) })
    const end = clock.now() + days(365)
    let guesses = 0
    while (clock.now() < end) {
      const network = `network ${guesses}`
      const verdict = await store.transaction(tx => tries.judge(tx, { subject, browser: '', network }, wrong))
      guesses += 1
      if (verdict.verdict === 'suspended') clock.forward(verdict.until - clock.now() + 1)
    }
    expect(guessesInAYear(limits).joker).toBe(guesses)
  })

  it('a sent code for ten windows is possible as often as the page says', { timeout: 120_000 }, async () => {
    const { store } = opened
    const keys = keysFrom(Buffer.alloc(32, 7))
    const rateLimiter = createRateLimiter(store, clock)
    const notices = createNotices(clock)
    const base = { store, clock, limits, rateLimiter, notices }
    const messages = createMessageBudget({
      ...base,
      timeZone: 'Europe/Paris',
      configured: true,
      countries: frenchCallingCodes,
    })
    const findReach = async () => ({ contacts: 1, revokedAt: 0 })
    const codes = createJourneyCodes({ ...base, findReach, keys, messages })
    const asked = {
      subject,
      person: null,
      browser: { own: '', other: '' },
      language: 'fr',
      device: '',
    } as const
    const windows = 10
    const end = clock.now() + windows * limits.proofCodesWindow
    let guesses = 0
    let journeys = 0
    /** A new journey from a new network, by mail and by text message in turn; as many wrong codes as it counts. */
    const guess = async () => {
      journeys += 1
      const journey = `${journeys}`
      const kind = journeys % 2 === 0 ? 'mail-code' : 'sms-code'
      const network = { id: `network ${journeys}`, campus: false }
      const sent = await store.transaction(tx => codes.ask(tx, { ...asked, kind, journey, network }))
      if (!sent.ok) return false
      for (let nth = 0; nth <= limits.codeTries; nth += 1) {
        if (nth % 2 === 1) await store.transaction(tx => codes.ask(tx, { ...asked, kind, journey, network }))
        const before = await left()
        const { answer } = await codes.verify({ journey, kind, subject }, '00000000')
        await store.transaction(tx => answer.judge(tx, true))
        guesses += before - (await left())
      }
      return true
    }
    const left = async () => {
      const rows = await store.read.selectFrom('sent_codes').select('tries_left').execute()
      return rows.reduce((sum, { tries_left }) => sum + Number(tries_left), 0)
    }
    while (clock.now() < end) {
      while (await guess());
      clock.forward(hours(1) + minutes(1))
    }
    const most = (guessesInAYear(limits).sent * windows * limits.proofCodesWindow) / days(365)
    expect(guesses).toBeLessThanOrEqual(most + (limits.proofCodesPerPerson + 1) * limits.codeTries)
    expect(guesses).toBeGreaterThan(most / 4)
  })

  it('leads less far with each preset', () => {
    const { classique, renforce, 'nist-aal2': aal2 } = chancesOf(limits)
    const weakest = Math.min(...classique.map(({ chance }) => chance))
    expect(weakest).toBeGreaterThan(renforce)
    expect(renforce).toBeGreaterThan(aal2)
    expect(renforce).toBeLessThan(1 / 1000)
  })
})
