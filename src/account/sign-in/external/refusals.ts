import type { IdentityRefusal } from '../../../identity-server/identity-server.ts'

/**
 * Why nobody came in after the institution's server. It has proved who stands there, so that this person is told the
 * truth about their own account; a stranger learns nothing by opening these pages, which are the same for everyone.
 */
export type SignInRefusal =
  | Exclude<IdentityRefusal, 'identity-unavailable'>
  | `identity-${'late' | 'unknown' | 'closed' | 'stale' | 'other'}`

/** Each has a page, by a name in its address. */
export const refusalSlugs = {
  'identity-refused': 'non-confirmee',
  'identity-weak': 'niveau',
  'identity-late': 'trop-tard',
  'identity-unknown': 'inconnue',
  'identity-closed': 'fermee',
  'identity-stale': 'ancienne',
  'identity-other': 'autre-personne',
} as const satisfies Record<SignInRefusal, string>

export const signInRefusals = Object.keys(refusalSlugs) as readonly SignInRefusal[]
