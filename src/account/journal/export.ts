import { writeSpreadsheet } from '../../csv.ts'
import type { Person } from '../../directory/directory.ts'
import { acceptancesOf } from '../../identity/charter-acceptances.ts'
import type { Contacts } from '../../identity/contacts.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { Store } from '../../store/store.ts'
import type { JournalEntry } from './journal-entry.ts'
import { actorOf, deviceIn, type JournalWords, sentenceOf } from './sentences.ts'
import { storiesOf } from './stories.ts'

type Deps = {
  readonly store: Store
  readonly contacts: Contacts
  readonly sessions: Sessions
  readonly joker: Pick<Joker, 'setAt' | 'question'>
}

const instant = (at: number) => new Date(at).toISOString()

/** For each event, the sentence of the change that it belongs to. */
function changesOf(words: JournalWords, entries: readonly JournalEntry[]) {
  const changes = new Map<JournalEntry, string>()
  for (const { main, steps, services, mails } of storiesOf(entries))
    for (const entry of [...steps, ...services, ...mails]) changes.set(entry, sentenceOf(words, main))
  return (entry: JournalEntry) => changes.get(entry) ?? ''
}

/** The journal as a table for a spreadsheet: every event, in the words of the page. */
export const journalAsCsv = (words: JournalWords, entries: readonly JournalEntry[]) => {
  const { say } = words.ui
  const changeOf = changesOf(words, entries)
  return writeSpreadsheet([
    [
      say('journal.when'),
      say('journal.what'),
      say('journal.who'),
      say('journal.device'),
      say('journal.change'),
    ],
    ...entries.map(entry => [
      instant(entry.at),
      sentenceOf(words, entry),
      actorOf(say, entry),
      deviceIn(say, entry),
      changeOf(entry),
    ]),
  ])
}

/** All personal data that is kept about a person, without hashes (GDPR articles 15 and 20). */
export const accountAsJson = async (
  { store, contacts, sessions, joker }: Deps,
  words: JournalWords,
  person: Person,
  entries: readonly JournalEntry[],
) => {
  const { ui } = words
  const changeOf = changesOf(words, entries)
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
        what: sentenceOf(words, entry),
        by: actorOf(ui.say, entry),
        change: changeOf(entry),
        details: entry.details,
      })),
    },
    null,
    2,
  )
}
