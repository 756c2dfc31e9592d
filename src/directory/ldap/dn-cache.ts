import type { PersonId } from '../directory.ts'

/** Milliseconds: an eligibility read, the write and its proof follow one another at once. */
const fresh = 1000

/** Reads that no write follows leave theirs behind, to be dropped together. */
const mostKept = 1000

/**
 * Where an entry was an instant ago, so that a write and its proof do not ask again what the reading before them has
 * just told. Each place serves once and not for long: an entry may be renamed, and another take its name.
 */
export const dnCache = (now: () => number) => {
  const places = new Map<PersonId, { readonly dn: string; readonly until: number }>()
  return {
    keep: (id: PersonId, dn: string) => {
      if (places.size >= mostKept) places.clear()
      places.set(id, { dn, until: now() + fresh })
    },
    take: (id: PersonId): string | null => {
      const place = places.get(id)
      places.delete(id)
      return place && place.until > now() ? place.dn : null
    },
  }
}
