import type { Clock } from '../clock.ts'
import type { Limits } from '../limits/limits.ts'
import type { ShownFactor } from '../proofs/second-factor/shown-factor.ts'
import type { Session, SignInProof } from './session.ts'

export type FreshnessDeps = { readonly clock: Clock; readonly limits: Pick<Limits, 'sessionFresh'> }

/** Not fresh where the server does not say when the person authenticated: it may be hours ago. */
export function freshUntil(
  { limits }: FreshnessDeps,
  { authenticatedAt }: Pick<SignInProof, 'authenticatedAt'>,
  now: number,
) {
  if (authenticatedAt === undefined) return now + limits.sessionFresh
  return authenticatedAt === null ? now : authenticatedAt + limits.sessionFresh
}

/** The server's factor has the age of its proof; where that is unknown it is never fresh. */
export function factorColumns({ factor, authenticatedAt }: Omit<SignInProof, 'by'>, now: number) {
  if (!factor) return {}
  return { factor, factor_at: factor === 'server' ? (authenticatedAt ?? 0) : now }
}

type IdleLimits = Pick<Limits, 'sessionIdle' | 'sessionMaxAge' | 'sessionTouchInterval'>

/** Until when a session is open that has just been used. */
export function openUntil(limits: IdleLimits, { seenAt, createdAt }: Session, now: number) {
  const seen = now - seenAt < limits.sessionTouchInterval ? seenAt : now
  return Math.min(seen + limits.sessionIdle, createdAt + limits.sessionMaxAge)
}

export const isFresh = ({ clock }: FreshnessDeps, session: Session) => session.freshUntil > clock.now()

export const freshFactor = ({ clock, limits }: FreshnessDeps, { factor }: Session): ShownFactor | null =>
  factor && factor.at + limits.sessionFresh > clock.now() ? factor.by : null
