import type { Attempt } from './attempt.ts'
import type { WriteBarriers } from './write-hooks.ts'

/**
 * The second-factor rule for every write, whatever journey led to it: a person who has a second factor by then must have used
 * it (docs/decisions/009-second-factor.md, NIST SP 800-63B-4 §4.2). Only a freeze is exempt. The rule reads the attempt's
 * row and since when the person has a factor, and no session, so that it gives the same answer when a restart after a kill finishes the attempt.
 */
export function lacksFactor({ kind, facts }: Attempt, { factorSince }: WriteBarriers, by: number) {
  if (kind === 'freeze' || facts.factor) return false
  return factorSince !== null && factorSince <= by
}

/** Whether the proofs of this attempt were revoked since, or another write came first. A freeze needs no proof. */
export const isRevoked = ({ kind, facts, startedAt }: Attempt, { proofsRevokedAt }: WriteBarriers) =>
  kind !== 'freeze' && (facts.provedAt ?? startedAt) <= proofsRevokedAt
