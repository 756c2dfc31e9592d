import { fc } from '../world/properties.ts'

/** The proofs that a policy of the attack may ask for. */
export const kinds = ['joker', 'mail-code', 'helpdesk-code', 'passkey', 'recovery-code'] as const
export type Kind = (typeof kinds)[number]
/** Any complete line is enough. */
export type Policy = readonly (readonly Kind[])[]

/** A policy by its seed: of one to three lines of one to three proofs. */
export const policyOf = (seed: number): Policy => {
  const line = fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 })
  const [policy = []] = fc.sample(fc.array(line, { minLength: 1, maxLength: 3 }), { numRuns: 1, seed })
  return policy
}

export const meets = (policy: Policy, given: ReadonlySet<string>) =>
  policy.some(line => line.every(one => given.has(one)))

/**
 * Which code is typed, or which passkey signs: a right one of this journey, of the other browser's journey, one that was used or replaced,
 * or an invented one.
 */
type Typed = 'own' | 'of-another' | 'old' | 'wrong'

/** What somebody with two browsers does, who knows some secrets of two people. `times`: as many at once, in two processes. */
export type PolicyAction =
  | { readonly act: 'begin'; readonly browser: number; readonly person: number }
  /** Chooses, switches or asks for another code. */
  | { readonly act: 'pick'; readonly browser: number; readonly kind: Kind; readonly times: number }
  | {
      readonly act: 'type'
      readonly browser: number
      readonly kind: Kind
      readonly typed: Typed
      readonly times: number
    }
  | { readonly act: 'answer'; readonly browser: number; readonly right: boolean; readonly times: number }
  /** The form of the other browser's journey, or of another step. */
  | { readonly act: 'foreign'; readonly browser: number; readonly kind: Kind }
  /** Writes the password, or looks at the identifier. */
  | { readonly act: 'end'; readonly browser: number }
  | { readonly act: 'next'; readonly browser: number; readonly kind: Kind }

const browser = fc.nat({ max: 1 })
const kind = fc.constantFrom(...kinds)
const times = fc.constantFrom(1, 1, 1, 2)
const acts = <Act extends PolicyAction['act'], More>(
  act: Act,
  more: { [key in keyof More]: fc.Arbitrary<More[key]> },
) => fc.record({ act: fc.constant(act), browser, ...more }) as unknown as fc.Arbitrary<PolicyAction>

const anyAction: fc.Arbitrary<PolicyAction> = fc.oneof(
  { weight: 2, arbitrary: acts('begin', { person: fc.nat({ max: 2 }) }) },
  { weight: 3, arbitrary: acts('pick', { kind, times }) },
  {
    weight: 5,
    arbitrary: acts('type', {
      kind,
      typed: fc.constantFrom<Typed>('own', 'of-another', 'old', 'wrong'),
      times,
    }),
  },
  { weight: 2, arbitrary: acts('answer', { right: fc.boolean(), times }) },
  { weight: 1, arbitrary: acts('foreign', { kind }) },
  { weight: 2, arbitrary: acts('end', {}) },
  { weight: 6, arbitrary: acts('next', { kind }) },
)

const first = acts('begin', { person: fc.nat({ max: 1 }) })
export const policySequences = fc
  .tuple(first, first, fc.array(anyAction, { minLength: 28, maxLength: 28 }))
  .map(([one, other, then]): readonly PolicyAction[] => [one, { ...other, browser: 1 }, ...then])
