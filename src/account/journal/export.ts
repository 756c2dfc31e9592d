import { writeSpreadsheet } from '../../csv.ts'
import type { Person } from '../../directory/directory.ts'
import { acceptancesOf } from '../../identity/charter-acceptances.ts'
import type { Contacts } from '../../identity/contacts.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { Store } from '../../store/store.ts'
import type { Ui } from '../../ui/ui.ts'
import { actorOf, type JournalEntry, sentenceOf } from './journal.ts'

type Deps = {
  readonly store: Store
  readonly contacts: Contacts
  readonly sessions: Sessions
  readonly joker: Pick<Joker, 'setAt' | 'question'>
}

const instant = (at: number) => new Date(at).toISOString()

/** The journal as a table for a spreadsheet. */
export const journalAsCsv = (ui: Ui, entries: readonly JournalEntry[]) => {
  const { say } = ui
  return writeSpreadsheet([
    [say('journal.when'), say('journal.what'), say('journal.who')],
    ...entries.map(entry => [instant(entry.at), sentenceOf(say, entry), actorOf(say, entry)]),
  ])
}

/** All personal data that is kept about a person, without hashes (GDPR articles 15 and 20). */
export const accountAsJson = async (
  { store, contacts, sessions, joker }: Deps,
  ui: Ui,
  person: Person,
  entries: readonly JournalEntry[],
) => {
  const setAt = await joker.setAt(person.id)
  const charters = await acceptancesOf(store.read, person.id)
  const question = setAt === null ? null : await joker.question(person.id, person.id, ui.language)
  const { login, displayName, populations, addresses } = person
  return JSON.stringify(
    {
      identity: { login, displayName, populations, addresses },
      joker: setAt === null ? null : { question, setAt: instant(setAt) },
      recovery: (await contacts.list(person.id)).map(({ to, confirmedAt }) => ({
        to,
        confirmedAt: instant(confirmedAt),
      })),
      charters: charters.map(({ version, acceptedAt }) => ({ version, acceptedAt: instant(acceptedAt) })),
      sessions: (await sessions.list(person.id)).map(({ device, how, createdAt, seenAt }) => ({
        device,
        how,
        since: instant(createdAt),
        lastSeen: instant(seenAt),
      })),
      journal: entries.map(entry => ({
        at: instant(entry.at),
        kind: entry.kind,
        what: sentenceOf(ui.say, entry),
        by: actorOf(ui.say, entry),
        details: entry.details,
      })),
    },
    null,
    2,
  )
}
