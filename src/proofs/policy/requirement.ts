import type { ProofClass } from '../proof.ts'
import { type JourneyProofKind, journeyProofs } from '../proof-registry.ts'

/** One proof, or any proof of a class. */
export type Item = JourneyProofKind | ProofClass

/** What a journey asks for: every item of one of these lines. Any line is enough. */
export type Requirement = readonly (readonly Item[])[]

/** Proofs by their kind: those that were given in a journey, or those that can be asked for. */
export type Kinds = ReadonlySet<string>

export const proofClasses: readonly ProofClass[] = ['known', 'held', 'sent', 'issued']

/** The proofs that fulfil an item, among these. */
export const proofsOf = (item: Item, among: Kinds): readonly JourneyProofKind[] =>
  journeyProofs
    .filter(({ kind, journeys }) => kind === item || journeys.class === item)
    .map(({ kind }) => kind)
    .filter(kind => among.has(kind))

/**
 * What these proofs leave unmet: each line with the items that it still lacks; `null`: a line is complete. It depends on the set of
 * proofs alone: nothing that a person chose, tried or left is part of it.
 */
export function unmetOf(requirement: Requirement, proved: Kinds): Requirement | null {
  const lacking = requirement.map(line => line.filter(item => proofsOf(item, proved).length === 0))
  return lacking.some(line => line.length === 0) ? null : lacking
}

export const isMet = (requirement: Requirement, proved: Kinds) => unmetOf(requirement, proved) === null

/** The lines that can be completed with these proofs. */
export const meetableLines = (requirement: Requirement, available: Kinds): Requirement =>
  requirement.filter(line => line.every(item => proofsOf(item, available).length > 0))

/**
 * The proofs that bring a journey further, in the order of `proof-list.ts`; none when the requirement is met. Only those of lines that
 * can be completed: nobody is asked for half of what cannot be shown.
 */
export function offeredOf(
  requirement: Requirement,
  proved: Kinds,
  available: Kinds,
): readonly JourneyProofKind[] {
  const unmet = unmetOf(meetableLines(requirement, available), proved) ?? []
  const offered = new Set(unmet.flatMap(line => line.flatMap(item => proofsOf(item, available))))
  return journeyProofs.map(({ kind }) => kind).filter(kind => offered.has(kind))
}

/** Every set of proofs that completes a line: one proof for each item. */
export const waysOf = (requirement: Requirement, available: Kinds): readonly Kinds[] =>
  requirement.flatMap(line =>
    line.reduce<readonly Kinds[]>(
      (ways, item) => ways.flatMap(way => proofsOf(item, available).map(kind => new Set([...way, kind]))),
      [new Set()],
    ),
  )

/** Whether whatever meets the requirement meets the other too. */
export const isAsStrongAs = (requirement: Requirement, other: Requirement, available: Kinds) =>
  waysOf(requirement, available).every(way => isMet(other, way))
