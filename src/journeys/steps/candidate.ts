import type { Directory } from '../../directory/directory.ts'
import { candidateJudge, type Judged } from '../../password/candidate.ts'
import type { PasswordRules } from '../../password/password.ts'
import { jokerCandidates } from '../../password/personal.ts'
import { answerMark } from '../../proofs/joker/joker.ts'
import { ok } from '../../result.ts'
import type { Journey } from '../journey.ts'
import type { AtNewPassword } from './steps.ts'

const holdsAnswer = (handle: string, journey: Journey<AtNewPassword>, password: string) => {
  for (const part of jokerCandidates(password))
    if (answerMark(handle, part) === journey.state.answer) return true
  return false
}

/** Judges a password for the person of this journey, whose joker's answer may just have been given. */
export const judgeCandidate = (parts: { directory: Directory; rules: PasswordRules }) => {
  const judge = candidateJudge(parts)
  return (handle: string, journey: Journey<AtNewPassword>, password: string): Promise<Judged> =>
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
