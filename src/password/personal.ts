import type { BirthDate, BirthDateDigest, Person } from '../directory/directory.ts'
import { plain } from '../texts/plain.ts'
import { foldWord, readingsOf } from './fold.ts'
import { coreOf } from './leaked/core.ts'
import type { PasswordRefusal } from './policy.ts'

type PersonalDetails = Pick<Person, 'login' | 'firstNames' | 'familyNames' | 'birthDate' | 'birthDateDigest'>

/** Shorter names occur in passwords by chance. */
const shortestName = 4

const containsOne = (password: string, words: readonly string[]) => {
  const readings = readingsOf(password)
  return words.map(foldWord).some(word => word !== '' && readings.some(reading => reading.includes(word)))
}

/** `Marie-Hélène` is searched for as a whole and as two names. */
const namesOf = ({ firstNames, familyNames }: PersonalDetails) =>
  [...firstNames, ...familyNames]
    .flatMap(name => [name, ...name.split(/[^\p{L}\p{M}]+/u)])
    .filter(name => foldWord(name).length >= shortestName)

const twoDigits = (n: number) => String(n).padStart(2, '0')

/** ddmmyyyy, ddmmyy and yyyymmdd with any separators; the year alone without any. */
const containsBirthDate = (password: string, { birthDate, birthDateDigest }: PersonalDetails) => {
  if (birthDateDigest) return containsDigestOf(password, birthDateDigest)
  if (!birthDate) return false
  const { year, month, day } = birthDate
  const dayMonth = `${twoDigits(day)}${twoDigits(month)}`
  const dates = [
    `${dayMonth}${year}`,
    `${dayMonth}${twoDigits(year % 100)}`,
    `${year}${twoDigits(month)}${twoDigits(day)}`,
  ]
  const withoutSeparators = password.replace(/[^0-9A-Za-z]/g, '')
  return (
    password.includes(String(year)) ||
    (month > 0 && day > 0 && dates.some(date => withoutSeparators.includes(date)))
  )
}

/** Every run of so many digits, also within longer ones. */
const runsOf = (text: string, length: number) =>
  [...text.matchAll(new RegExp(`(?=(\\d{${length}}))`, 'g'))].map(([, run = '']) => run)

const part = (run: string, from: number, to: number) => Number(run.slice(from, to))

/** The dates that a run of digits may be, as ddmmyyyy, yyyymmdd or ddmmyy. */
const datesIn = (run: string): readonly BirthDate[] => {
  const dayMonth = { day: part(run, 0, 2), month: part(run, 2, 4) }
  return run.length === 8
    ? [
        { ...dayMonth, year: part(run, 4, 8) },
        { day: part(run, 6, 8), month: part(run, 4, 6), year: part(run, 0, 4) },
      ]
    : [1900, 2000].map(century => ({ ...dayMonth, year: century + part(run, 4, 6) }))
}

/** The same where the date is known by its digest: each date and year that the password may contain is compared with it. */
const containsDigestOf = (password: string, digest: BirthDateDigest) => {
  const withoutSeparators = password.replace(/[^0-9A-Za-z]/g, '')
  const dates = [8, 6].flatMap(length => runsOf(withoutSeparators, length)).flatMap(datesIn)
  return (
    runsOf(password, 4).some(year => digest.isIn(Number(year))) ||
    dates.some(date => date.day > 0 && date.month > 0 && digest.isOn(date))
  )
}

/** Verbatim at any length; with separators or l33t (`c-l3fevre`) from four letters. */
const containsLogin = (password: string, { login }: PersonalDetails) =>
  login !== '' &&
  (password.toLowerCase().includes(login.toLowerCase()) ||
    (foldWord(login).length >= shortestName && containsOne(password, [login])))

/** NIST 800-63B-4 and ASVS 6.1.2: no personal detail that a stranger can read on the student card or in the directory. */
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

/** Every substring of four characters or more: an answer counts wherever it occurs, a shorter one only as the whole. */
const substringsOf = (reading: string) => {
  const substrings: string[] = []
  for (let from = 0; from < reading.length; from += 1)
    for (let to = from + shortestName; to <= reading.length; to += 1) substrings.push(reading.slice(from, to))
  return substrings
}

/**
 * Every text in a password that could be the joker answer, folded as answers are. The answer itself is stored only as a hash:
 * the caller compares the digests of these candidates with the digest of the answer.
 */
export const jokerCandidates = (password: string): ReadonlySet<string> =>
  new Set(
    [
      foldWord(coreOf(password)),
      ...readingsOf(password),
      ...readingsOf(password).flatMap(substringsOf),
    ].filter(Boolean),
  )

/** Words of an institution's name that many institutions share. */
const generic = /^(de|des|du|la|le|les|et|of|the|and|universite|university|ecole|polytechnique|institut)$/

/** The configured words, the product's name, and the specific words of the institution's name. */
export const institutionWordsOf = (names: {
  configured: readonly string[]
  product: string
  institution: string
}) => {
  const named = names.institution
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word.length >= shortestName && !generic.test(plain(word)))
  return [...new Set([...names.configured, names.product, ...named])]
}
