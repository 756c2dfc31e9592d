import type { Clock } from '../clock.ts'
import type { Directory, PersonId } from '../directory/directory.ts'
import type { Lockout } from '../directory/lockout.ts'
import { hmac, type Keys } from '../keys.ts'
import type { Limits } from '../limits.ts'
import { ok, type Result } from '../result.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Network } from '../web/network.ts'
import type { RateLimiter } from '../web/rate-limiter.ts'
import { assessShare, type Requester } from './bind-share.ts'
import { createFailedNames, type NameCharge } from './failed-names.ts'
import { createFailureRows, type FailureRow } from './failure-rows.ts'

export type BindRequest = {
  /** The person who bears the login, or the login that nobody bears, folded. */
  readonly person: PersonId | null
  readonly login: string
  readonly requester: Requester
  readonly network: Network
  /** What the directory tells; `null`: nothing can be read. */
  readonly lockout: Lockout | null
}

/** A bind that was counted before it is made: of many sent at once no more than the budget reach the directory. */
export type CountedBind = {
  readonly name: string
  readonly requester: Requester
  /** What its network is charged for it; `null`: nothing, being the owner's. */
  readonly charge: NameCharge | null
  readonly begunAt: number
  /** False: it is counted and answered as a wrong one, and the directory hears nothing of it (`bind-share.ts`). */
  readonly reaches: boolean
}

/** `until`: when passwords of this name are tried again; `null`: after a success of its owner. */
export type BudgetSpent = {
  readonly ok: false
  readonly reason: 'budget-spent'
  readonly until: number | null
}
export type NetworkFull = { readonly ok: false; readonly reason: 'network-full'; readonly until: number }

export type BindBudget = ReturnType<typeof createBindBudget>

/** How often, and how many times, a bind waits for those under way before it is refused on their account. */
const turn = 200
const turns = 15

/**
 * How many wrong passwords of one name may reach the directory. Of its own lock-out strangers together have half, the
 * person's known browsers and sessions a quarter: whatever strangers send, the directory locks nobody, and they use up
 * nothing of the owner's. Failures are forgotten one interval after the last of them, which is no shorter than what any
 * directory does (OpenLDAP counts those within the interval, 389 DS from the first, Active Directory from the last).
 * A name that nobody bears has the same rows with the same figures.
 */
export const createBindBudget = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  keys: Keys
  rateLimiter: RateLimiter
  directory: Pick<Directory, 'longest'>
}) => {
  const { store, clock, limits, keys, rateLimiter, directory } = deps
  const rows = createFailureRows({ clock, longest: directory.longest })
  const names = createFailedNames({ clock, limits, keys, rateLimiter })

  const nameOf = ({ person, login }: Pick<BindRequest, 'person' | 'login'>) =>
    hmac(keys.of('subject'), 'login', person ?? login)

  const ruleOf = (lockout: Lockout | null): Lockout =>
    lockout && lockout.maxFailures > 0
      ? lockout
      : { maxFailures: limits.failedBinds, interval: limits.failedBindsWindow }

  type Verdict = { kind: 'counted'; counted: CountedBind } | { kind: 'busy' | 'spent'; until: number | null }

  const judge = async (
    tx: Tx,
    asked: BindRequest,
    stranger: FailureRow,
    own: FailureRow | null,
  ): Promise<Verdict> => {
    const now = clock.now()
    const rule = ruleOf(asked.lockout)
    const share = assessShare({
      rule,
      requester: asked.requester,
      stranger,
      own,
      now,
      mostInARow: limits.failedBindsInARow,
    })
    const { requester, mine, sent, reaches, until } = share
    if (share.isForgotten) await rows.forgetSent(tx, stranger.name)
    if (!share.isFree(0)) return { kind: share.isFree(mine.pending) ? 'busy' : 'spent', until }
    await rows.begin(tx, mine, {
      counted: share.counted + 1,
      sent: reaches ? sent + 1 : sent,
      forgottenAfter: rule.interval,
    })
    const charge =
      asked.requester === 'stranger' ? await names.charge(tx, stranger.name, asked.network, rule) : null
    const counted = { name: stranger.name, requester, charge, begunAt: now, reaches }
    return { kind: 'counted', counted }
  }

  const request = (asked: BindRequest): Promise<Verdict | NetworkFull> =>
    store.transaction(async tx => {
      const isStranger = asked.requester === 'stranger'
      const until = isStranger ? await names.fullUntil(tx, asked.network, ruleOf(asked.lockout)) : null
      if (until !== null) return { ok: false, reason: 'network-full', until } as const
      const name = nameOf(asked)
      const of = { name, known: asked.person !== null }
      const stranger = await rows.hold(tx, { ...of, requester: 'stranger' })
      const own =
        asked.requester === 'own'
          ? await rows.hold(tx, { ...of, requester: 'own' })
          : await rows.look(tx, name, 'own')
      return judge(tx, asked, stranger, own)
    })

  const giveBack = async (tx: Tx, counted: CountedBind) => {
    if (counted.charge) await names.hold(tx, counted.charge.network)
    await rows.giveBack(tx, counted)
    if (counted.charge) await names.giveBack(tx, counted.charge)
  }

  return {
    /** Counts a bind, or refuses it. Whoever is refused because others are still under way waits for them a moment. */
    begin: async (
      asked: BindRequest,
    ): Promise<Result<{ counted: CountedBind }, never> | BudgetSpent | NetworkFull> => {
      for (let waited = 0; ; waited += 1) {
        const verdict = await request(asked)
        if ('reason' in verdict) return verdict
        if (verdict.kind === 'counted') return ok({ counted: verdict.counted })
        if (verdict.kind === 'spent' || waited >= turns)
          return { ok: false, reason: 'budget-spent', until: verdict.until }
        await clock.sleep(turn)
      }
    },

    /** The right password. The directory forgot what had failed before this bind began; so do we. */
    right: (counted: CountedBind) =>
      store.transaction(async tx => {
        await giveBack(tx, counted)
        await rows.forgive(tx, counted.name, counted.begunAt)
        if (counted.charge) await names.noteSuccess(tx, counted.charge)
      }),

    /** A password that was refused, whatever it was. */
    failed: (counted: CountedBind) => store.transaction(tx => rows.failed(tx, counted)),

    /** Nothing is counted: the bind was not sent, or the directory said that it is the right one, and serves no more. */
    giveBack: (counted: CountedBind) => store.transaction(tx => giveBack(tx, counted)),

    /** A success that is no bind of ours: recovery, or the desk that recognised the person. */
    forgive: (tx: Tx, person: PersonId, since: number) =>
      rows.forgive(tx, nameOf({ person, login: '' }), since),
  }
}
