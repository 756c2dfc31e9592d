import type { Clock } from '../../clock.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { ProofDeps } from '../proof.ts'

/** What made the account active: an action of its owner in Sésame, or one before Sésame was in use. */
export type ActiveBecause = 'activation' | 'session' | 'password' | 'factor' | 'joker' | 'contact'

export type Activity = {
  /** `null`: the account is not active, and a code may still activate it. */
  readonly because: ActiveBecause | null
  /** The person has a joker, so recovery works without the helpdesk. */
  readonly joker: boolean
}

const recorded = ['activation', 'session', 'password', 'joker'] as const
/** The helpdesk reopened the activation for a person whom it identified: a code activates the account again. */
export const reopened = 'reopened'

const becauseOf = (stored: string): ActiveBecause =>
  recorded.find(because => because === stored) ?? 'activation'

const firstOf = (chosen: Partial<Record<ActiveBecause, boolean>>) =>
  (Object.keys(chosen) as ActiveBecause[]).find(because => chosen[because]) ?? null

type RecordedActivation = { readonly because: string; readonly at: number }

/**
 * The recorded reason. Of a reopened account only a joker counts, for some days; after them the account counts as active, so
 * that a printed code of a later batch cannot activate it.
 */
const recordedOr = (
  { because, at }: RecordedActivation,
  joker: boolean,
  openSince: number,
): ActiveBecause | null => {
  if (because !== reopened) return becauseOf(because)
  if (joker) return 'joker'
  return at > openSince ? null : 'activation'
}

type ActivityDeps = {
  readonly clock: Clock
  readonly limits: Limits
  /** What makes an account active, each answered by the module that keeps it. */
  readonly has: ProofDeps['has']
  readonly findActivation: (
    holder: string,
    db?: Store['read'],
  ) => Promise<RecordedActivation | null | undefined>
}

/**
 * The one definition of an *active* account: an activation or a session, which stay recorded for ever, or an existing
 * password, second factor, joker or contact. Of an account that the helpdesk reopened only a joker counts, with which its
 * owner can recover it alone. The look-ups are the same for every holder, known or not.
 */
export const createActivityReader =
  ({ clock, limits, has, findActivation }: ActivityDeps) =>
  async (holder: string, db?: Store['read'] | Tx): Promise<Activity> => {
    const [known, password, joker, contact, factor] = await Promise.all([
      findActivation(holder, db),
      has.password(holder, db),
      has.proof('recovery', holder, db),
      has.contact(holder, db),
      has.proof('second-factor', holder, db),
    ])
    const because = firstOf({ password, factor, joker, contact })
    const openSince = clock.now() - limits.activationReopened
    return {
      because: known ? recordedOr(known, joker, openSince) : because,
      joker,
    }
  }
