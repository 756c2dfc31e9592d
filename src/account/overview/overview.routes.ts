import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { hasExpiredPassword } from '../../directory/password-expiry.ts'
import type { AccessMethods } from '../../identity/access-methods.ts'
import type { Contacts } from '../../identity/contacts.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { KeptProof } from '../../proofs/proof.ts'
import { type KeptName, keptProofs } from '../../proofs/proof-registry.ts'
import type { Deliveries } from '../../services/deliveries/deliveries.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import { passwordChosenAt } from '../../services/source/person-lock.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { redirect } from '../../web/handler.ts'
import type { FirstDays } from '../first-day/first-day.ts'
import { readStories } from '../journal/journal.ts'
import type { AccountGuard } from '../sessions/account-guard.ts'
import { overviewPage } from './overview.page.tsx'

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly contacts: Contacts
  readonly accessMethods: Pick<AccessMethods, 'holdOf'>
  readonly sessions: Sessions
  readonly firstDays: FirstDays
  readonly proofs: Readonly<Record<KeptName, Pick<KeptProof, 'describe'>>>
  readonly deliveries: Pick<Deliveries, 'statusesOfPerson'>
  readonly services: readonly ServiceSettings[]
  readonly guard: AccountGuard
  readonly ui: (language: Language) => Ui
}

const proofsOf = ({ proofs }: Deps, person: PersonId) =>
  Promise.all(keptProofs.map(async proof => ({ proof, inPlace: await proofs[proof.name].describe(person) })))

/** « Gérer mon compte »: the state of the account, each line with a link to the page that changes it. */
export const overviewRoutes = (deps: Deps) => {
  const { store, clock, contacts, accessMethods, sessions, firstDays, deliveries, services } = deps

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
          passwordAt: await passwordChosenAt(store.read, id),
          contacts: await contacts.list(id),
          proofs: await proofsOf(deps, id),
          hold: await accessMethods.holdOf(id),
          sessions: (await sessions.list(id)).length,
          services,
          statuses: await deliveries.statusesOfPerson(id),
          stories: (await readStories(store, id, { changes: 3, tries: 1 })).stories,
        }),
      }
    }),
  }
}
