import { candidateJudge, type Judged } from '../../password/candidate.ts'
import { jokerCandidates } from '../../password/personal.ts'
import { answerMark } from '../../proofs/joker/joker.ts'
import { ok } from '../../result.ts'
import type { At, Parts } from './parts.ts'

const holdsAnswer = (handle: string, journey: At<'new-password'>, password: string) => {
  for (const part of jokerCandidates(password))
    if (answerMark(handle, part) === journey.state.answer) return true
  return false
}

/** Judges a password for the person of this journey, whose joker's answer was just given. */
export const judgeCandidate = (parts: Parts) => {
  const judge = candidateJudge(parts)
  return (handle: string, journey: At<'new-password'>, password: string): Promise<Judged> =>
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
