import { hmac } from '../../crypto/crypto.ts'
import { languages, type Say, type SayIn } from '../../texts/texts.ts'

/**
 * The questions that a person may choose. `weight` is how often people choose each one, so that decoys look like
 * people's own choices. It is a versioned constant: changing a weight changes decoys, which an observer would notice over time.
 */
export const questions = {
  pet: { weight: 24 },
  town: { weight: 20 },
  book: { weight: 11 },
  teacher: { weight: 12 },
  friend: { weight: 13 },
  job: { weight: 8 },
  school: { weight: 7 },
  journey: { weight: 5 },
} as const satisfies Record<string, { weight: number }>

export type QuestionKey = keyof typeof questions

export const isQuestionKey = (value: string): value is QuestionKey => Object.hasOwn(questions, value)

export const questionText = (say: Say, key: QuestionKey) => say(`question.${key}`)

/** The question in every language. */
export const questionTexts = (sayIn: SayIn, key: QuestionKey) =>
  languages.map(language => questionText(sayIn(language), key))

/** A number in ]0, 1[ that depends on the subject and one question only. */
const drawFor = (key: Buffer, subject: string, question: string) => {
  const bytes = Buffer.from(hmac(key, 'question', subject, question), 'base64url')
  return (bytes.readUIntBE(0, 6) + 1) / (2 ** 48 + 1)
}

/**
 * The question shown for a subject without a joker: weighted rendezvous hashing (highest −w/ln u wins). It is stable for the
 * typed input, and a question added later changes only the subjects that it wins.
 */
export const decoyQuestion = (
  key: Buffer,
  subject: string,
  among: Readonly<Record<string, { readonly weight: number }>> = questions,
) => {
  let best = { question: '', score: -1 }
  for (const [question, { weight }] of Object.entries(among)) {
    const score = -weight / Math.log(drawFor(key, subject, question))
    if (score > best.score) best = { question, score }
  }
  return best.question
}
