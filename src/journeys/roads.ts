import type { RouteName } from '../routes.ts'
import { road as activation } from './activation/activation.ts'
import { road as identifier } from './identifier/identifier.ts'
import { road as password } from './password/password.ts'

/** Every journey of the product, by its kind. */
const roads = { password, identifier, activation } as const

type Kind = keyof typeof roads
const isKind = (kind: string): kind is Kind => Object.hasOwn(roads, kind)

/** The page of a state of any journey. */
export const pageOf = ({ kind, step }: { kind: string; step: string }): RouteName | null => {
  const pages: Readonly<Record<string, RouteName>> = isKind(kind) ? roads[kind].pages : {}
  return pages[step] ?? null
}
