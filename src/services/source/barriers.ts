import { resistsPhishing } from '../../proofs/proof-registry.ts'
import type { Result } from '../../result.ts'
import type { Attempt, Verification } from './attempt.ts'
import type { AcceptedWrite } from './person-lock.ts'
import type { SourceRefusal, WriteBarriers } from './write-hooks.ts'

/** Whether a password may be written now, and what its journey has proved. */
export type Eligibility = Result<Pick<WriteBarriers, 'proved'>, SourceRefusal>

/**
 * The second-factor rule for every write, whatever journey led to it: a person who has a second factor by then must have used
 * it (docs/decisions/009-second-factor.md, NIST SP 800-63B-4 §4.2). Only a freeze is exempt. The rule reads the attempt's
 * row and since when the person has a factor, and no session, so that it gives the same answer when a restart after a kill finishes the attempt.
 */
export function lacksFactor({ kind, facts }: Attempt, { factorSince }: WriteBarriers, by: number) {
  if (kind === 'freeze' || facts.factor) return false
  return factorSince !== null && factorSince <= by
}

/**
 * Whether the proofs of this attempt were revoked since, or another write came first. A freeze needs no proof. A change is proved by
 * the old password, in its own request: a joker that is replaced says nothing of it, and anybody with a session could replace
 * one again and again to keep the owner from changing the password. A factor that was shown may be the one that was removed.
 */
export function isRevoked({ kind, facts, startedAt }: Attempt, barriers: WriteBarriers) {
  const byPassword = kind === 'change' && !facts.factor
  const revokedAt = byPassword ? barriers.signInsRevokedAt : barriers.proofsRevokedAt
  return kind !== 'freeze' && (facts.provedAt ?? startedAt) <= revokedAt
}

/** The set of a row has the last proof first (`journeys/journey-row.ts`). */
const firstOf = (proved: WriteBarriers['proved']) => new Set([...proved].slice(-1))

/**
 * What an accepted write changes in the person's row. A journey recovers the account: until its day is over the contacts and factors that
 * the person had stay as they are (`identity/access-methods.ts`), unless what was proved first resists phishing. Such a proof lifts no earlier
 * hold: a thief could have added the passkey just before. For the same reason a passkey that is shown after another proof, as a second
 * factor, prevents none.
 */
export const acceptedWrite = (
  { kind }: Attempt,
  proved: WriteBarriers['proved'],
  { writtenAt }: Verification,
): AcceptedWrite => ({
  chosenAt: kind === 'freeze' ? null : writtenAt,
  ...((kind === 'reset' || kind === 'activation') &&
    !resistsPhishing(firstOf(proved)) && { recoveredAt: writtenAt }),
})
