import type { Clock } from '../../clock.ts'
import { days } from '../../clock.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Network } from '../../limits/network.ts'
import type { LimitCheck, RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { Notices } from '../../notify/notify.ts'
import type { Store, Tx } from '../../store/store.ts'
import { ownLanguage } from '../../texts/locales.ts'

const totalLimit: RateLimit = { name: 'messages', window: days(1) }
const askedLimit: RateLimit = { name: 'messages-asked', window: days(1) }
const networkLimit: RateLimit = { name: 'messages-network', window: days(1) }
const noticeLimit: RateLimit = { name: 'messages-told', window: days(1) }

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly rateLimiter: RateLimiter
  readonly notices: Notices
  readonly timeZone: string
  /** Whether a provider of text messages is configured. */
  readonly configured: boolean
  /** Prefixes of the numbers to which messages are sent. */
  readonly countries: readonly string[]
}

/** What is counted of each message, by the day of the institution's time zone. */
function createBudgetChecks({ limits }: Pick<Deps, 'limits'>, today: () => string) {
  const budget = limits.messagesPerDay
  /** The share of one network, so that most of the daily budget stays for the others. */
  const shareOf = ({ campus }: Network) => {
    const percent = campus ? limits.messagesPercentPerCampus : limits.messagesPercentPerNetwork
    return Math.min(budget, Math.max(1, Math.floor((budget * percent) / 100)))
  }
  return {
    /** One count for every use: at most one message goes out for each that is counted (`notify/code-notice.ts`). */
    networkShare: (network: Network) =>
      ({
        rateLimit: networkLimit,
        key: `${today()} ${network.id}`,
        limit: shareOf(network),
        reason: 'code-too-many-network',
      }) as const,
    totalCheck: () =>
      ({ rateLimit: totalLimit, key: today(), limit: budget, reason: 'messages-spent' }) as const,
    /** What `offered` shows, so that it shows of nobody whether they have a mobile. */
    askedCheck: () =>
      ({ rateLimit: askedLimit, key: today(), limit: budget, reason: 'messages-spent' }) as const,
  }
}

/**
 * The daily budget of text messages. Each costs money, so their total is bounded (OWASP: SMS pumping). It is counted by the day
 * of the institution's time zone, in the store, for all processes together.
 */
export const createMessageBudget = (deps: Deps) => {
  const { clock, limits, rateLimiter, notices, configured, countries } = deps
  const calendar = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone: deps.timeZone })
  const today = () => calendar.format(clock.now())
  const budget = limits.messagesPerDay
  const { networkShare, totalCheck, askedCheck } = createBudgetChecks(deps, today)

  /** Notifies the helpdesk, once a day, that most of the budget is spent. */
  const notifyWhenScarce = async (tx: Tx) => {
    const sent = await rateLimiter.count(totalLimit, today(), tx)
    if (sent * 100 < budget * limits.messagesAlertPercent) return
    const onceADay = { rateLimit: noticeLimit, key: today(), limit: 1, reason: 'notified' } as const
    if (await rateLimiter.admit(tx, [onceADay])) return
    const facts = { at: clock.now(), event: `messages:${today()}`, device: '', sent, budget }
    await notices.write(tx, { kind: 'desk-messages', person: null, facts, language: ownLanguage })
  }

  return {
    configured,
    countries,
    networkShare,
    notifyWhenScarce,

    askedCheck,

    /**
     * Whether a mobile is offered now; the same for every person. It counts what was asked for, by people with a mobile or without: were it
     * the messages that went out, the last one of the day would show who has one.
     */
    offered: async () => configured && (await rateLimiter.count(askedLimit, today())) < budget,

    admissions: (network: Network): readonly LimitCheck<'messages-spent' | 'code-too-many-network'>[] => [
      totalCheck(),
      askedCheck(),
      networkShare(network),
    ],

    /** Takes one message of the budget; false: it is spent, and none is sent. */
    take: async (tx: Tx) => {
      if (await rateLimiter.admit(tx, [totalCheck()])) return false
      await notifyWhenScarce(tx)
      return true
    },
  }
}

export type MessageBudget = ReturnType<typeof createMessageBudget>
