import type { Person } from '../directory/directory.ts'
import { plain } from '../texts/plain.ts'
import { foldWord, readingsOf } from './fold.ts'
import { coreOf } from './leaked/core.ts'
import type { PasswordRefusal } from './policy.ts'

type PersonalDetails = Pick<Person, 'login' | 'firstNames' | 'familyNames' | 'birthDate'>

/** Shorter ones sit in passwords by chance. */
const shortestName = 4

const containsOne = (password: string, words: readonly string[]) => {
  const readings = readingsOf(password)
  return words.map(foldWord).some(word => word !== '' && readings.some(reading => reading.includes(word)))
}

/** `Marie-Hélène` is looked for whole and as two names. */
const namesOf = ({ firstNames, familyNames }: PersonalDetails) =>
  [...firstNames, ...familyNames]
    .flatMap(name => [name, ...name.split(/[^\p{L}\p{M}]+/u)])
    .filter(name => foldWord(name).length >= shortestName)

const twoDigits = (n: number) => String(n).padStart(2, '0')

/** ddmmyyyy, ddmmyy and yyyymmdd, whatever stands between; the year alone, as it is written. */
const containsBirthDate = (password: string, { birthDate }: PersonalDetails) => {
  if (!birthDate) return false
  const { year, month, day } = birthDate
  const dayMonth = `${twoDigits(day)}${twoDigits(month)}`
  const dates = [
    `${dayMonth}${year}`,
    `${dayMonth}${twoDigits(year % 100)}`,
    `${year}${twoDigits(month)}${twoDigits(day)}`,
  ]
  const together = password.replace(/[^0-9A-Za-z]/g, '')
  return (
    password.includes(String(year)) || (month > 0 && day > 0 && dates.some(date => together.includes(date)))
  )
}

/** As it is written at any length, in disguise (`c-l3fevre`) from four letters. */
const containsLogin = (password: string, { login }: PersonalDetails) =>
  login !== '' &&
  (password.toLowerCase().includes(login.toLowerCase()) ||
    (foldWord(login).length >= shortestName && containsOne(password, [login])))

/** NIST 800-63B-4 and ASVS 6.1.2: nothing that a stranger finds on the card or in the directory. */
export const judgePersonal = (
  password: string,
  about: { person: PersonalDetails | null; login: boolean; institutionWords: readonly string[] },
): PasswordRefusal[] => {
  const { person, institutionWords } = about
  const refusals: PasswordRefusal[] = []
  if (person && about.login && containsLogin(password, person))
    refusals.push({ reason: 'password-has-login' })
  if (person && containsOne(password, namesOf(person))) refusals.push({ reason: 'password-has-name' })
  if (person && containsBirthDate(password, person)) refusals.push({ reason: 'password-has-birth-date' })
  if (containsOne(password, institutionWords)) refusals.push({ reason: 'password-has-institution' })
  return refusals
}

/** Every part from four characters, since an answer is found anywhere; a shorter answer only by itself. */
const substringsOf = (reading: string) => {
  const substrings: string[] = []
  for (let from = 0; from < reading.length; from += 1)
    for (let to = from + shortestName; to <= reading.length; to += 1) substrings.push(reading.slice(from, to))
  return substrings
}

/**
 * What could be the joker answer in a password, folded as answers are. The answer itself is kept only hashed: the
 * caller compares these candidates with the mark of the answer just given.
 */
export const jokerCandidates = (password: string): ReadonlySet<string> =>
  new Set(
    [
      foldWord(coreOf(password)),
      ...readingsOf(password),
      ...readingsOf(password).flatMap(substringsOf),
    ].filter(Boolean),
  )

/** Words of the institution's name that say nothing of it. */
const generic = /^(de|des|du|la|le|les|et|of|the|and|universite|university|ecole|polytechnique|institut)$/

/** The configured words, the product's name and what is its own in the institution's. */
export const institutionWordsOf = (given: {
  configured: readonly string[]
  product: string
  institution: string
}) => {
  const named = given.institution
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word.length >= shortestName && !generic.test(plain(word)))
  return [...new Set([...given.configured, given.product, ...named])]
}
