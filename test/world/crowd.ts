import type { Application } from '../../src/application.ts'
import { hours } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { type EmbeddedEntry, insertMissingEntries } from '../../src/directory/embedded/embedded.ts'
import { createEmbeddedPasswords } from '../../src/directory/embedded/passwords.ts'
import type { Hashing } from '../../src/hashing/hashing.ts'
import type { Store } from '../../src/store/store.ts'
import { findPerson } from './find-person.ts'
import type { WorldPerson } from './people.ts'

/** A member of the crowd: many similar people with a password, and « Rex » as the joker's answer. */
export type CrowdMember = {
  readonly id: PersonId
  readonly login: string
  readonly number: string
  readonly date: string
  readonly initialPassword: string
}

const loginOf = (index: number) => `foule${index}`
const numberOf = (index: number) => String(880_000 + index)
const initialPasswordOf = (index: number) => `Depart-Ancien-${index}!x`

/** The crowd as people of a real directory. */
export const crowdPeople = (count: number): readonly WorldPerson[] =>
  Array.from({ length: count }, (_, index) => ({
    population: 'staff',
    uid: loginOf(index),
    firstName: 'Lou',
    familyName: 'Foule',
    born: '1980-01-02',
    staffNumber: numberOf(index),
    addresses: [`${loginOf(index)}@univ.example`],
    privateAddresses: [],
    password: initialPasswordOf(index),
  }))

const entryOf = (index: number): EmbeddedEntry => ({
  id: `crowd-${index}`,
  login: loginOf(index),
  populations: ['staff'],
  displayName: 'Lou Foule',
  firstNames: ['Lou'],
  familyNames: ['Foule'],
  birthDate: { year: 1980, month: 1, day: 2 },
  addresses: [`${loginOf(index)}@univ.example`],
  privileged: false,
  closed: false,
  numbers: { 'staff-number': numberOf(index) },
  password: initialPasswordOf(index),
})

const crowdMemberOf = async (application: Application, index: number): Promise<CrowdMember> => {
  const { id } = await findPerson(application, loginOf(index))
  return {
    id,
    login: loginOf(index),
    number: numberOf(index),
    date: '2/1/1980',
    initialPassword: initialPasswordOf(index),
  }
}

const indexesTo = (count: number) => Array.from({ length: count }, (_, index) => index)

/** Adds the crowd to the embedded directory in this store. */
export const insertCrowd = (store: Store, count: number, hashing: Hashing) =>
  insertMissingEntries(store, indexesTo(count).map(entryOf), createEmbeddedPasswords(hashing))

/** Adds the crowd to an embedded directory (a real one already has it), and sets the joker of each member. */
export const createCrowd = async (
  application: Application,
  count: number,
  embedded: boolean,
): Promise<readonly CrowdMember[]> => {
  const indexes = indexesTo(count)
  if (embedded) await insertCrowd(application.store, count, application.crypto.hashing)
  const hashed = await application.proofs.joker.hashAnswer('Rex')
  if (!hashed.ok) throw new Error(hashed.reason)
  const crowdMembers: CrowdMember[] = []
  // In groups: the directory refuses requests that wait too long in its queue.
  for (let from = 0; from < count; from += 50)
    crowdMembers.push(
      ...(await Promise.all(indexes.slice(from, from + 50).map(index => crowdMemberOf(application, index)))),
    )
  await application.store.transaction(async tx => {
    for (const { id: person } of crowdMembers)
      await application.proofs.joker.set(tx, { person, question: 'pet', free: false, kept: hashed.kept })
  })
  return crowdMembers
}

/** Creates an activation code. Removes the joker first: a person with a joker is active and gets no code. */
export const activationCodeFor = (
  application: Application,
  { id }: Pick<CrowdMember, 'id'>,
): Promise<string> =>
  application.store.transaction(async tx => {
    await tx.deleteFrom('jokers').where('person', '=', id).execute()
    return application.proofs.activationCodes.make(tx, id, hours(1))
  })
