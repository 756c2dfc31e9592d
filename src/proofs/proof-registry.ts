import type { KeyUse } from '../crypto/keys.ts'
import type { AnyRekeying } from '../root-keys/rekey-table.ts'
import type { ProofDescriptor } from './proof.ts'
import { proofList } from './proof-list.ts'

export type ProofList = typeof proofList
export type ProofName = keyof ProofList
type Listed = ProofList[ProofName]

/** The descriptors in their order, each with its name. */
type Named = { [name in ProofName]: ProofList[name] & { readonly name: name } }[ProofName]
export const proofs = Object.entries(proofList).map(([name, proof]) => ({
  ...proof,
  name,
})) as readonly Named[]

export type ProofKind = Named['kind']
/** A proof that a journey asks for. */
export type JourneyProofKind = Extract<Named, { readonly journeys: unknown }>['kind']
/** A proof by which a person recovers a password or an identifier. */
export type RecoveryKind = Extract<Named, { readonly journeys: { readonly of: 'recovery' } }>['kind']

type JourneyProof = {
  readonly kind: JourneyProofKind
  readonly journeys: NonNullable<ProofDescriptor['journeys']>
}
/** The proofs that journeys ask for, in the order of the list. */
export const journeyProofs: readonly JourneyProof[] = proofs.flatMap(proof =>
  'journeys' in proof ? [{ kind: proof.kind, journeys: proof.journeys }] : [],
)
export const recoveryKinds = journeyProofs
  .filter(({ journeys }) => journeys.of === 'recovery')
  .map(({ kind }) => kind) as readonly RecoveryKind[]

/** Whether one of these proofs could not have been given by somebody who was only told it. */
export const resistsPhishing = (kinds: ReadonlySet<string>) =>
  journeyProofs.some(({ kind, journeys }) => journeys.resistsPhishing === true && kinds.has(kind))

type SecondFactor = Extract<Named, { readonly use: 'second-factor' }>
export type FactorName = SecondFactor['name']
export type FactorKind = SecondFactor['kind']
/** What a person calls their second factor in the journal and the mails: passkey, app, sheet of codes. */
export type FactorWhat = SecondFactor['removal']['what']
export type KeptName = Extract<Named, { readonly removal: unknown }>['name']

/** A proof that a person keeps until it is removed: it has a line in the account. */
export type KeptDescriptor = Extract<ProofDescriptor, { readonly removal: unknown }> & {
  readonly name: KeptName
}
export const keptProofs: readonly KeptDescriptor[] = proofs.filter(proof => 'removal' in proof)

export type SecondFactorDescriptor = Extract<ProofDescriptor, { readonly use: 'second-factor' }> & {
  readonly name: FactorName
  readonly kind: FactorKind
}
export const secondFactors: readonly SecondFactorDescriptor[] = proofs.filter(
  proof => proof.use === 'second-factor',
)

/** The kind of the factor as it is shown at sign-in: of a sheet, one code. */
export function factorKindOf(what: FactorWhat): FactorKind {
  const found = secondFactors.find(({ removal }) => removal.what === what)
  if (!found) throw new Error(`${what} is no second factor`)
  return found.kind
}

export const isFactorKind = (kind: string): kind is FactorKind => secondFactors.some(one => one.kind === kind)

export function factorOf(kind: FactorKind): SecondFactorDescriptor['factor'] {
  const found = secondFactors.find(one => one.kind === kind)
  if (!found) throw new Error(`${kind} is no second factor`)
  return found.factor
}

/** The intersection of a union: all parts together. */
type All<Part> = (Part extends unknown ? (part: Part) => void : never) extends (all: infer Together) => void
  ? Together
  : never

const together = <Part extends 'retention' | 'categories' | 'notices'>(part: Part) =>
  Object.assign({}, ...proofs.map(proof => proof[part])) as All<Listed[Part]>

/** Of each table of a proof, how long its rows are kept. */
export const proofRetention = together('retention')
/** Of each table of a proof, its line in the privacy statement. */
export const proofCategories = together('categories')
/** The notices that proofs send, and what their mails say. */
export const proofNotices = together('notices')
/** The uses for which proofs derive keys. */
export const proofKeys: readonly KeyUse[] = [
  ...new Set(proofs.flatMap(({ keys }): readonly KeyUse[] => keys)),
]
/** How their tables are brought under another root key; two proofs may share one. */
export const proofRekeyings: readonly AnyRekeying[] = [
  ...new Set(
    proofs.flatMap((proof): readonly AnyRekeying[] => ('rekeyings' in proof ? proof.rekeyings : [])),
  ),
]
