import type { PersonId } from '../../directory/directory.ts'
import type { HashRefusal } from '../../hashing/hashing.ts'
import { jokerCandidates } from '../../password/personal.ts'
import type { PasswordRefusal } from '../../password/policy.ts'
import { answerMark } from '../../proofs/joker/joker.ts'
import { ok, type Result } from '../../result.ts'
import type { At } from './guard.ts'
import type { Parts } from './parts.ts'

type Judged =
  | Result<{ historyHash: string }, HashRefusal | 'directory-unavailable'>
  | { ok: false; weak: readonly PasswordRefusal[] }

const weak = (reason: PasswordRefusal['reason']) => ({ ok: false, weak: [{ reason }] }) as const

const holdsAnswer = (handle: string, journey: At<'new-password'>, password: string) => {
  for (const part of jokerCandidates(password))
    if (answerMark(handle, part) === journey.state.answer) return true
  return false
}

/** Judges a password for the person of this journey: the rules, the joker's answer, the history, the one in force. */
export const judgeCandidate = ({ directory, rules }: Parts) => {
  /** With no history of ours, only a bind tells whether the candidate is the password in force: the very last check. */
  const isCurrent = async (person: PersonId, password: string) =>
    (await rules.knowsHistory(person)) ? false : (await directory.bind(person, password)).ok

  return async (handle: string, journey: At<'new-password'>, password: string): Promise<Judged> => {
    const { person } = journey.state
    const found = await directory.read(person)
    if (!found.ok) return found
    const refusals = rules.judge(password, found.person)
    if (refusals.length > 0) return { ok: false, weak: refusals }
    if (holdsAnswer(handle, journey, password)) return weak('password-has-joker-answer')
    const used = await rules.inHistory(person, password, { network: journey.network, journey: journey.id })
    if (!used.ok) return used
    if (used.used || (await isCurrent(person, password))) return weak('password-in-history')
    return ok({ historyHash: used.hash })
  }
}
