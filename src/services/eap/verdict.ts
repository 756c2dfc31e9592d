import { ok, refused } from '../../result.ts'
import type { ProofResult } from '../services.ts'
import type { ProgramResult } from './eapol-test.ts'

/** MS-CHAPv2 errors (RFC 2759 §6) that do not concern the password: restricted hours, disabled, expired, no dial-in right. */
const barred = new Set(['646', '647', '648', '649'])

/**
 * The result of a login. It is refused only when the server rejected it (`rejected`, by a signed answer) after it had received
 * the password: earlier, a wrong certificate or a broken tunnel ends in a rejection too.
 */
export function verdictOf({ status, output }: ProgramResult, rejected: boolean): ProofResult {
  const last = output.trimEnd().split('\n').at(-1)
  if (status === 0 && last === 'SUCCESS') return ok()
  const answered = /^EAP-MSCHAPV2: TX identifier \d+ .*\(response\)$/m.test(output)
  if (!(rejected && answered)) return refused('service-unavailable')
  const error = /^EAP-MSCHAPV2: failure message: .*\berror (\d+)\)$/m.exec(output)?.[1]
  return refused(error && barred.has(error) ? 'login-barred' : 'login-refused')
}
