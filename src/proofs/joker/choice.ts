import type { z } from 'zod'
import type { Person } from '../../directory/directory.ts'
import type { ReasonKey, SayIn } from '../../texts/texts.ts'
import { field, optionalField } from '../../web/form.ts'
import { guessable } from './guessable.ts'
import { isQuestionKey } from './questions.ts'

/** The fields of `JokerChoiceFields`, as a browser sends them. */
export const choiceForm = { question: optionalField(40), propre: optionalField(120), reponse: field(300) }

type ChoiceFields = { readonly [name in keyof typeof choiceForm]: z.infer<(typeof choiceForm)[name]> }

/** The chosen question, a key of the list or the person's own words where the institution allows them, and the answer. */
export type Choice = { readonly question: string; readonly free: boolean; readonly answer: string }

/** A problem of one field, or of the whole form (`null`). */
export type ChoiceProblem = {
  readonly field: 'question' | 'propre' | 'reponse' | null
  readonly reason: ReasonKey
}

/** The value of the choice « ma propre question ». */
export const ownQuestion = 'propre'

const shortestQuestion = 10

export const readChoice = ({ question, propre, reponse }: ChoiceFields, freeQuestions: boolean): Choice => {
  const free = freeQuestions && question === ownQuestion
  return { free, question: free ? propre.trim() : question, answer: reponse }
}

const questionProblem = ({ question, free }: Choice): ChoiceProblem[] => {
  if (free)
    return question.length >= shortestQuestion ? [] : [{ field: 'propre', reason: 'question-too-short' }]
  return isQuestionKey(question) ? [] : [{ field: 'question', reason: 'question-missing' }]
}

/** The problems of this choice: a missing question, an answer that others could guess. */
export const choiceProblems = (choice: Choice, person: Person | null, sayIn: SayIn): ChoiceProblem[] => {
  const reason = guessable(choice.answer, { person, question: choice.question, sayIn })
  return [...questionProblem(choice), ...(reason ? [{ field: 'reponse' as const, reason }] : [])]
}

/**
 * An answer that is part of the password is refused, and so is a password that contains the answer: a person who learns one
 * would learn the other.
 */
export const answerInPassword: ChoiceProblem = { field: 'reponse', reason: 'answer-in-password' }
