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
  /** The person who has this login; `null` for an unknown login, which `login` then holds, folded. */
  readonly person: PersonId | null
  readonly login: string
  readonly requester: Requester
  readonly network: Network
  /** The directory's lock-out policy; `null` when it cannot be read. */
  readonly lockout: Lockout | null
}

/** A bind is counted before it is sent, so that concurrent requests cannot exceed the budget. */
export type CountedBind = {
  readonly name: string
  readonly requester: Requester
  /** What was charged to its network; `null` for a known browser or a session of the person. */
  readonly charge: NameCharge | null
  readonly begunAt: number
  /** False: it is counted and answered as a wrong password, and not sent to the directory (`bind-share.ts`). */
  readonly reaches: boolean
}

/** `until`: when passwords of this name are accepted again; `null`: after the owner's next successful sign-in. */
export type BudgetSpent = {
  readonly ok: false
  readonly reason: 'budget-spent'
  readonly until: number | null
}
export type NetworkFull = { readonly ok: false; readonly reason: 'network-full'; readonly until: number }

export type BindBudget = ReturnType<typeof createBindBudget>

/** A bind that only pending binds keep out waits for them: milliseconds of one wait, and how many waits. */
const turn = 200
const turns = 15

/**
 * Limits how many wrong passwords of one name reach the directory. All strangers together get half of the directory's
 * lock-out threshold, the person's known browsers and sessions a quarter. So the directory locks no account whatever
 * strangers send, and strangers cannot use up the owner's tries. Failures are forgotten one
 * interval after the last of them, which is no shorter than in any directory (OpenLDAP counts those within the interval,
 * 389 DS from the first, Active Directory from the last).
 * An unknown name has the same rows with the same figures, so that answers do not show which names exist.
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
    /** Counts a bind, or refuses it. When only pending binds use up the budget, it waits for them first. */
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

    /** The password was right. The directory has reset the failures before this bind, and so does this budget. */
    right: (counted: CountedBind) =>
      store.transaction(async tx => {
        await giveBack(tx, counted)
        await rows.forgive(tx, counted.name, counted.begunAt)
        if (counted.charge) await names.noteSuccess(tx, counted.charge)
      }),

    /** The directory refused the password. */
    failed: (counted: CountedBind) => store.transaction(tx => rows.failed(tx, counted)),

    /** The bind does not count: it was not sent, or the password is right but not accepted any more (expired, for example). */
    giveBack: (counted: CountedBind) => store.transaction(tx => giveBack(tx, counted)),

    /** A success without a bind: a recovery, or the service desk identified the person. */
    forgive: (tx: Tx, person: PersonId, since: number) =>
      rows.forgive(tx, nameOf({ person, login: '' }), since),
  }
}
