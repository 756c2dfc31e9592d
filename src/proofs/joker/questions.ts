import { hmac } from '../../crypto/crypto.ts'
import type { Language } from '../../texts/texts.ts'
import { typesetEnglish, typesetFrench } from '../../texts/typeset.ts'

/**
 * The questions that a person may choose. `weight` is how often people choose each one, so that decoys look like
 * people's own choices. It is a versioned constant: changing a weight changes decoys, which an observer would notice over time.
 */
export const questions = {
  pet: {
    weight: 24,
    fr: 'Quel était le nom de votre premier animal de compagnie ?',
    en: 'What was the name of your first pet?',
  },
  town: {
    weight: 20,
    fr: 'Dans quelle ville avez-vous passé votre enfance ?',
    en: 'In which town did you spend your childhood?',
  },
  book: {
    weight: 11,
    fr: 'Quel est le titre de votre livre préféré ?',
    en: 'What is the title of your favourite book?',
  },
  teacher: {
    weight: 12,
    fr: 'Quel était le nom de votre professeur préféré ?',
    en: 'What was the name of your favourite teacher?',
  },
  friend: {
    weight: 13,
    fr: 'Quel était le prénom de votre meilleur ami d’enfance ?',
    en: 'What was the first name of your best childhood friend?',
  },
  job: { weight: 8, fr: 'Quel a été votre premier métier ?', en: 'What was your first job?' },
  school: {
    weight: 7,
    fr: 'Quel était le nom de votre école primaire ?',
    en: 'What was the name of your primary school?',
  },
  journey: {
    weight: 5,
    fr: 'Quel a été votre premier grand voyage ?',
    en: 'Where did you go on your first long journey?',
  },
} as const satisfies Record<string, { weight: number; fr: string; en: string }>

export type QuestionKey = keyof typeof questions

export const isQuestionKey = (value: string): value is QuestionKey => Object.hasOwn(questions, value)

export const questionText = (key: QuestionKey, language: Language) =>
  language === 'fr' ? typesetFrench(questions[key].fr) : typesetEnglish(questions[key].en)

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
