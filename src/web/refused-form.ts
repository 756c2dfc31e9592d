import { seal } from '../crypto/crypto.ts'
import { type Keys, sealedAnew, unsealUnder } from '../crypto/keys.ts'

/**
 * What a page shows of a refused form when it is opened after the redirect: reasons, and what was typed but for secrets. It lies
 * sealed in the row of the journey or of the session, bound to it by `context`.
 */
export const sealRefusedForm = (keys: Keys, context: string, shown: object) =>
  seal(keys.of('seal-refused-form'), context, JSON.stringify(shown))

/** `null`: nothing is kept, or it opens under no key; then the page opens as if nothing had been sent. */
export const unsealRefusedForm = <Shown extends object>(
  keys: Keys,
  context: string,
  sealed: string | undefined,
): Shown | null => {
  if (sealed === undefined) return null
  try {
    return JSON.parse(unsealUnder(keys, 'seal-refused-form', context, sealed)) as Shown
  } catch {
    return null
  }
}

/** The same form under the present root key; throws when it opens under none. */
export const refusedFormAnew = (keys: Keys, context: string, sealed: string) =>
  sealedAnew(keys, 'seal-refused-form', context, sealed)
