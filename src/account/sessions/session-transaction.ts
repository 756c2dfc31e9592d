import type { Sessions } from '../../identity/sessions.ts'
import type { SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Store, Tx } from '../../store/store.ts'
import { type GuardedSession, isFactorStillShown } from './requirement.ts'

/** Rolls a change of the account back: its session ended, is less fresh, or lacks a factor, since the request came. The guard answers. */
export class SessionChanged extends Error {}

type Deps = {
  readonly store: Store
  readonly sessions: Pick<Sessions, 'current' | 'isFresh' | 'freshFactor'>
  readonly secondFactor: Pick<SecondFactor, 'of'>
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
}

/**
 * The transaction of a change of the account. Between the check of the session and the change there may be a hash of seconds:
 * a freeze, a new password, a first factor or a removed one that came meanwhile must not be followed by what a thief had begun before
 * (ASVS 7.4.3). Locks the person's row first, as everywhere where means of proof change.
 */
export const createSessionTransaction =
  (deps: Deps) =>
  <Result>(session: GuardedSession, work: (tx: Tx) => Promise<Result>): Promise<Result> =>
    deps.store.transaction(async tx => {
      await deps.revocations.lockPersonRow(tx, session.person)
      const current = await deps.sessions.current(tx, session)
      if (!(current && (await isFactorStillShown(deps, tx, session, current)))) throw new SessionChanged()
      return work(tx)
    })

export type SessionTransaction = ReturnType<typeof createSessionTransaction>
