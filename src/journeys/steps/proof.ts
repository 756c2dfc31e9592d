import type { PersonId } from '../../directory/directory.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { Tx } from '../../store/store.ts'
import type { Journey } from '../journey.ts'

/** A proof that was given in a journey (`proofs/proof.ts` says what a proof is). `answerDigest`: keyed digest of the answer, so that a later step can recognise it. */
export type GivenProof = {
  readonly person: PersonId
  readonly privileged: boolean
  readonly answerDigest: string
  /** When the proof was given. Replacing or removing its factor or joker later revokes it. */
  readonly provedAt: number
  /** The person has a second factor and has not used it yet in this journey. */
  readonly asksFactor: boolean
  /** The second factor that was used; `null`: none. */
  readonly factor: ShownFactor | null
  readonly sealedLogin?: string | undefined
}

/** Records a successful proof, in the transaction that moves the journey. */
export type RecordProof = (
  tx: Tx,
  journey: Pick<Journey<{ step: string }>, 'id' | 'language' | 'device'>,
  proof: GivenProof,
) => Promise<void>
