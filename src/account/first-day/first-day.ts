import type { PersonId } from '../../directory/directory.ts'
import type { Contacts } from '../../identity/contacts.ts'
import type { Session } from '../../identity/session.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import { type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'

/** What the person still has to set up in order to recover a forgotten password. */
export type MissingRecovery = { readonly joker: boolean; readonly address: boolean }

type Owner = Pick<Session, 'person' | 'createdAt'>

export const createFirstDays = (deps: {
  store: Store
  limits: Limits
  contacts: Pick<Contacts, 'list'>
  joker: Pick<Joker, 'setAt'>
}) => {
  const { store, limits, contacts } = deps

  const missing = async (person: PersonId): Promise<MissingRecovery> => {
    const hasJoker = (await deps.joker.setAt(person)) !== null
    return { joker: !hasJoker, address: (await contacts.list(person)).length === 0 }
  }

  const rowOf = (person: PersonId) =>
    store.read.selectFrom('first_days').selectAll().where('person', '=', person).executeTakeFirst()

  return {
    missing,

    /** True when the person must be redirected to « Avant de continuer »: something is missing and was not postponed in this session. */
    isDue: async ({ person, createdAt }: Owner) => {
      const { joker, address } = await missing(person)
      return (joker || address) && (await rowOf(person))?.session_at !== createdAt
    },

    postponementsLeft: async (person: PersonId) =>
      Math.max(0, limits.firstDayPutOffs - ((await rowOf(person))?.put_off ?? 0)),

    /** Uses one of the postponements (`limits.firstDayPutOffs`); false when none is left. */
    postpone: async (tx: Tx, { person, createdAt }: Owner) => {
      await tx
        .insertInto('first_days')
        .values({ person, put_off: 0, session_at: 0 })
        .onConflict(conflict => conflict.column('person').doNothing())
        .execute()
      const spent = await tx
        .updateTable('first_days')
        .set(eb => ({ put_off: eb('put_off', '+', 1), session_at: createdAt }))
        .where('person', '=', person)
        .where('put_off', '<', limits.firstDayPutOffs)
        .executeTakeFirst()
      return spent.numUpdatedRows === 1n
    },
  }
}

export type FirstDays = ReturnType<typeof createFirstDays>

export const firstDayRetention: RetentionOf<'first_days'> = {
  first_days: withAccount('first_days'),
}
