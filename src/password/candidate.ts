import type { Directory, PersonId } from '../directory/directory.ts'
import type { HashRefusal } from '../hashing/hashing.ts'
import { ok, type Result } from '../result.ts'
import type { Asking, PasswordRules } from './password.ts'
import type { PasswordRefusal } from './policy.ts'

export type Judged =
  | Result<{ historyHash: string }, HashRefusal | 'directory-unavailable'>
  | { ok: false; weak: readonly PasswordRefusal[] }

export type Candidate = Asking & {
  readonly person: PersonId
  /** Does the password hold the answer to this person's joker? Whoever asks knows how it can be told. */
  readonly holdsAnswer: (password: string) => Promise<Result<{ holds: boolean }, HashRefusal>>
}

const weak = (reason: PasswordRefusal['reason']) => ({ ok: false, weak: [{ reason }] }) as const

/** Judges a password for a person: the rules, the joker's answer, the history, the one in force. */
export const candidateJudge = ({ directory, rules }: { directory: Directory; rules: PasswordRules }) => {
  /** With no history of ours, only a bind tells whether the candidate is the password in force: the very last check. */
  const isCurrent = async (person: PersonId, password: string) =>
    (await rules.knowsHistory(person)) ? false : (await directory.bind(person, password)).ok

  return async ({ person, holdsAnswer, ...asking }: Candidate, password: string): Promise<Judged> => {
    const found = await directory.read(person)
    if (!found.ok) return found
    const refusals = rules.judge(password, found.person)
    if (refusals.length > 0) return { ok: false, weak: refusals }
    const answer = await holdsAnswer(password)
    if (!answer.ok) return answer
    if (answer.holds) return weak('password-has-joker-answer')
    const used = await rules.inHistory(person, password, asking)
    if (!used.ok) return used
    if (used.used || (await isCurrent(person, password))) return weak('password-in-history')
    return ok({ historyHash: used.hash })
  }
}
