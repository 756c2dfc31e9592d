import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { hasExpiredPassword } from '../../directory/password-expiry.ts'
import type { Contacts } from '../../identity/contacts.ts'
import type { Sessions } from '../../identity/sessions.ts'
import { lastChosenAt } from '../../password/history.ts'
import type { Authenticators } from '../../proofs/authenticator/authenticator.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import type { RecoveryCodes } from '../../proofs/recovery-code/recovery-code.ts'
import type { Deliveries } from '../../services/deliveries/deliveries.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { redirect } from '../../web/handler.ts'
import type { FirstDays } from '../first-day/first-day.ts'
import { readJournal } from '../journal/journal.ts'
import type { AccountGuard } from '../sessions/account-guard.ts'
import { overviewPage } from './overview.page.tsx'

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly contacts: Contacts
  readonly sessions: Sessions
  readonly firstDays: FirstDays
  readonly passkeys: Pick<Passkeys, 'list'>
  readonly authenticators: Pick<Authenticators, 'find'>
  readonly recoveryCodes: Pick<RecoveryCodes, 'find'>
  readonly joker: Pick<Joker, 'setAt'>
  readonly deliveries: Pick<Deliveries, 'statusesOfPerson'>
  readonly services: readonly ServiceSettings[]
  readonly guard: AccountGuard
  readonly ui: (language: Language) => Ui
}

const factorsOf = async (deps: Deps, person: PersonId) => ({
  passkeys: (await deps.passkeys.list(person)).length,
  authenticator: (await deps.authenticators.find(person)) !== null,
  codes: (await deps.recoveryCodes.find(person))?.left ?? 0,
})

/** « Gérer mon compte »: the state of the account, each line with a link to the page that changes it. */
export const overviewRoutes = (deps: Deps) => {
  const { store, clock, contacts, sessions, firstDays, deliveries, services } = deps

  return {
    get: deps.guard('account', 'session', async (request, { session, person }) => {
      if (hasExpiredPassword(person, clock.now())) return redirect(request.href('changePassword'))
      if (await firstDays.isDue(session)) return redirect(request.href('firstDay'))
      const { id } = person
      return {
        kind: 'page',
        page: overviewPage({
          ui: deps.ui(request.language),
          person,
          now: clock.now(),
          passwordAt: await lastChosenAt(store.read, id),
          jokerAt: await deps.joker.setAt(id),
          contacts: await contacts.list(id),
          factors: await factorsOf(deps, id),
          sessions: (await sessions.list(id)).length,
          services,
          statuses: await deliveries.statusesOfPerson(id),
          journal: await readJournal(store, id, 3),
        }),
      }
    }),
  }
}
