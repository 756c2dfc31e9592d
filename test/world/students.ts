import { Attribute, Change } from 'ldapts'
import type { Application } from '../../src/application.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { type EmbeddedEntry, insertMissingEntries } from '../../src/directory/embedded/embedded.ts'
import { createEmbeddedPasswords } from '../../src/directory/embedded/passwords.ts'
import { findPerson } from './find-person.ts'
import { bases, suffix } from './people.ts'
import type { Slapd } from './slapd.ts'

/** In which state the account of a student may be who has a number and an INE. */
export const studentStates = ['open', 'frozen', 'ended', 'privileged', 'staff as well'] as const
export type StudentState = (typeof studentStates)[number]

export type Student = { readonly state: StudentState; readonly number: string; readonly ine: string }

/** All of them were born on this day, and « Rex » is the answer of each. */
export const bornOn = '3/11/2004'
const born = { text: '2004-11-03', date: { year: 2004, month: 11, day: 3 } }

const loginOf = (state: StudentState) => `etudiant-${studentStates.indexOf(state)}`
const staffNumberOf = (state: StudentState) =>
  state === 'staff as well' ? `66600${studentStates.indexOf(state)}` : undefined

export const students: readonly Student[] = studentStates.map((state, index) => ({
  state,
  number: `6660000${index}`,
  ine: `066600000${index}${'UVWXY'[index]}`,
}))

const entryOf = ({ state, number, ine }: Student): EmbeddedEntry => ({
  id: `student-${number}`,
  login: loginOf(state),
  populations: state === 'staff as well' ? ['student', 'staff'] : ['student'],
  displayName: 'Lou Étude',
  firstNames: ['Lou'],
  familyNames: ['Étude'],
  birthDate: born.date,
  addresses: [`${loginOf(state)}@univ.example`],
  privileged: state === 'privileged',
  closed: state === 'ended' && 'by-record',
  numbers: { 'student-number': number, ine, 'staff-number': staffNumberOf(state) },
  password: null,
})

const addMember = (dn: string) =>
  new Change({ operation: 'add', modification: new Attribute({ type: 'member', values: [dn] }) })

/** Adds them to a real directory, before its portal starts. */
export const addStudents = (slapd: Slapd) =>
  slapd.asRoot(async client => {
    for (const { state, number, ine } of students) {
      const uid = loginOf(state)
      const staffNumber = staffNumberOf(state)
      const dn = `uid=${uid},${bases.student}`
      await client.add(dn, {
        objectClass: ['inetOrgPerson', 'supannPerson'],
        uid,
        cn: 'Lou Étude',
        displayName: 'Lou Étude',
        givenName: 'Lou',
        sn: 'Étude',
        mail: `${uid}@univ.example`,
        supannOIDCDateDeNaissance: born.text,
        supannEtuId: number,
        supannCodeINE: ine,
        ...(staffNumber && { supannEmpId: staffNumber }),
        ...(state === 'ended' && { supannEtuDateFin: '20210831220000Z' }),
      })
      if (state === 'privileged') await client.modify(`cn=admins,ou=groups,${suffix}`, addMember(dn))
    }
  })

/** Adds them to the embedded directory where `embedded`, sets their jokers, and freezes the one who is frozen. */
export const prepareStudents = async (application: Application, embedded: boolean) => {
  const { store, crypto, proofs, helpdesk } = application
  if (embedded)
    await insertMissingEntries(store, students.map(entryOf), createEmbeddedPasswords(crypto.hashing))
  const hashed = await proofs.joker.hashAnswer('Rex')
  if (!hashed.ok) throw new Error(hashed.reason)
  const ids = new Map<StudentState, PersonId>()
  for (const { state } of students) ids.set(state, (await findPerson(application, loginOf(state))).id)
  await store.transaction(async tx => {
    for (const person of ids.values())
      await proofs.joker.set(tx, { person, question: 'pet', free: false, kept: hashed.kept })
  })
  const frozen = ids.get('frozen')
  if (frozen) await helpdesk.freeze(frozen, { by: 'desk', reason: 'test' })
}
