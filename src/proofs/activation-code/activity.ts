import type { Clock } from '../../clock.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Store, Tx } from '../../store/store.ts'

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

/**
 * The one definition of an *active* account: an activation or a session, which stay recorded for ever, or an existing
 * password, second factor, joker or contact. Of an account that the helpdesk reopened only a joker counts, with which its
 * owner can recover it alone. The look-ups are the same for every holder, known or not.
 */
export const createActivityReader =
  ({ store, clock, limits }: { store: Store; clock: Clock; limits: Limits }) =>
  async (holder: string, db: Store['read'] | Tx = store.read): Promise<Activity> => {
    const chosen = (table: 'password_history' | 'jokers' | 'contacts') =>
      db.selectFrom(table).select('person').where('person', '=', holder).limit(1).executeTakeFirst()
    const inService = (table: 'passkeys' | 'authenticators' | 'recovery_sheets') =>
      db
        .selectFrom(table)
        .select('person')
        .where('person', '=', holder)
        .where('confirmed_at', 'is not', null)
        .limit(1)
        .executeTakeFirst()
    const [known, password, joker, contact, ...factors] = await Promise.all([
      db.selectFrom('activations').select(['because', 'at']).where('person', '=', holder).executeTakeFirst(),
      chosen('password_history'),
      chosen('jokers'),
      chosen('contacts'),
      inService('passkeys'),
      inService('authenticators'),
      inService('recovery_sheets'),
    ])
    const inPlace = { password: Boolean(password), factor: factors.some(Boolean), joker: Boolean(joker) }
    const because = firstOf({ ...inPlace, contact: Boolean(contact) })
    const openSince = clock.now() - limits.activationReopened
    return {
      because: known ? recordedOr(known, inPlace.joker, openSince) : because,
      joker: inPlace.joker,
    }
  }
