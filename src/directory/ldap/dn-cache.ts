import type { PersonId } from '../directory.ts'

/** Milliseconds: an eligibility read, the write and its proof follow one another at once. */
const lifetime = 1000

/** Reads that no write follows leave theirs behind, to be dropped together. */
const maxEntries = 1000

/**
 * Where an entry was an instant ago, so that a write and its proof do not ask again what the reading before them has
 * just told. Each place serves once and not for long: an entry may be renamed, and another take its name.
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
