import type { Population } from '../../directory/directory.ts'
import { type RecoveryKind, recoveryKinds } from '../proof-registry.ts'
import { populations } from './presets.ts'
import { isMet, type Kinds, offeredOf } from './requirement.ts'
import { type PolicyJourney, requirementOf } from './requirement-of.ts'
import type { RecoverySettings } from './settings.ts'

/**
 * Who is asked, and for what. A person of several populations must meet the requirement of each: otherwise an attacker could choose the
 * weakest by the number they type.
 */
export type Asked = { readonly journey: PolicyJourney; readonly populations: readonly Population[] }

/** The proofs of recovery that an installation can ask for. `messages`: text messages are configured. */
export const availableProofs = ({ messages }: { readonly messages: boolean }): Kinds =>
  new Set<string>(recoveryKinds.filter(kind => messages || (kind as string) !== 'sms-code'))

/** Which proofs a journey asks for. `available`: those that this installation can ask for. */
export const createProofPolicy = (settings: RecoverySettings, available: Kinds) => {
  // A person of no population must meet the requirements of all.
  const requirementsOf = ({ journey, populations: own }: Asked) =>
    (own.length > 0 ? own : populations).map(population => requirementOf(settings, journey, population))
  return {
    /** Whether these proofs, and no other, allow what the journey is for. */
    isMet: (asked: Asked, proved: Kinds) =>
      requirementsOf(asked).every(requirement => isMet(requirement, proved)),

    /** The proofs that bring the journey further; the first population that lacks one decides. */
    offered: (asked: Asked, proved: Kinds): readonly RecoveryKind[] => {
      const unmet = requirementsOf(asked).find(requirement => !isMet(requirement, proved))
      const offered: readonly string[] = unmet ? offeredOf(unmet, proved, available) : []
      return recoveryKinds.filter(kind => offered.includes(kind))
    },

    /** Whether such a journey offers this proof at some time: of several populations, one that is not the first may ask for it. */
    mayAsk: (asked: Asked, kind: RecoveryKind): boolean =>
      requirementsOf(asked).some(requirement =>
        (offeredOf(requirement, new Set(), available) as readonly string[]).includes(kind),
      ),
  }
}

export type ProofPolicy = ReturnType<typeof createProofPolicy>
