import type { IdentityRefusal } from '../../../identity-server/identity-server.ts'

/**
 * Why a sign-in at the institution's server was refused here. That server has proved who the person is, so the page may
 * say what is wrong with their account; a stranger learns nothing from these pages, which are the same for everyone.
 */
export type SignInRefusal =
  | Exclude<IdentityRefusal, 'identity-unavailable'>
  | `identity-${'late' | 'unknown' | 'closed' | 'stale' | 'other'}`

/** The name of each refusal in the URL of its page. */
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
