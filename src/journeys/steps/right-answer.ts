import type { PersonId, Population } from '../../directory/directory.ts'
import type { ProofKind } from '../../proofs/proof-registry.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { Tx } from '../../store/store.ts'
import type { Journey } from '../journey.ts'

/** Of whom a proof was given in a journey, and what the later steps need of it. */
type Prover = {
  readonly person: PersonId
  readonly privileged: boolean
  /** Keyed digest of the joker's answer, so that a later step can recognise it; empty without one. */
  readonly answerDigest: string
  readonly populations: readonly Population[]
  readonly sealedLogin?: string | undefined
}

/** A right answer, as its proof reports it (`proofs/proof.ts` says what a proof is). */
export type RightAnswer = Prover & {
  readonly kind: ProofKind
  readonly at: number
  /** The person has a second factor. */
  readonly hasFactor: boolean
}

/** Everything that the policy asks for was given. */
export type GivenProof = Prover & {
  /** When the first proof of the journey was given. Replacing or removing a factor or joker later revokes it. */
  readonly provedAt: number
  /** The person has a second factor and has not used it yet in this journey. */
  readonly asksFactor: boolean
  /** The second factor that was used; `null`: none. */
  readonly factor: ShownFactor | null
}

/** Records a successful proof, in the transaction that moves the journey. */
export type RecordProof = (
  tx: Tx,
  journey: Pick<Journey<{ step: string }>, 'id' | 'language' | 'device'>,
  proof: GivenProof,
) => Promise<void>
