import { type Directory, type Person, type PersonId, provesPassword } from '../directory/directory.ts'
import type { HashingClient, HashRefusal } from '../hashing/hashing.ts'
import { ok, type Result } from '../result.ts'
import type { BindBudget, CountedBind } from './bind-budget.ts'
import type { NewPasswordProblem } from './new-password.fields.tsx'
import { formProblems, type TypedPassword } from './new-password-form.ts'
import type { PasswordRules } from './password.ts'
import { isTooLong, type PasswordRefusal } from './policy.ts'

/**
 * `failedBind`: the bind that showed that the candidate is not the current password; `null`: none was sent. The directory counts it
 * until a bind succeeds, so the code that writes the candidate settles it with the write (`AttemptFacts`), or else as failed.
 */
type Accepted = { readonly historyHash: string | null; readonly failedBind: CountedBind | null }

/** `problems`: everything that is wrong with the form, at once. */
export type CandidateVerdict =
  | Result<Accepted, HashRefusal | 'directory-unavailable'>
  | { readonly ok: false; readonly problems: readonly NewPasswordProblem[] }

/** The form of a new password as it was sent, for a person who has proved who they are. */
export type Candidate = HashingClient & {
  readonly person: PersonId
  readonly fields: TypedPassword
  /** The password in force, where the person has just shown it. */
  readonly current?: string
  /** Whether the password contains the person's joker answer; the caller supplies the comparison. */
  readonly containsAnswer: (password: string) => Promise<Result<{ contains: boolean }, HashRefusal>>
}

export type CandidateDeps = {
  readonly directory: Directory
  readonly rules: PasswordRules
  readonly budget: BindBudget
}

/**
 * Without a history only a bind shows whether the candidate is the current password, so this check comes last. It uses the
 * person's own share of failures; once that is used up the check is skipped rather than lock the account.
 */
export async function checkCurrent(
  { directory, budget }: Pick<CandidateDeps, 'directory' | 'budget'>,
  { id, login }: Person,
  network: string,
  password: string,
): Promise<{ readonly isCurrent: boolean; readonly failedBind: CountedBind | null }> {
  const unknown = { isCurrent: false, failedBind: null }
  const found = await directory.findLogin(login)
  if (!found.ok) return unknown
  const begun = await budget.begin({
    person: id,
    login,
    requester: 'own',
    network: { id: network, campus: false },
    lockout: found.lockout,
  })
  if (!begun.ok) return unknown
  const bound = await directory.bind(id, password)
  if (!bound.ok && bound.reason === 'wrong-password') return { isCurrent: false, failedBind: begun.counted }
  await (bound.ok ? budget.succeeded(begun.counted) : budget.refund(begun.counted))
  return { isCurrent: bound.ok || provesPassword(bound.reason), failedBind: null }
}

/** The refusals that cost no hash of the history: by the policy, the person, the lists, and the joker answer. */
async function cheapRefusals(
  rules: PasswordRules,
  { fields, containsAnswer }: Candidate,
  person: Person | null,
): Promise<Result<{ refusals: readonly PasswordRefusal[] }, HashRefusal>> {
  const { nouveau: password } = fields
  if (password === '') return ok({ refusals: [] })
  const refusals = rules.judge(password, person)
  if (refusals.some(isTooLong)) return ok({ refusals })
  const answer = await containsAnswer(password)
  if (!answer.ok) return answer
  return ok({ refusals: answer.contains ? [...refusals, { reason: 'password-has-joker-answer' }] : refusals })
}

/**
 * Judges the form of a new password, each rule once and the cheapest first: the form and the policy, the person, the lists and
 * the joker answer, then the history, and last the current password. Nothing that is wrong hides something else, but for the
 * last two: a password that was accepted once has met the other rules, and a bind uses up the failures that the directory
 * allows, so it is for a form that lacks nothing else.
 */
export async function judgeCandidate(deps: CandidateDeps, candidate: Candidate): Promise<CandidateVerdict> {
  const { person: id, fields, network, queueKey } = candidate
  const { nouveau: password } = fields
  const found = await deps.directory.read(id)
  if (!found.ok) return found
  const judged = await cheapRefusals(deps.rules, candidate, found.person)
  if (!judged.ok) return judged
  const problems = formProblems(fields, judged.refusals)
  if (password === '' || judged.refusals.length > 0) return { ok: false, problems }
  const history = await deps.rules.inHistory(id, password, { network, queueKey })
  if (!history.ok) return history
  const used = { ok: false, problems: formProblems(fields, [{ reason: 'password-in-history' }]) } as const
  if (history.used || password === candidate.current) return used
  if (problems.length > 0) return { ok: false, problems }
  // Without this bind, a write of the current password that never arrived would be recorded as accepted (source/reconciler.ts).
  const isCompared = history.known || candidate.current !== undefined
  if (!found.person || isCompared) return ok({ historyHash: history.hash, failedBind: null })
  const { isCurrent, failedBind } = await checkCurrent(deps, found.person, network, password)
  return isCurrent ? used : ok({ historyHash: history.hash, failedBind })
}

/** The problems of a form whose sender has not shown who they are: nothing of a person is compared. */
export const problemsForNobody = (rules: Pick<PasswordRules, 'judge'>, fields: TypedPassword) =>
  formProblems(fields, fields.nouveau === '' ? [] : rules.judge(fields.nouveau, null))
