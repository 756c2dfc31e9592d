import type { Directory, Person, PersonId } from '../directory/directory.ts'
import type { HashingClient, HashRefusal } from '../hashing/hashing.ts'
import { ok, type Result } from '../result.ts'
import type { BindBudget } from './bind-budget.ts'
import type { PasswordRules } from './password.ts'
import type { PasswordRefusal } from './policy.ts'

export type CandidateVerdict =
  | Result<{ historyHash: string }, HashRefusal | 'directory-unavailable'>
  | { ok: false; weak: readonly PasswordRefusal[] }

export type Candidate = HashingClient & {
  readonly person: PersonId
  /** Whether the password contains the person's joker answer; the caller supplies the comparison. */
  readonly containsAnswer: (password: string) => Promise<Result<{ contains: boolean }, HashRefusal>>
}

const weak = (reason: PasswordRefusal['reason']) => ({ ok: false, weak: [{ reason }] }) as const

/** Checks a new password of a person against the rules, the joker answer, the history and the current password. */
export const createPasswordJudge = (deps: {
  directory: Directory
  rules: PasswordRules
  budget: BindBudget
}) => {
  const { directory, rules, budget } = deps

  /**
   * Without a history only a bind shows whether the candidate is the current password, so this check comes last. It uses the
   * person's own share of failures; once that is used up the check is skipped rather than lock the account.
   */
  const isCurrent = async ({ id, login }: Person, network: string, password: string) => {
    if (await rules.knowsHistory(id)) return false
    const found = await directory.findLogin(login)
    if (!found.ok) return false
    const begun = await budget.begin({
      person: id,
      login,
      requester: 'own',
      network: { id: network, campus: false },
      lockout: found.lockout,
    })
    if (!begun.ok) return false
    const bound = await directory.bind(id, password)
    if (bound.ok) await budget.succeeded(begun.counted)
    else if (bound.reason === 'wrong-password') await budget.failed(begun.counted)
    else await budget.refund(begun.counted)
    return bound.ok
  }

  return async (
    { person, containsAnswer, ...client }: Candidate,
    password: string,
  ): Promise<CandidateVerdict> => {
    const found = await directory.read(person)
    if (!found.ok) return found
    const refusals = rules.judge(password, found.person)
    if (refusals.length > 0) return { ok: false, weak: refusals }
    const answer = await containsAnswer(password)
    if (!answer.ok) return answer
    if (answer.contains) return weak('password-has-joker-answer')
    const used = await rules.inHistory(person, password, client)
    if (!used.ok) return used
    const isReused = used.used || (found.person && (await isCurrent(found.person, client.network, password)))
    if (isReused) return weak('password-in-history')
    return ok({ historyHash: used.hash })
  }
}
