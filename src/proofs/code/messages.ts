import type { Clock } from '../../clock.ts'
import { days } from '../../clock.ts'
import type { Limits } from '../../limits.ts'
import type { Notices } from '../../notify/notify.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Network } from '../../web/network.ts'
import type { Admission, RateLimit, RateLimiter } from '../../web/rate-limiter.ts'

const totalLimit: RateLimit = { name: 'messages', window: days(1) }
const networkLimit: RateLimit = { name: 'messages-network', window: days(1) }
const alerted = 'messages-told'

/**
 * The text messages of a day: each costs money, so they are bounded for everybody together (OWASP: SMS pumping). Counted
 * by the day of the institution, in the store, for every process.
 */
export const createMessageBudget = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  rateLimiter: RateLimiter
  notices: Notices
  timeZone: string
  /** Whether anything carries messages at all. */
  configured: boolean
  /** How the numbers begin to which they leave. */
  countries: readonly string[]
}) => {
  const { clock, limits, rateLimiter, notices, configured, countries } = deps
  const calendar = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone: deps.timeZone })
  const today = () => calendar.format(clock.now())
  const whole = limits.messagesPerDay

  /** One network leaves most of a day's messages to the others, even where its people are many. */
  const shareOf = ({ campus }: Network) => {
    const percent = campus ? limits.messagesPercentPerCampus : limits.messagesPercentPerNetwork
    return Math.min(whole, Math.max(1, Math.floor((whole * percent) / 100)))
  }

  return {
    configured,
    countries,

    /** Whether a mobile is offered now; the same for everybody. */
    offered: async () => configured && (await rateLimiter.count(totalLimit, today())) < whole,

    admissions: (network: Network): readonly Admission<'messages-spent' | 'code-too-many-network'>[] => [
      { rateLimit: totalLimit, key: today(), limit: whole, reason: 'messages-spent' },
      {
        rateLimit: networkLimit,
        key: `${today()} ${network.id}`,
        limit: shareOf(network),
        reason: 'code-too-many-network',
      },
    ],

    /** Tells the desk, once a day, that many are spent. */
    notifyWhenScarce: async (tx: Tx) => {
      const sent = await rateLimiter.count(totalLimit, today(), tx)
      if (sent * 100 < whole * limits.messagesPercentTold) return
      const first = await tx
        .insertInto('counters')
        .values({ name: alerted, key: today(), bucket: 0, count: 1, expires_at: clock.now() + days(1) })
        .onConflict(conflict => conflict.columns(['name', 'key', 'bucket']).doNothing())
        .returning('name')
        .executeTakeFirst()
      if (!first) return
      const facts = { at: clock.now(), event: `messages:${today()}`, sent, budget: whole }
      await notices.write(tx, { kind: 'desk-messages', person: null, facts, language: 'fr' })
    },
  }
}

export type Messages = ReturnType<typeof createMessageBudget>
