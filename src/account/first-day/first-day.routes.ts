import { z } from 'zod'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { problem, redirect } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import type { AccountGuard } from '../sessions/account-guard.ts'
import { firstDayPage } from './first-day.page.tsx'
import type { FirstDays } from './first-day.ts'

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
      if (!form.safeParse(request.body).success) return problem(badRequest)
      const later = await store.transaction(tx => firstDays.postpone(tx, session))
      return redirect(request.href(later ? 'account' : 'firstDay'))
    }),
  }
}
