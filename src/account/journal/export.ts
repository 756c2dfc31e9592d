import { writeSpreadsheet } from '../../csv.ts'
import type { Person } from '../../directory/directory.ts'
import { acceptancesOf } from '../../identity/charter-acceptances.ts'
import type { Contacts } from '../../identity/contacts.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { Store } from '../../store/store.ts'
import { inTurns, mapInRounds, type Rounds } from '../../turns.ts'
import type { JournalEntry } from './journal-entry.ts'
import { actorOf, deviceIn, type JournalWords, sentenceOf } from './sentences.ts'
import { storiesInRounds } from './stories.ts'

type Deps = {
  readonly store: Store
  readonly contacts: Contacts
  readonly sessions: Sessions
  readonly joker: Pick<Joker, 'setAt' | 'question'>
}

const instant = (at: number) => new Date(at).toISOString()

type EntryText = (entry: JournalEntry) => string

/** For each event, the sentence of the change that it belongs to. */
function* changesOf(words: JournalWords, entries: readonly JournalEntry[]): Rounds<EntryText> {
  const changes = new Map<JournalEntry, string>()
  const stories = yield* storiesInRounds(entries)
  yield* mapInRounds(stories, ({ main, steps, services, mails }) => {
    const change = sentenceOf(words, main)
    for (const entry of [...steps, ...services, ...mails]) changes.set(entry, change)
  })
  return entry => changes.get(entry) ?? ''
}

function* tableOf(words: JournalWords, entries: readonly JournalEntry[]): Rounds<string> {
  const { say } = words.ui
  const changeOf = yield* changesOf(words, entries)
  const rows = yield* mapInRounds(entries, entry => [
    instant(entry.at),
    sentenceOf(words, entry),
    actorOf(say, entry),
    deviceIn(say, entry),
    changeOf(entry),
  ])
  const heads = (['when', 'what', 'who', 'device', 'change'] as const).map(head => say(`journal.${head}`))
  return yield* writeSpreadsheet([heads, ...rows])
}

/** The journal as a table for a spreadsheet: every event, in the words of the page. */
export const journalAsCsv = (words: JournalWords, entries: readonly JournalEntry[]) =>
  inTurns(tableOf(words, entries))

/** Each event as an element of a list in JSON. */
function* listOf(words: JournalWords, entries: readonly JournalEntry[]): Rounds<string> {
  const changeOf = yield* changesOf(words, entries)
  const elements = yield* mapInRounds(entries, entry =>
    JSON.stringify({
      at: instant(entry.at),
      kind: entry.kind,
      what: sentenceOf(words, entry),
      by: actorOf(words.ui.say, entry),
      change: changeOf(entry),
      details: entry.details,
    }),
  )
  return elements.map(element => `\n    ${element}`).join(',')
}

/** All personal data that is kept about a person, without hashes (GDPR articles 15 and 20). */
export const accountAsJson = async (
  { store, contacts, sessions, joker }: Deps,
  words: JournalWords,
  person: Person,
  entries: readonly JournalEntry[],
) => {
  const { ui } = words
  const setAt = await joker.setAt(person.id)
  const charters = await acceptancesOf(store.read, person.id)
  const question = setAt === null ? null : await joker.question(person.id, person.id, ui.language)
  const { login, displayName, populations, addresses } = person
  const kept = JSON.stringify(
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
    },
    null,
    2,
  )
  const journal = await inTurns(listOf(words, entries))
  return `${kept.slice(0, kept.lastIndexOf('\n}'))},\n  "journal": [${journal}\n  ]\n}`
}
