import { days } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import {
  type EmbeddedEntry,
  type EmbeddedPasswords,
  insertMissingEntries,
} from '../directory/embedded/embedded.ts'
import type { ActivationCodes } from '../proofs/activation-code/activation-code.ts'
import type { Joker } from '../proofs/joker/joker.ts'
import type { Store } from '../store/store.ts'
import { type DemoPerson, demoPeople } from './people.ts'

export const embeddedEntryOf = (person: DemoPerson): EmbeddedEntry => ({
  id: person.id,
  login: person.login,
  populations: [person.population],
  displayName: `${person.firstName} ${person.familyName}`,
  firstNames: [person.firstName],
  familyNames: [person.familyName],
  birthDate: person.born,
  addresses: [`${person.login}@univ-demo.example`, `${person.login}@maison.example`],
  privileged: false,
  closed: false,
  numbers: person.numbers,
  password: person.password,
})

/** Long, since nobody issues new activation codes to invented people. */
const demonstrationLife = days(3650)

/** Adds the invented people, their jokers and codes at the first start only. */
export const seedDemonstration = async (deps: {
  store: Store
  passwords: EmbeddedPasswords
  joker: Joker
  activationCodes: ActivationCodes
}) => {
  const { store, passwords, joker, activationCodes } = deps
  if ((await insertMissingEntries(store, demoPeople.map(embeddedEntryOf), passwords)) === 0) return
  for (const person of demoPeople) {
    const { activationCode } = person
    if (activationCode)
      await store.transaction(tx =>
        activationCodes.make(tx, person.id as PersonId, demonstrationLife, activationCode),
      )
    if (!person.joker) continue
    const hashed = await joker.hashAnswer(person.joker.answer)
    if (!hashed.ok) throw new Error('the hash queue is full at the first start')
    const { question } = person.joker
    await store.transaction(tx =>
      joker.set(tx, { person: person.id as PersonId, question, free: false, kept: hashed.kept }),
    )
  }
}
