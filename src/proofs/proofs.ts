import type { Audit } from '../audit/audit.ts'
import type { KeptProof, Proof, ProofDeps, ProofUse } from './proof.ts'
import { type ProofList, type ProofName, proofs } from './proof-registry.ts'
import { createSecondFactor } from './second-factor/second-factor.ts'

type CreateDeps = Omit<ProofDeps, 'has'> & {
  readonly audit: Audit
  readonly has: Pick<ProofDeps['has'], 'password' | 'contact'>
}

/** Each proof of the list under its name there. */
type Created = { readonly [name in ProofName]: ReturnType<ProofList[name]['create']> }

const isKept = (proof: Proof): proof is KeptProof => 'isInService' in proof

/** How people prove who they are, for journeys, sign-in and the account: every proof of the list, and the second factor. */
export const createProofs = (deps: CreateDeps) => {
  const created: { readonly use: ProofUse; readonly name: ProofName; readonly proof: Proof }[] = []
  /** One look-up for each proof of this use, whatever the others answer: the time must not show who has which. */
  const hasProof: ProofDeps['has']['proof'] = async (use, holder, db) => {
    const kept = created.filter(one => one.use === use).map(({ proof }) => proof)
    const found = await Promise.all(kept.filter(isKept).map(proof => proof.isInService(holder, db)))
    return found.some(Boolean)
  }
  const proofDeps: ProofDeps = { ...deps, has: { ...deps.has, proof: hasProof } }
  for (const { name, use, create } of proofs) created.push({ name, use, proof: create(proofDeps) })
  const byName = Object.fromEntries(created.map(({ name, proof }) => [name, proof])) as Created
  return {
    ...byName,
    secondFactor: createSecondFactor({ ...deps, notices: deps.notify.notices, proofs: byName }),
  }
}
