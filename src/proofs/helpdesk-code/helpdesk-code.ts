import { randomInt } from 'node:crypto'
import type { ExpressionBuilder } from 'kysely'
import type { Clock } from '../../clock.ts'
import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import { ok } from '../../result.ts'
import { forgetExpired, type RetentionOf } from '../../retention-rule.ts'
import type { Schema } from '../../store/schema.ts'
import type { Store, Tx } from '../../store/store.ts'
import { unified } from '../../texts/unified.ts'
import type { InPlace, PendingAnswer, ProofDeps } from '../proof.ts'

/** Twelve characters without those that are easily confused: 58 bits, said over a desk. A person has at most one; a new one voids the former. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 12

const draw = () => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** `ABCD-EFGH-JKMN`, as it is handed over. */
const grouped = (code: string) => code.replace(/.{4}(?=.)/g, '$&-')

/** Case, spaces and hyphens do not count. */
export const foldHelpdeskCode = (typed: string) =>
  unified(typed)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '')

const codePattern = new RegExp(`^[${alphabet}]{${length}}$`)

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly allRevokedAt: ProofDeps['allRevokedAt']
}

/** Who types a code in a journey. `person` is null when the number and the date match no entry. */
type HelpdeskClaim = { readonly subject: string; readonly person: PersonId | null }

const digestUnder = (key: Buffer, holder: string, code: string) => hmac(key, holder, foldHelpdeskCode(code))

/** Under each root key in force: a code that was made before the key is replaced is still typed after. */
const digestsOf = ({ keys }: Pick<Deps, 'keys'>, holder: string, code: string) =>
  keys.all('helpdesk-code-pepper').map(key => digestUnder(key, holder, code))

async function make(deps: Deps, tx: Tx, person: PersonId) {
  const code = grouped(draw())
  const revokedAt = await tx
    .selectNoFrom(eb => eb.fn.coalesce(deps.allRevokedAt(person, tx), eb.lit(0)).as('at'))
    .executeTakeFirstOrThrow()
  const now = deps.clock.now()
  // The clocks of hosts differ a little: what is handed over after a freeze ended is valid all the same.
  const madeAt = Math.max(now, Number(revokedAt.at) + 1)
  const until = now + deps.limits.helpdeskCode
  const digest = digestUnder(deps.keys.of('helpdesk-code-pepper'), person, code)
  const row = { digest, made_at: madeAt, expires_at: until }
  await tx
    .insertInto('helpdesk_codes')
    .values({ person, ...row })
    .onConflict(conflict => conflict.column('person').doUpdateSet(row))
    .execute()
  return { code, until }
}

/** No code has this digest. */
const never = ['-']

/**
 * Of this holder, and neither expired nor void. Compared with the instant of the revocation instead of deleted by it: a written password
 * must cost no statement more. A joker or a factor that is replaced voids none: somebody who stole a session could do so again and again.
 */
const validFor =
  ({ clock, allRevokedAt }: Deps, db: Store['read'], holder: string) =>
  (eb: ExpressionBuilder<Schema, 'helpdesk_codes'>) =>
    eb.and([
      eb('person', '=', holder),
      eb('expires_at', '>', clock.now()),
      eb('made_at', '>', eb.fn.coalesce(allRevokedAt(holder, db), eb.lit(0))),
    ])

async function isUsed(deps: Deps, tx: Tx, holder: string, digests: readonly string[]) {
  const used = await tx
    .deleteFrom('helpdesk_codes')
    .where(validFor(deps, tx, holder))
    .where('digest', 'in', digests)
    .executeTakeFirst()
  return used.numDeletedRows === 1n
}

async function describe(deps: Deps, person: PersonId, db: Store['read'] = deps.store.read) {
  const row = await db
    .selectFrom('helpdesk_codes')
    .select('made_at')
    .where(validFor(deps, db, person))
    .executeTakeFirst()
  const inPlace: readonly InPlace[] = row ? [{ id: '', name: '', since: row.made_at }] : []
  return inPlace
}

/** A code that the helpdesk hands over, once it has identified the person, who has no other proof at hand. */
export const createHelpdeskCodes = (deps: Deps) => ({
  /** Stores a code as the only one of this person; it is shown once, to the helpdesk. */
  make: (tx: Tx, person: PersonId) => make(deps, tx, person),

  recognises: (typed: string) => codePattern.test(foldHelpdeskCode(typed)),

  /** The same digests and one statement for every subject. A code that is not accepted is not used up; 58 bits cannot be guessed. */
  verify: async ({ subject, person }: HelpdeskClaim, typed: string) => {
    const holder = person ?? subject
    const digests = digestsOf(deps, holder, typed)
    const answer: PendingAnswer<{ readonly verdict: 'right' | 'wrong' }> = {
      judge: async (tx, open) => ({
        verdict: (await isUsed(deps, tx, holder, open && person ? digests : never)) ? 'right' : 'wrong',
      }),
    }
    return ok({ answer })
  },

  describe: (person: PersonId, db?: Store['read']) => describe(deps, person, db),

  /** Voids the code of this person, with their row locked, so that none is being handed over. */
  voidOf: (tx: Tx, person: PersonId) =>
    tx.deleteFrom('helpdesk_codes').where('person', '=', person).execute(),
})

export const helpdeskCodeRetention: RetentionOf<'helpdesk_codes'> = {
  helpdesk_codes: forgetExpired('helpdesk_codes'),
}
