import type { Candidate } from '../../password/candidate.ts'
import type { TypedPassword } from '../../password/new-password-form.ts'
import { jokerCandidates } from '../../password/personal.ts'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { createAnswerDigest } from '../../proofs/joker/joker.ts'
import { ok } from '../../result.ts'
import type { Journey } from '../journey.ts'
import type { NewPasswordState } from './steps.ts'

const containsAnswer = (handle: string, { answerDigest }: NewPasswordState, password: string) => {
  const digestOf = createAnswerDigest(handle)
  for (const part of jokerCandidates(password)) if (digestOf(part) === answerDigest) return true
  return false
}

/** 72 bits: enough to recognise a part of the password. */
const createPartDigest = (handle: string) => {
  const digestOf = createAnswerDigest(handle)
  return (part: string) => digestOf(part).slice(0, 12)
}

/**
 * Keyed digests of the parts of the new password. An activation keeps them in its journey, so that a joker answer that is
 * chosen in the next step cannot be part of the password. The key is the journey's handle, which only the browser has, so the
 * parts cannot be guessed from the row.
 */
export const substringDigests = (handle: string, password: string) =>
  [...jokerCandidates(password)].map(createPartDigest(handle))

/** Whether the password with these digests contains this answer. */
export const isInPassword = (handle: string, digests: readonly string[], answer: string) =>
  digests.includes(createPartDigest(handle)(foldAnswer(answer)))

/** The candidate password of this journey, which is also compared with the joker's answer given in it. */
export const candidateOf = (
  handle: string,
  { id, network, state }: Journey<NewPasswordState>,
  fields: TypedPassword,
): Candidate => ({
  person: state.person,
  fields,
  network,
  queueKey: id,
  containsAnswer: async password => ok({ contains: containsAnswer(handle, state, password) }),
})
