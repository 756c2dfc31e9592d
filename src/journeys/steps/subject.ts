import { sameBirthDate } from '../../directory/birth-date.ts'
import type { BirthDate, NumberKind, Person, PersonId } from '../../directory/directory.ts'
import { hmac, type Keys } from '../../keys.ts'

/**
 * Who stands before the portal, as far as a number and a date tell. `person: null`: nobody, another date, or an
 * ambiguous number; that subject is a keyed digest of what was typed, stable, and walks the same pages.
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
  const person = only?.birthDate && sameBirthDate(date, only.birthDate) ? only : null
  const unknown = () => hmac(keys.of('subject'), kind, number, `${date.year}-${date.month}-${date.day}`)
  return { subject: person ? subjectOfPerson(person.id) : unknown(), person, ambiguous: people.length > 1 }
}

/** Number and INE of one person agree: the subject is the entry. */
const subjectOfPerson = (person: PersonId): string => person
