import type { ProofPolicy } from '../../proofs/policy/policy.ts'
import type { PolicyJourney } from '../../proofs/policy/requirement-of.ts'
import type { RecoveryKind } from '../../proofs/proof-registry.ts'
import { isSentKind } from '../../proofs/sent-code/journey-code.ts'
import type { RightAnswer } from './right-answer.ts'
import type { IdentificationResult, ProveState } from './steps.ts'

/** Where there is one proof, the page of the choice is left out, except for a sent code: it is sent only when it is asked for. */
const onlyOf = (offered: readonly RecoveryKind[]) => {
  const [only = null, ...others] = offered
  return only && others.length === 0 && !isSentKind(only) ? only : null
}

/**
 * The first state, for a known or an unknown person. Which proofs are offered follows from the typed number alone: its population comes
 * first, and nothing is proved yet.
 */
export const createFirstProveState =
  (policy: ProofPolicy, journey: PolicyJourney) =>
  (result: IdentificationResult): ProveState => {
    const offered = policy.offered({ journey, populations: result.populations ?? [] }, new Set())
    return { step: 'prove', ...result, chosen: onlyOf(offered) }
  }

/** After a right answer, while the policy asks for more. */
export const continueProving = (
  state: ProveState,
  { answerDigest }: Pick<RightAnswer, 'answerDigest'>,
  offered: readonly RecoveryKind[],
) => ({ event: 'continued', next: { ...state, answerDigest, chosen: onlyOf(offered) } }) as const
