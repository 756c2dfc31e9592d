import { demoPeople } from '../../src/demonstration/people.ts'
import { seededRandom } from './seeded-random.ts'

/** An invented person of the test directory. */
export type WorldPerson = {
  readonly population: 'student' | 'staff' | 'external'
  readonly uid: string
  readonly firstName: string
  readonly familyName: string
  /** YYYY-MM-DD; 00 for an unknown day or month; `null` when the registry has no date. */
  readonly born: string | null
  readonly studentNumber?: string
  readonly ine?: string
  readonly staffNumber?: string
  readonly addresses: readonly string[]
  readonly privateAddresses: readonly string[]
  readonly endsAt?: string
  readonly privileged?: boolean
  readonly password?: string
}

export const suffix = 'dc=univ,dc=example'
export const bases = {
  student: `ou=etudiants,${suffix}`,
  staff: `ou=personnels,${suffix}`,
  external: `ou=externes,${suffix}`,
} as const

export const dnOf = ({ uid, population }: Pick<WorldPerson, 'uid' | 'population'>) =>
  `uid=${uid},${bases[population]}`

const firstNames = [
  'Aïcha',
  'Anne-Laure',
  'Béatrice',
  'Chloé',
  'Élodie',
  'François',
  'Gaëlle',
  'Hélène',
  'Ibrahim',
  'Jean-Noël',
  'Kévin',
  'Léa',
  'Maël',
  'Noémie',
  'Océane',
  'Pierre',
  'Raphaël',
  'Søren',
  'Thaïs',
  'Zoé',
]
const familyNames = [
  'Abadie',
  'Bézier',
  'Chauvin',
  'D’Almeida',
  'Delacroix-Petit',
  'Évrard',
  'Fontaine',
  'Guérin',
  'Hämäläinen',
  'Île',
  'Kowalski',
  'L’Hermite',
  'Müller',
  'Nguyễn',
  'Ouédraogo',
  'Périer',
  'Quéré',
  'Saint-Amand',
  'Tran',
  'Vasseur',
]

const two = (n: number) => String(n).padStart(2, '0')
const beaLetters = 'ABCDEFGHJKLMNPRSTUVWXYZ'

/** The kinds of INE in use: most BEA, some RNIE, some of higher education. */
const ineFor = (index: number) => {
  if (index % 10 === 8)
    return `${String(100_000_000 + index * 7).slice(0, 9)}${beaLetters[index % 8]}${beaLetters[(index * 3) % 8]}`
  if (index % 10 === 9) {
    const body = `0A${two(index % 36)}${String(index).padStart(6, '0')}`
    const value = (character: string) => Number.parseInt(character, 36)
    const key =
      (6 * [...body.slice(0, 9)].reduce((sum, character) => sum + value(character), 0) +
        value(body[9] ?? '0')) %
      10
    return body + key
  }
  const digits = String(1_900_000_000 + index * 13)
  return digits + beaLetters[Number(digits) % 23]
}

const bornFor = (index: number, draw: () => number) => {
  if (index % 401 === 0) return null
  const year = 1960 + Math.floor(draw() * 47)
  if (index % 97 === 0) return `${year}-00-00`
  if (index % 89 === 0) return '2004-02-29'
  return `${year}-${two(1 + Math.floor(draw() * 12))}-${two(1 + Math.floor(draw() * 28))}`
}

const numbersFor = (population: WorldPerson['population'], index: number) => {
  if (population === 'student') return { studentNumber: String(22_000_000 + index), ine: ineFor(index) }
  return population === 'staff'
    ? { staffNumber: index % 7 === 0 ? `UPH${String(index).padStart(9, '0')}` : String(300_000 + index) }
    : {}
}

const invented = (index: number, draw: () => number): WorldPerson => {
  const population = index % 6 === 0 ? 'staff' : index % 31 === 0 ? 'external' : 'student'
  const firstName = firstNames[index % firstNames.length] ?? 'Léa'
  const familyName = familyNames[Math.floor(draw() * familyNames.length)] ?? 'Tran'
  const uid = population === 'external' ? `ext-p${index}` : `p${index}`
  return {
    population,
    uid,
    firstName,
    familyName,
    born: bornFor(index, draw),
    ...numbersFor(population, index),
    addresses: [`${uid}@univ.example`],
    privateAddresses: index % 3 === 0 ? [`{PERSO}${uid}@maison.example`] : [],
    ...(index % 53 === 0 && { endsAt: '20200831220000Z' }),
    ...(index % 499 === 0 && { privileged: true }),
  }
}

/** The demonstration's people, so that the same test runs on every directory. Externals sign in with their UID. */
const wellKnown: readonly WorldPerson[] = demoPeople.map(person => ({
  population: person.population,
  uid: person.numbers.uid ?? person.login,
  firstName: person.firstName,
  familyName: person.familyName,
  born: `${person.born.year}-${two(person.born.month)}-${two(person.born.day)}`,
  ...(person.numbers['student-number'] && { studentNumber: person.numbers['student-number'] }),
  ...(person.numbers.ine && { ine: person.numbers.ine }),
  ...(person.numbers['staff-number'] && { staffNumber: person.numbers['staff-number'] }),
  addresses: [`${person.login}@univ.example`],
  privateAddresses: [`{PERSO}${person.login}@maison.example`],
  ...(person.password && { password: person.password }),
}))

/** People for special cases, which tests look up by name. */
const special: readonly WorldPerson[] = [
  {
    population: 'staff',
    uid: 'twin-a',
    firstName: 'Alix',
    familyName: 'Double',
    born: '1980-01-01',
    staffNumber: '777001',
    addresses: ['twin-a@univ.example'],
    privateAddresses: [],
  },
  {
    population: 'staff',
    uid: 'twin-b',
    firstName: 'Ulrich',
    familyName: 'Double',
    born: '1981-01-01',
    staffNumber: '777001',
    addresses: ['twin-b@univ.example'],
    privateAddresses: [],
  },
  {
    population: 'staff',
    uid: 'admin',
    firstName: 'Ada',
    familyName: 'Ministre',
    born: '1975-05-05',
    staffNumber: '777002',
    addresses: ['admin@univ.example'],
    privateAddresses: [],
    privileged: true,
  },
  {
    population: 'student',
    uid: 'parti',
    firstName: 'Paul',
    familyName: 'Parti',
    born: '1999-09-09',
    studentNumber: '77700003',
    addresses: ['parti@univ.example'],
    privateAddresses: [],
    endsAt: '20210831220000Z',
  },
  {
    population: 'staff',
    uid: 'jeune',
    firstName: 'Jeanne',
    familyName: 'Hâtive',
    born: '1988-08-08',
    staffNumber: '777004',
    addresses: ['jeune@univ.example'],
    privateAddresses: [],
    password: 'Depart-Ancien-2020!',
  },
]

/** At least 12,000 people, the same at every run. */
export const worldPeople = (count = 12_000): readonly WorldPerson[] => {
  const draw = seededRandom(20_261_124)
  return [...wellKnown, ...special, ...Array.from({ length: count }, (_, index) => invented(index + 1, draw))]
}
