import type { PersonId } from '../directory.ts'

/** Milliseconds: the eligibility check, the write and its proof follow one another immediately. */
const lifetime = 1000

/** Reads that no write follows leave an entry; all are dropped together at this size. */
const maxEntries = 1000

/**
 * Caches the DN of an entry that was just read, so that the write and its proof need no search of their own. Each DN is
 * used once and expires soon, because an entry may be renamed and another take its name.
 */
export const createDnCache = (now: () => number) => {
  const entries = new Map<PersonId, { readonly dn: string; readonly until: number }>()
  return {
    put: (id: PersonId, dn: string) => {
      if (entries.size >= maxEntries) entries.clear()
      entries.set(id, { dn, until: now() + lifetime })
    },
    take: (id: PersonId): string | null => {
      const entry = entries.get(id)
      entries.delete(id)
      return entry && entry.until > now() ? entry.dn : null
    },
  }
}
