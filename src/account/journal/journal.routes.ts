import type { Contacts } from '../../identity/contacts.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type HandlerResult, problem } from '../../web/handler.ts'
import { notFound } from '../../web/problems.ts'
import type { AccountGuard } from '../sessions/account-guard.ts'
import { accountAsJson, journalAsCsv } from './export.ts'
import { journalPage } from './journal.page.tsx'
import { readJournal } from './journal.ts'

/** Most events on the page (the newest) and in the export. */
const pageLimit = 60
const exportLimit = 100_000

type Deps = {
  readonly store: Store
  readonly contacts: Contacts
  readonly sessions: Sessions
  readonly joker: Pick<Joker, 'setAt' | 'question'>
  readonly guard: AccountGuard
  readonly ui: (language: Language) => Ui
}

const file = (name: string, type: string, body: string): HandlerResult => ({ kind: 'file', name, type, body })

/** « Mon journal »: everything done to the account, by whom and when, and its export (GDPR article 15). */
export const journalRoutes = (deps: Deps) => {
  const { store, guard } = deps
  return {
    journal: {
      get: guard('journal', 'session', async (request, { person }) => ({
        kind: 'page',
        page: journalPage({
          ui: deps.ui(request.language),
          entries: await readJournal(store, person.id, pageLimit),
          most: pageLimit,
        }),
      })),
    },
    journalExport: {
      get: guard('journal', 'fresh', async (request, { person }) => {
        const ui = deps.ui(request.language)
        const entries = await readJournal(store, person.id, exportLimit)
        if (request.params.file === 'journal.csv')
          return file('journal.csv', 'text/csv; charset=utf-8', journalAsCsv(ui, entries))
        if (request.params.file === 'compte.json')
          return file('compte.json', 'application/json', await accountAsJson(deps, ui, person, entries))
        return problem(notFound)
      }),
    },
  }
}
