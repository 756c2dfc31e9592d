import type { Directory } from '../../directory/directory.ts'
import type { BindBudget } from '../../password/bind-budget.ts'
import { candidateJudge, type Judged } from '../../password/candidate.ts'
import type { PasswordRules } from '../../password/password.ts'
import { jokerCandidates } from '../../password/personal.ts'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { createAnswerDigest } from '../../proofs/joker/joker.ts'
import { ok } from '../../result.ts'
import type { Journey } from '../journey.ts'
import type { NewPasswordState } from './steps.ts'

const holdsAnswer = (handle: string, journey: Journey<NewPasswordState>, password: string) => {
  const mark = createAnswerDigest(handle)
  for (const part of jokerCandidates(password)) if (mark(part) === journey.state.answer) return true
  return false
}

/** 72 bits: enough to know a part again. */
const createPartDigest = (handle: string) => {
  const mark = createAnswerDigest(handle)
  return (part: string) => mark(part).slice(0, 12)
}

/**
 * The parts of a password just chosen, each marked under the handle that only the browser has: the joker chosen next is
 * compared with them, and the row that keeps them opens none.
 */
export const digestParts = (handle: string, password: string) =>
  [...jokerCandidates(password)].map(createPartDigest(handle))

/** Does the password that left these marks hold this answer? */
export const isInPassword = (handle: string, marks: readonly string[], answer: string) =>
  marks.includes(createPartDigest(handle)(foldAnswer(answer)))

/** Judges a password for the person of this journey, whose joker's answer may just have been given. */
export const createCandidateJudge = (deps: {
  directory: Directory
  rules: PasswordRules
  budget: BindBudget
}) => {
  const judge = candidateJudge(deps)
  return (handle: string, journey: Journey<NewPasswordState>, password: string): Promise<Judged> =>
    judge(
      {
        person: journey.state.person,
        network: journey.network,
        journey: journey.id,
        holdsAnswer: async typed => ok({ holds: holdsAnswer(handle, journey, typed) }),
      },
      password,
    )
}
