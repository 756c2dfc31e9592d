import type { RouteName } from '../routes.ts'
import { definition as activation } from './activation/activation.ts'
import { definition as identifier } from './identifier/identifier.ts'
import { definition as password } from './password/password.ts'

/** Every journey of the product, by its kind. */
const definitions = { password, identifier, activation } as const

type Kind = keyof typeof definitions
const isKind = (kind: string): kind is Kind => Object.hasOwn(definitions, kind)

/** The page of a step of any journey; `null` for an unknown kind or step. */
export const pageOf = ({ kind, step }: { kind: string; step: string }): RouteName | null => {
  const pages: Readonly<Record<string, RouteName>> = isKind(kind) ? definitions[kind].pages : {}
  return pages[step] ?? null
}
