import type { Clock } from '../../clock.ts'
import type { Limits } from '../../limits.ts'
import type { Store, Tx } from '../../store/store.ts'

/** What makes an account active: whatever its owner did here, or had done before Sésame could be asked. */
export type ActiveBecause = 'activation' | 'session' | 'password' | 'factor' | 'joker' | 'contact'

export type Activity = {
  /** `null`: nothing was ever chosen here, and a code may still activate the account. */
  readonly because: ActiveBecause | null
  /** Recovery by oneself can work. */
  readonly joker: boolean
}

const recorded = ['activation', 'session', 'password', 'joker'] as const
/** The desk opened it again for somebody whom it recognised: a code activates it whatever was chosen before. */
export const reopened = 'reopened'

const becauseOf = (held: string): ActiveBecause => recorded.find(because => because === held) ?? 'activation'

const firstOf = (chosen: Partial<Record<ActiveBecause, boolean>>) =>
  (Object.keys(chosen) as ActiveBecause[]).find(because => chosen[because]) ?? null

type Known = { readonly because: string; readonly at: number }

/**
 * What was recorded for ever; of an account that was opened again nothing but a joker counts, for some days: a letter of a
 * later batch is for others.
 */
const recordedOr = ({ because, at }: Known, joker: boolean, openSince: number): ActiveBecause | null => {
  if (because !== reopened) return becauseOf(because)
  if (joker) return 'joker'
  return at > openSince ? null : 'activation'
}

/**
 * The one rule of what *active* means: an activation or a session, which are recorded for ever, or a password, a second
 * factor, a joker or a contact that is there; of an account that the desk opened again only a joker counts, by which its
 * owner comes back alone. The same look-ups for every holder, known or not.
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
