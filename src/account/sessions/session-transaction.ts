import type { Session } from '../../identity/session.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Store, Tx } from '../../store/store.ts'

/** Rolls a change of the account back: its session ended, or is less fresh, since the request came. The guard answers. */
export class SessionChanged extends Error {}

type Deps = {
  readonly store: Store
  readonly sessions: Pick<Sessions, 'holds'>
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
}

/**
 * The transaction of a change of the account. Between the check of the session and the change there may be a hash of seconds:
 * a freeze, a new password or a removed factor that came meanwhile must not be followed by what a thief had begun before
 * (ASVS 7.4.3). Locks the person's row first, as everywhere where means of proof change.
 */
export const createSessionTransaction =
  ({ store, sessions, revocations }: Deps) =>
  <Result>(session: Session, work: (tx: Tx) => Promise<Result>): Promise<Result> =>
    store.transaction(async tx => {
      await revocations.lockPersonRow(tx, session.person)
      if (!(await sessions.holds(tx, session))) throw new SessionChanged()
      return work(tx)
    })

export type SessionTransaction = ReturnType<typeof createSessionTransaction>
