import type { Session } from '../../identity/session.ts'
import type { Sessions } from '../../identity/sessions.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Tx } from '../../store/store.ts'

/**
 * `session`: signed in. `fresh`, for changes by which a stranger could take over the account: also a recent sign-in (ASVS
 * 7.5.1), and a recent second factor if the person has one. `factor`: only the latter, where the form asks for the old
 * password anyway.
 */
export type Requirement = 'session' | 'factor' | 'fresh'

/** A session that the guard let pass: what its form requires, and whether a recent factor was shown in it by then. */
export type GuardedSession = Session & { readonly needs: Requirement; readonly hasShownFactor: boolean }

type Deps = {
  readonly sessions: Pick<Sessions, 'isFresh' | 'freshFactor'>
  readonly secondFactor: Pick<SecondFactor, 'of'>
}

/** A second factor is required from its enrolment on, also in sessions that a password alone has opened before. `null`: not met. */
export async function guardSession(
  { sessions, secondFactor }: Deps,
  session: Session,
  needs: Requirement,
): Promise<GuardedSession | null> {
  const guarded = { ...session, needs, hasShownFactor: sessions.freshFactor(session) !== null }
  if (needs === 'session') return guarded
  if (needs === 'fresh' && !sessions.isFresh(session)) return null
  return guarded.hasShownFactor || !isAsked(await secondFactor.of(session.person)) ? guarded : null
}

/**
 * The same of the factor, asked again in the transaction of the change, with the person's row locked. `current`: the session as it is by
 * then. A first factor may have come since, or the one that was shown been removed; time that passed meanwhile does not count.
 */
export async function isFactorStillShown(
  { sessions, secondFactor }: Deps,
  tx: Tx,
  { needs, hasShownFactor }: GuardedSession,
  current: Session,
) {
  if (needs === 'session') return true
  const isShown = hasShownFactor ? current.factor !== null : sessions.freshFactor(current) !== null
  return isShown || !isAsked(await secondFactor.of(current.person, tx))
}
