import { z } from 'zod'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { problem, redirect } from '../../web/handler.ts'
import type { Contacts } from '../contacts.ts'
import type { AccountGuard } from '../sessions/account-guard.ts'
import type { Session } from '../sessions/session.ts'
import { firstDayPage } from './first-day.page.tsx'

/** What the person still has to set up in order to recover a forgotten password. */
export type MissingRecovery = { readonly joker: boolean; readonly address: boolean }

type Owner = Pick<Session, 'person' | 'createdAt'>

export const createFirstDays = (deps: { store: Store; limits: Limits; contacts: Contacts }) => {
  const { store, limits, contacts } = deps

  const missing = async (person: PersonId): Promise<MissingRecovery> => {
    const joker = await store.read
      .selectFrom('jokers')
      .select('person')
      .where('person', '=', person)
      .executeTakeFirst()
    return { joker: !joker, address: (await contacts.list(person)).length === 0 }
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

const form = z.object({})

/** « Avant de continuer »: the joker and an address, or later. */
export const firstDayRoutes = (deps: {
  store: Store
  firstDays: FirstDays
  guard: AccountGuard
  ui: (language: Language) => Ui
}) => {
  const { store, firstDays, guard } = deps
  return {
    get: guard('firstDay', 'session', async (request, { person }) => {
      const missing = await firstDays.missing(person.id)
      if (!(missing.joker || missing.address)) return redirect(request.href('account'))
      const left = await firstDays.postponementsLeft(person.id)
      return { kind: 'page', page: firstDayPage({ ui: deps.ui(request.language), missing, left }) }
    }),

    post: guard('firstDay', 'session', async (request, { session }) => {
      if (!form.safeParse(request.body).success) return problem('bad-request')
      const later = await store.transaction(tx => firstDays.postpone(tx, session))
      return redirect(request.href(later ? 'account' : 'firstDay'))
    }),
  }
}
