import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import type { Door, Doors } from './doors.ts'

const door: Door = { name: 'whole', window: 1000 }
const rest = 100

/**
 * The door of the whole portal: every process counts in the store, together, but tells it ten times a second instead
 * of at each post. In between a process adds its own count to the last total that it read.
 */
export const wholeDoor = (parts: { store: Store; doors: Doors; clock: Clock; limit: number }) => {
  const { store, doors, clock, limit } = parts
  let untold = 0
  let total = 0
  let readAt = 0
  let timer: NodeJS.Timeout | null = null

  const tell = async () => {
    timer = null
    const count = untold
    untold = 0
    total = await store.transaction(tx => doors.pass(tx, door, 'all', count))
    readAt = clock.now()
  }

  return {
    /** False when more was sent in this second than the portal takes. */
    admits: () => {
      untold += 1
      timer ??= setTimeout(() => tell().catch(() => {}), rest)
      const known = clock.now() - readAt < door.window ? total : 0
      return known + untold <= limit
    },
    close: async () => {
      if (!timer) return
      clearTimeout(timer)
      await tell().catch(() => {})
    },
  }
}
