import { randomInt } from 'node:crypto'
import { hmac } from '../../../src/crypto/crypto.ts'
import type { PersonId } from '../../../src/directory/directory.ts'
import type {
  FactorClaim,
  InPlace,
  JudgedFactor,
  PendingAnswer,
  ProofDeps,
} from '../../../src/proofs/proof.ts'
import { ok } from '../../../src/result.ts'
import type { Store, Tx } from '../../../src/store/store.ts'

const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ'
const fold = (typed: string) => typed.toUpperCase().replace(/[^A-Z]/g, '')

/** A code of fourteen letters that the helpdesk says on the telephone, once. */
export const createSpokenCodes = ({ store, clock, keys }: ProofDeps) => {
  const digestOf = (person: string, code: string) => hmac(keys.of('proof-spoken-code'), person, fold(code))

  const rowOf = (holder: string, db: Store['read']) =>
    db.selectFrom('spoken_codes').selectAll().where('person', '=', holder).executeTakeFirst()

  const take = async (tx: Tx, person: PersonId, typed: string): Promise<JudgedFactor> => {
    const taken = await tx
      .deleteFrom('spoken_codes')
      .where('person', '=', person)
      .where('digest', '=', digestOf(person, typed))
      .executeTakeFirst()
    return { verdict: taken.numDeletedRows === 1n ? 'right' : 'wrong' }
  }

  return {
    begin: async (tx: Tx, person: PersonId) => {
      const code = Array.from({ length: 14 }, () => alphabet[randomInt(alphabet.length)]).join('')
      const row = { digest: digestOf(person, code), made_at: clock.now() }
      await tx
        .insertInto('spoken_codes')
        .values({ person, ...row })
        .onConflict(conflict => conflict.column('person').doUpdateSet(row))
        .execute()
      return code
    },

    recognises: (typed: string) => fold(typed).length === 14 && !/\d/.test(typed),

    verify: async ({ person }: Pick<FactorClaim, 'person'>, typed: string) => {
      const answer: PendingAnswer<JudgedFactor> = {
        judge: async (tx, open) => (open ? take(tx, person, typed) : { verdict: 'wrong' }),
      }
      return ok({ answer })
    },

    describe: async (person: PersonId, db: Store['read'] = store.read): Promise<readonly InPlace[]> => {
      const row = await rowOf(person, db)
      return row ? [{ id: '', name: '', since: row.made_at }] : []
    },

    isInService: async (holder: string, db: Store['read'] = store.read) =>
      (await rowOf(holder, db)) !== undefined,

    clear: async (tx: Tx, person: PersonId) => {
      const gone = await tx.deleteFrom('spoken_codes').where('person', '=', person).executeTakeFirst()
      return gone.numDeletedRows === 1n
    },
  }
}
