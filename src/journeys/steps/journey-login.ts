import { seal } from '../../crypto/crypto.ts'
import { type Keys, sealedAnew, unsealUnder } from '../../crypto/keys.ts'

const sealContext = (journey: string) => `journeys.login.${journey}`

/**
 * The login that was found at identification, for the form of the new password: a password manager stores both. Kept in the journey
 * so that this page asks the directory nothing; sealed, and of the same kind for an unknown person.
 */
export const sealLogin = (keys: Keys, journey: string, login: string | null) =>
  seal(keys.of('seal-login'), sealContext(journey), login ?? '')

/** `null`: it is not known, or opens under no key. */
export const unsealLogin = (keys: Keys, journey: string, sealed: string | undefined): string | null => {
  if (sealed === undefined) return null
  try {
    return unsealUnder(keys, 'seal-login', sealContext(journey), sealed) || null
  } catch {
    return null
  }
}

/** The same login under the present root key; throws when it opens under none. */
export const loginAnew = (keys: Keys, journey: string, sealed: string) =>
  sealedAnew(keys, 'seal-login', sealContext(journey), sealed)
