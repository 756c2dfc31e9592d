import type { RouteName } from '../routes.ts'
import { definition as activation } from './activation/activation.ts'
import { definition as identifier } from './identifier/identifier.ts'
import type { FoundState } from './journey-kind.ts'
import { definition as password } from './password/password.ts'
import { type JourneyDefinition, pageOfState } from './steps/steps.ts'

/** Every journey of the product, by its kind. */
const definitions = { password, identifier, activation } as const

type Kind = keyof typeof definitions
const isKind = (kind: string): kind is Kind => Object.hasOwn(definitions, kind)

/** The page of a state of any journey; `null` for an unknown kind or step. */
export const pageOf = ({ kind, ...state }: FoundState): RouteName | null => {
  const definition: JourneyDefinition<string> | null = isKind(kind) ? definitions[kind] : null
  return definition && Object.hasOwn(definition.pages, state.step) ? pageOfState(definition, state) : null
}
