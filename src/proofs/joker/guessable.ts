import type { BirthDate, Person } from '../../directory/directory.ts'
import { plain } from '../../texts/plain.ts'
import type { SayIn } from '../../texts/texts.ts'
import { foldAnswer } from './fold.ts'
import { isQuestionKey, type QuestionKey, questionTexts } from './questions.ts'

/** Why an answer is refused: somebody else knows it or would guess it first. */
export const guessableReasons = [
  'answer-missing',
  'answer-too-short',
  'answer-has-login',
  'answer-has-name',
  'answer-has-birth-date',
  'answer-in-question',
  'answer-common',
] as const
export type GuessableReason = (typeof guessableReasons)[number]

type PersonalData = Pick<Person, 'login' | 'firstNames' | 'familyNames' | 'birthDate' | 'birthDateDigest'>

const shortest = 3

/**
 * The most frequent answers, which an attacker with five tries would try first: pets' names from the French register (I-CAD),
 * the largest towns, the best-known books and the most common first jobs.
 */
const common = {
  pet: 'minou minouche felix rex medor caramel chipie tigrou tigre simba moumoune medor milou filou snoopy lucky max bella luna nala ruby oscar gribouille noisette praline titi kiki boule biscotte mimi toto ulysse rocky vanille reglisse pacha chien chat poisson lapin hamster tortue rouge',
  town: 'paris marseille lyon toulouse nice nantes montpellier strasbourg bordeaux lille rennes reims toulon valenciennes maubeuge cambrai douai lens arras dunkerque calais amiens rouen alger tunis casablanca bruxelles rabat oran dakar',
  book: 'lepetitprince petitprince letranger harrypotter leseigneurdesanneaux lesmiserables germinal labible bible coran lecoran lapeste madamebovary 1984 aucun twilight onepiece naruto',
  teacher:
    'martin monsieurmartin madamemartin mmartin durand dupont bernard petit robert maitresse aucun madamedupont monsieurdupont',
  friend:
    'marie lea manon chloe emma camille julie sarah laura ines thomas lucas hugo nicolas maxime julien kevin alexandre antoine pierre paul mohamed mehdi jules louis',
  job: 'vendeur vendeuse serveur serveuse caissier caissiere babysitter etudiant etudiante professeur secretaire stagiaire animateur animatrice cuisinier facteur livreur hotesse employe mcdo mcdonalds aucun',
  school:
    'jules ferry julesferry jeanjaures victorhugo pasteur louispasteur jeanmoulin saintjoseph notredame jacquesprevert paulbert mariecurie lecentre',
  journey:
    'italie espagne angleterre londres rome new york newyork etatsunis usa maroc algerie tunisie portugal grece corse paris barcelone madrid japon canada venise',
} satisfies Record<QuestionKey, string>

const everywhere =
  'azerty qwerty motdepasse password sesame joker reponse bonjour jesaispas jenesaispas aucun aucune rien test oui non 123 1234 12345 123456 0000 abc abcd'

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' ').map(foldAnswer))

const alwaysCommon = setOf(everywhere)
const commonTo = new Map(Object.entries(common).map(([key, words]) => [key, setOf(words)]))

const two = (n: number) => String(n).padStart(2, '0')

const birthDates = ({ birthDate }: PersonalData) => {
  if (!birthDate) return []
  const { year, month, day } = birthDate
  const [d, m, y] = [two(day), two(month), two(year % 100)]
  return [`${d}${m}${year}`, `${d}${m}${y}`, `${year}${m}${d}`, `${day}${month}${year}`, String(year)]
}

/** How a date may be written with digits alone. */
const writtenDates = [
  /^(?<day>\d{2})(?<month>\d{2})(?<year>\d{4}|\d{2})$/,
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/,
  /^(?<day>\d{1,2})(?<month>\d{1,2})(?<year>\d{4})$/,
  /^(?<day>\d)(?<month>\d{2})(?<year>\d{4})$/,
]

/** Every date that a text of digits may be. */
const datesOf = (folded: string): readonly BirthDate[] =>
  writtenDates.flatMap(pattern => {
    const { day = '', month = '', year = '' } = pattern.exec(folded)?.groups ?? {}
    if (year === '') return []
    const years = year.length === 4 ? [Number(year)] : [1900 + Number(year), 2000 + Number(year)]
    return years.map(one => ({ day: Number(day), month: Number(month), year: one }))
  })

const isBirthDate = (folded: string, person: PersonalData) => {
  const digest = person.birthDateDigest
  if (!digest) return birthDates(person).includes(folded)
  return (/^\d{4}$/.test(folded) && digest.isIn(Number(folded))) || datesOf(folded).some(digest.isOn)
}

const wordsOf = (text: string) =>
  plain(text)
    .split(/[^\p{L}\p{N}]+/u)
    .map(foldAnswer)
    .filter(word => word.length >= shortest)

const isCommon = (folded: string, question: string) =>
  new Set(folded).size === 1 || alwaysCommon.has(folded) || (commonTo.get(question)?.has(folded) ?? false)

const isOwnName = (folded: string, { firstNames, familyNames }: PersonalData) => {
  const names = [...firstNames, ...familyNames]
  const words = names.flatMap(name => [foldAnswer(name), ...wordsOf(name)])
  return words.includes(folded) || names.map(foldAnswer).join('').includes(folded)
}

/** Data that a stranger can read on the card or in the directory. */
const personal = (folded: string, person: PersonalData): GuessableReason | null => {
  if (person.login !== '' && folded.includes(foldAnswer(person.login))) return 'answer-has-login'
  if (isOwnName(folded, person)) return 'answer-has-name'
  return isBirthDate(folded, person) ? 'answer-has-birth-date' : null
}

/**
 * `null`, or the first reason why this answer is too easy to guess. `question` is a key of the list, or the person's own
 * words where free questions are allowed.
 */
export const guessable = (
  answer: string,
  {
    person,
    question,
    sayIn,
  }: { readonly person: PersonalData | null; readonly question: string; readonly sayIn: SayIn },
): GuessableReason | null => {
  const folded = foldAnswer(answer)
  if (folded === '') return 'answer-missing'
  if (folded.length < shortest) return 'answer-too-short'
  const own = person && personal(folded, person)
  if (own) return own
  const asked = isQuestionKey(question) ? questionTexts(sayIn, question).join(' ') : question
  if (wordsOf(asked).includes(folded)) return 'answer-in-question'
  return isCommon(folded, question) ? 'answer-common' : null
}
