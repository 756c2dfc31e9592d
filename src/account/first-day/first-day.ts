import type { PersonId } from '../../directory/directory.ts'
import type { AccessMethods } from '../../identity/access-methods.ts'
import type { Contacts } from '../../identity/contacts.ts'
import type { Session } from '../../identity/session.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import { type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'

/** What the person still has to set up in order to recover a forgotten password. */
export type MissingRecovery = { readonly joker: boolean; readonly address: boolean }

type Owner = Pick<Session, 'person' | 'createdAt'>

type Deps = {
  readonly store: Store
  readonly limits: Limits
  readonly contacts: Pick<Contacts, 'list'>
  readonly accessMethods: Pick<AccessMethods, 'unchangedUntil'>
  readonly joker: Pick<Joker, 'setAt'>
}

/** Nobody is asked for an address while none can be added. */
async function missing({ joker, contacts, accessMethods }: Deps, person: PersonId): Promise<MissingRecovery> {
  const hasJoker = (await joker.setAt(person)) !== null
  const hasNone = (await contacts.list(person)).length === 0
  return { joker: !hasJoker, address: hasNone && (await accessMethods.unchangedUntil(person)) === null }
}

const rowOf = ({ store }: Deps, person: PersonId) =>
  store.read.selectFrom('first_days').selectAll().where('person', '=', person).executeTakeFirst()

async function isDue(deps: Deps, { person, createdAt }: Owner) {
  const { joker, address } = await missing(deps, person)
  return (joker || address) && (await rowOf(deps, person))?.session_at !== createdAt
}

async function postpone({ limits }: Deps, tx: Tx, { person, createdAt }: Owner) {
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
}

export const createFirstDays = (deps: Deps) => ({
  missing: (person: PersonId) => missing(deps, person),
  /** True when the person must be redirected to « Avant de continuer »: something is missing and was not postponed in this session. */
  isDue: (session: Owner) => isDue(deps, session),
  postponementsLeft: async (person: PersonId) =>
    Math.max(0, deps.limits.firstDayPutOffs - ((await rowOf(deps, person))?.put_off ?? 0)),
  /** Uses one of the postponements (`limits.firstDayPutOffs`); false when none is left. */
  postpone: (tx: Tx, session: Owner) => postpone(deps, tx, session),
})

export type FirstDays = ReturnType<typeof createFirstDays>

export const firstDayRetention: RetentionOf<'first_days'> = {
  first_days: withAccount('first_days'),
}
