import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { isBornOn } from '../../directory/birth-date.ts'
import type { BirthDate, NumberKind, Person } from '../../directory/directory.ts'

/**
 * The subject of a journey, from the typed number and date of birth. The joker's question, the tries and the codes belong to
 * `subject`, which is
 *
 * - the entry's stable id, where the date of birth is the entry's;
 * - a keyed digest of the entry and of the typed date, where it is not. The student number and the INE of one person, both
 *   printed on the card, then give the same subject for every date, so that comparing them does not reveal the right date;
 * - a keyed digest of the typed number and date, where no entry or several have the number.
 *
 * `person` is `null` in the last two cases, which get the same pages as any other.
 */
export type Subject = {
  readonly subject: string
  readonly person: Person | null
  readonly ambiguous: boolean
}

export const subjectOf = (
  keys: Keys,
  typed: { kind: NumberKind; number: string; date: BirthDate },
  people: readonly Person[],
): Subject => {
  const { kind, number, date } = typed
  const only = people.length === 1 ? people[0] : undefined
  if (only && isBornOn(only, date)) return { subject: only.id, person: only, ambiguous: false }
  const day = `${date.year}-${date.month}-${date.day}`
  const named = only ? ['entry', only.id] : ['number', kind, number]
  return {
    subject: hmac(keys.of('subject'), 'nobody', ...named, day),
    person: null,
    ambiguous: people.length > 1,
  }
}
