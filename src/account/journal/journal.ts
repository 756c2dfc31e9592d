import { isBeforeProof } from '../../audit/rolling.ts'
import { eventsOf, type MostEvents } from '../../audit/subject-events.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Store } from '../../store/store.ts'
import { inTurns, mapInRounds } from '../../turns.ts'
import type { JournalEntry } from './journal-entry.ts'
import { type Story, storiesOf } from './stories.ts'

/** Newest first. */
export const readJournal = async (
  store: Store,
  person: PersonId,
  most: MostEvents,
): Promise<JournalEntry[]> => {
  const rows = await eventsOf(store, person, most)
  return inTurns(
    mapInRounds(rows, ({ sequence, at, kind, actor, body }) => {
      const { salt: _, ...details } = JSON.parse(body ?? '{}') as Record<string, unknown>
      return { sequence, at, kind, actor, details }
    }),
  )
}

/** Events that are read for each story that is shown: a change of the password has one or two for each service. */
const eventsPerStory = 12

/** What was tried before a proof, and led to none: perhaps by a stranger. */
const isOfTries = ({ main, steps }: Story) => [main, ...steps].every(({ kind }) => isBeforeProof(kind))

export type MostStories = { readonly changes: number; readonly tries: number }

/** `more…`: there are others, older than those that are shown; the export has more of them. */
export type ReadStories = {
  readonly stories: readonly Story[]
  readonly moreChanges: boolean
  readonly moreTries: boolean
}

/** What was done, newest first: at most so many changes, and so many tries, which therefore displace no change. */
export async function readStories(store: Store, person: PersonId, most: MostStories): Promise<ReadStories> {
  const limits = { own: most.changes * eventsPerStory, beforeProof: most.tries * eventsPerStory }
  const entries = await readJournal(store, person, limits)
  const before = entries.filter(({ kind }) => isBeforeProof(kind)).length
  const all = storiesOf(entries)
  const changes = all.filter(story => !isOfTries(story))
  const tries = all.filter(isOfTries)
  const shown = new Set([...changes.slice(0, most.changes), ...tries.slice(0, most.tries)])
  return {
    stories: all.filter(story => shown.has(story)),
    moreChanges: changes.length > most.changes || entries.length - before >= limits.own,
    moreTries: tries.length > most.tries || before >= limits.beforeProof,
  }
}

export const countsOf = (stories: readonly Story[]) => {
  const tries = stories.filter(isOfTries).length
  return { changes: stories.length - tries, tries }
}
