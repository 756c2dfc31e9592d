import { sameBirthDate } from '../../directory/birth-date.ts'
import type { BirthDate, NumberKind, Person } from '../../directory/directory.ts'
import { hmac, type Keys } from '../../keys.ts'

/**
 * Who stands before the portal, as far as a number and a date tell. Question, tries and codes hang on `subject`, which is
 *
 * - the entry's stable id, where the date of birth is the entry's;
 * - a keyed digest of the entry and of the date typed, where it is not: the number and the INE of one person, which both
 *   stand on the card, agree for every date, so that the right one cannot be found by seeing for which they do;
 * - a keyed digest of what was typed, where no single entry holds the number.
 *
 * `person: null`: the last two, who walk the same pages as anybody.
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
  if (only?.birthDate && sameBirthDate(date, only.birthDate))
    return { subject: only.id, person: only, ambiguous: false }
  const day = `${date.year}-${date.month}-${date.day}`
  const named = only ? ['entry', only.id] : ['number', kind, number]
  return {
    subject: hmac(keys.of('subject'), 'nobody', ...named, day),
    person: null,
    ambiguous: people.length > 1,
  }
}
