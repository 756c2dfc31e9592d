import type { JudgedFactor, PendingAnswer } from '../../proofs/proof.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { Journey } from '../journey.ts'
import type { ProofStepDeps, ProveState } from './steps.ts'

type Deps = Pick<ProofStepDeps, 'passkeys'>
type ReadDeps = Pick<ProofStepDeps, 'passkeys' | 'accessMethods'>
type AtProof = Journey<ProveState>

/** Only the browser of this journey may answer. */
const holderOf = ({ id }: { readonly id: string }) => ['journey', id].join(':')

/** A challenge for this journey, in place of its former one, for known and unknown people alike. */
export const beginPasskey = ({ passkeys }: Deps, journey: AtProof) =>
  passkeys.begin(holderOf(journey), 'prove')

/**
 * What the page asks the browser for; `null`: no challenge waits for an answer. It lists no credential: the browser offers what it has,
 * and the page says nothing of the person who was typed.
 */
export const passkeyOptions = ({ passkeys }: Deps, journey: AtProof) =>
  passkeys.proofOptions(holderOf(journey), null)

const wrong: PendingAnswer<JudgedFactor> = { judge: async () => ({ verdict: 'wrong' }) }

/**
 * The signature of a passkey, before it is known whose it must be: the same look-ups and the same verification whoever was typed. It is
 * right only for its owner, so that the passkey of somebody else is refused as one that belongs to nobody here; and only once the owner
 * had the time to answer, because whoever had their session for a moment could have added it. An invalid one counts like a wrong code.
 */
export async function readPasskey(
  { passkeys, accessMethods }: ReadDeps,
  journey: AtProof,
  typed: string,
): Promise<Result<{ answer: PendingAnswer<JudgedFactor> }, 'passkey-late'>> {
  const read = await passkeys.verify(holderOf(journey), typed)
  const settledBy = await accessMethods.settledBy(journey.subject)
  if (!read.ok) return read.reason === 'passkey-late' ? refused(read.reason) : ok({ answer: wrong })
  const { since } = read.assertion
  const isOwn = read.person === journey.state.person
  const isSettled = since !== null && since <= settledBy
  const judge: PendingAnswer<JudgedFactor>['judge'] = (tx, open) =>
    read.answer.judge(tx, open && isOwn && isSettled)
  return ok({ answer: { judge } })
}
