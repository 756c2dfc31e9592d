import type { HashRefusal } from '../../hashing/hashing.ts'
import type { Limits } from '../../limits/limits.ts'
import type { PendingAnswer } from '../../proofs/proof.ts'
import { isSentKind, type SentKind } from '../../proofs/sent-code/journey-code.ts'
import type { Result } from '../../result.ts'
import type { TextKey } from '../../texts/texts.ts'
import type { Journey } from '../journey.ts'
import type { ProofStepDeps, ProveState } from './steps.ts'

/** The proofs whose code is typed on the page of the choice. */
export type CodeKind = SentKind | 'helpdesk-code' | 'recovery-code'
export const isCodeKind = (kind: string | null | undefined): kind is CodeKind =>
  kind === 'recovery-code' || kind === 'helpdesk-code' || (typeof kind === 'string' && isSentKind(kind))

/** `at`: since when a right code proves what it proves, where that is before it was typed. */
export type JudgedCode = { readonly verdict: 'right' | 'wrong'; readonly at?: number }

type ReadCode = Result<
  { readonly answer: PendingAnswer<JudgedCode> },
  HashRefusal | 'printed-form' | 'helpdesk-code-form' | 'code-missing'
>

/** What a code of this kind is refused with. */
export const codeRefusals = {
  'mail-code': 'proof-code-wrong',
  'sms-code': 'proof-code-wrong',
  'helpdesk-code': 'helpdesk-code-wrong',
  'recovery-code': 'factor-wrong-printed',
} as const satisfies Readonly<Record<CodeKind, TextKey>>

/**
 * How many codes may be refused in a journey, those of other kinds included: a sent code can be guessed, a printed one or a passkey cannot.
 * Another code that is sent gives none back.
 */
export const triesOf = (kind: CodeKind | 'passkey', { codeTries, pendingSignInTries }: Limits) =>
  isSentKind(kind) ? codeTries : pendingSignInTries

/** The same look-ups and hashes for everybody, known or not. What has not the form of a code is no try. */
export async function readCode(
  {
    recoveryCodes,
    sentCodes,
    helpdeskCodes,
    accessMethods,
  }: Pick<ProofStepDeps, 'recoveryCodes' | 'sentCodes' | 'helpdeskCodes' | 'accessMethods'>,
  { id, subject, network, state }: Journey<ProveState>,
  kind: CodeKind,
  typed: string,
): Promise<ReadCode> {
  if (isSentKind(kind))
    return sentCodes.recognises(typed)
      ? sentCodes.verify({ journey: id, kind, subject }, typed)
      : { ok: false, reason: 'code-missing' }
  if (kind === 'helpdesk-code')
    return helpdeskCodes.recognises(typed)
      ? helpdeskCodes.verify({ subject, person: state.person }, typed)
      : { ok: false, reason: 'helpdesk-code-form' }
  if (!recoveryCodes.recognises(typed)) return { ok: false, reason: 'printed-form' }
  const settledBy = await accessMethods.settledBy(subject)
  const claim = { subject, person: state.person, settledBy, network, queueKey: id }
  return recoveryCodes.verifyPrinted(claim, typed)
}
