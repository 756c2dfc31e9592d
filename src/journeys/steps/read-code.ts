import type { HashRefusal } from '../../hashing/hashing.ts'
import type { Limits } from '../../limits/limits.ts'
import { isSentKind, type SentKind } from '../../proofs/code/journey-code.ts'
import type { PendingAnswer } from '../../proofs/proof.ts'
import type { Result } from '../../result.ts'
import type { Journey } from '../journey.ts'
import type { ProofStepDeps, ProveState } from './steps.ts'

/** The proofs whose code is typed on the page of the choice. */
export type CodeKind = SentKind | 'recovery-code'
export const isCodeKind = (kind: string | null | undefined): kind is CodeKind =>
  kind === 'recovery-code' || (typeof kind === 'string' && isSentKind(kind))

type ReadCode = Result<
  { readonly answer: PendingAnswer<{ readonly verdict: 'right' | 'wrong' }> },
  HashRefusal | 'printed-form' | 'code-missing'
>

/** What a code of this kind is refused with. */
export const refusalOf = (kind: CodeKind) =>
  kind === 'recovery-code' ? 'factor-wrong-printed' : 'proof-code-wrong'

/**
 * How many codes may be refused in a journey, those of other kinds included: a sent code can be guessed, a printed one cannot. Another
 * code that is sent gives none back.
 */
export const triesOf = (kind: CodeKind, { codeTries, pendingSignInTries }: Limits) =>
  isSentKind(kind) ? codeTries : pendingSignInTries

/** The same look-ups and hashes for everybody, known or not. What has not the form of a code is no try. */
export async function readCode(
  { recoveryCodes, sentCodes }: Pick<ProofStepDeps, 'recoveryCodes' | 'sentCodes'>,
  { id, subject, network, state }: Journey<ProveState>,
  kind: CodeKind,
  typed: string,
): Promise<ReadCode> {
  if (isSentKind(kind))
    return sentCodes.recognises(typed)
      ? sentCodes.verify({ journey: id, kind }, typed)
      : { ok: false, reason: 'code-missing' }
  return recoveryCodes.recognises(typed)
    ? recoveryCodes.verifyPrinted({ subject, person: state.person, network, queueKey: id }, typed)
    : { ok: false, reason: 'printed-form' }
}
