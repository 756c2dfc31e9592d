import type { Clock } from '../../clock.ts'
import type { Contacts } from '../../identity/contacts.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type HandlerResult, problem } from '../../web/handler.ts'
import { notFound } from '../../web/problems.ts'
import type { AccountGuard } from '../sessions/account-guard.ts'
import { accountAsJson, journalAsCsv } from './export.ts'
import { journalPage } from './journal.page.tsx'
import { readJournal, readStories } from './journal.ts'

/** Most changes on the page (the newest), and most tries that led to none. */
const pageLimit = { changes: 40, tries: 20 }
/** Most events in the export: many times what an account has in all its years, and a file that the memory of the portal holds. */
const exportLimit = { own: 50_000, beforeProof: 10_000 }

type Deps = {
  readonly store: Store
  readonly contacts: Contacts
  readonly sessions: Sessions
  readonly joker: Pick<Joker, 'setAt' | 'question'>
  readonly guard: AccountGuard
  readonly clock: Clock
  readonly services: readonly ServiceSettings[]
  readonly ui: (language: Language) => Ui
}

const file = (name: string, type: string, body: string): HandlerResult => ({ kind: 'file', name, type, body })

/** « Mon journal »: everything done to the account, by whom and when, and its export (GDPR article 15). */
export const journalRoutes = (deps: Deps) => {
  const { store, guard, clock, services } = deps
  return {
    journal: {
      get: guard('journal', 'session', async (request, { person }) => {
        const ui = deps.ui(request.language)
        const read = await readStories(store, person.id, pageLimit)
        return {
          kind: 'page',
          page: journalPage({ ui, words: { ui, services }, ...read, now: clock.now() }),
        }
      }),
    },
    journalExport: {
      get: guard('journal', 'fresh', async (request, { person }) => {
        const words = { ui: deps.ui(request.language), services }
        const entries = await readJournal(store, person.id, exportLimit)
        if (request.params.file === 'journal.csv')
          return file('journal.csv', 'text/csv; charset=utf-8', await journalAsCsv(words, entries))
        if (request.params.file === 'compte.json')
          return file('compte.json', 'application/json', await accountAsJson(deps, words, person, entries))
        return problem(notFound)
      }),
    },
  }
}
