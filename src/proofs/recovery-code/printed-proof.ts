import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { pepperKey } from '../../crypto/peppers.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Hashing, HashingClient, HashRefusal } from '../../hashing/hashing.ts'
import { ok, type Result } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import type { JudgedFactor, PendingAnswer } from '../proof.ts'
import { consumeCode, findInService, hashCode } from './recovery-code.ts'
import { foldRecoveryCode } from './written-code.ts'

type Deps = { readonly store: Store; readonly keys: Keys; readonly hashing: Hashing }

/**
 * Who types a code in a journey. `person` is null when the number and the date match no entry. `settledBy`: a sheet that came into
 * service later proves nothing yet.
 */
export type PrintedClaim = HashingClient & {
  readonly subject: string
  readonly person: PersonId | null
  readonly settledBy: number
}

/** The salt for a subject without a sheet, whose hash must cost the same as any other. */
const decoySheet = (keys: Keys, subject: string) => ({
  salt: hmac(keys.of('recovery-code-pepper'), 'no sheet', subject).slice(0, 22),
  pepper: keys.id,
})

/** No sheet has this id, and no code this hash. */
const never = { sheet: '.', hashes: ['.'] }

/**
 * A code of the sheet, before it is known who types it: one look-up, one hash and one statement for every subject. A code that is not
 * accepted is not used up.
 */
export async function verifyPrinted(
  deps: Deps,
  { subject, person, settledBy, ...client }: PrintedClaim,
  typed: string,
): Promise<Result<{ answer: PendingAnswer<JudgedFactor> }, HashRefusal>> {
  const sheet = await findInService((person ?? subject) as PersonId, deps.store.read)
  const held = sheet && pepperKey(deps.keys, 'recovery-code-pepper', sheet.pepper) ? sheet : null
  const hashed = await hashCode(deps, foldRecoveryCode(typed), held ?? decoySheet(deps.keys, subject), client)
  if (!hashed.ok) return hashed
  const isSettled = held?.confirmed_at != null && held.confirmed_at <= settledBy
  const code = held && person && isSettled ? { sheet: held.id, hashes: hashed.hashes } : never
  const judge: PendingAnswer<JudgedFactor>['judge'] = async (tx, open) => {
    const used = await consumeCode(tx, open ? code : never)
    return used ? { verdict: 'right', codesLeft: used.left } : { verdict: 'wrong' }
  }
  return ok({ answer: { judge } })
}
