import { eventsOf } from '../../audit/subject-events.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Store } from '../../store/store.ts'
import { inTurns, mapInRounds } from '../../turns.ts'
import type { JournalEntry } from './journal-entry.ts'
import { type Story, storiesOf } from './stories.ts'

/** Newest first. */
export const readJournal = async (store: Store, person: PersonId, most: number): Promise<JournalEntry[]> => {
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

/** What was done, newest first, at most so many changes. `more`: there is more in the export. */
export async function readStories(
  store: Store,
  person: PersonId,
  most: number,
): Promise<{ readonly stories: readonly Story[]; readonly more: boolean }> {
  const limit = most * eventsPerStory
  const entries = await readJournal(store, person, limit)
  const stories = storiesOf(entries)
  return { stories: stories.slice(0, most), more: stories.length > most || entries.length === limit }
}
