import type { Directory, Person, PersonId } from '../directory/directory.ts'
import type { HashingClient, HashRefusal } from '../hashing/hashing.ts'
import { ok, type Result } from '../result.ts'
import type { BindBudget, CountedBind } from './bind-budget.ts'
import type { PasswordRules } from './password.ts'
import type { PasswordRefusal } from './policy.ts'

type Weak = { readonly ok: false; readonly weak: readonly PasswordRefusal[] }

/**
 * `failedBind`: the bind that showed that the candidate is not the current password; `null`: none was sent. The directory counts it
 * until a bind succeeds, so whoever writes the candidate settles it with the write (`AttemptFacts`), or else as failed.
 */
type Accepted = { readonly historyHash: string | null; readonly failedBind: CountedBind | null }

export type CandidateVerdict = Result<Accepted, HashRefusal | 'directory-unavailable'> | Weak

export type Candidate = HashingClient & {
  readonly person: PersonId
  /** Whether the password contains the person's joker answer; the caller supplies the comparison. */
  readonly containsAnswer: (password: string) => Promise<Result<{ contains: boolean }, HashRefusal>>
}

export type CandidateDeps = {
  readonly directory: Directory
  readonly rules: PasswordRules
  readonly budget: BindBudget
}

/** The verdict on a password that is weak for this one reason. */
export const weak = (reason: PasswordRefusal['reason']) => ({ ok: false, weak: [{ reason }] }) as const

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
  return { isCurrent: bound.ok, failedBind: null }
}

/** The person as the directory has them now, when `judge` refuses nothing about them. */
async function readAndJudge(
  directory: Directory,
  id: PersonId,
  judge: (person: Person | null) => PasswordRefusal[],
): Promise<Result<{ person: Person | null }, 'directory-unavailable'> | Weak> {
  const found = await directory.read(id)
  if (!found.ok) return found
  const refusals = judge(found.person)
  return refusals.length > 0 ? { ok: false, weak: refusals } : ok({ person: found.person })
}

/**
 * Checks a new password that already meets the policy against the person's details and the lists of leaked passwords.
 * The person is `null` when the directory no longer has them.
 */
export const judgeForPerson = (
  { directory, rules }: Pick<CandidateDeps, 'directory' | 'rules'>,
  id: PersonId,
  password: string,
) => readAndJudge(directory, id, person => rules.judgeForPerson(password, person))

/** Checks a new password against the history and the current password: the last check, and the most expensive. */
export async function judgeReuse(
  deps: CandidateDeps,
  { id, person }: { readonly id: PersonId; readonly person: Person | null },
  client: HashingClient,
  password: string,
): Promise<CandidateVerdict> {
  const used = await deps.rules.inHistory(id, password, client)
  if (!used.ok) return used
  const asksDirectory = person !== null && !used.known
  if (used.used) return weak('password-in-history')
  const { isCurrent, failedBind } = asksDirectory
    ? await checkCurrent(deps, person, client.network, password)
    : { isCurrent: false, failedBind: null }
  if (isCurrent) return weak('password-in-history')
  return ok({ historyHash: used.hash, failedBind })
}

async function judgeCandidate(
  deps: CandidateDeps,
  { person: id, containsAnswer, ...client }: Candidate,
  password: string,
): Promise<CandidateVerdict> {
  const found = await readAndJudge(deps.directory, id, person => deps.rules.judge(password, person))
  if (!found.ok) return found
  const answer = await containsAnswer(password)
  if (!answer.ok) return answer
  if (answer.contains) return weak('password-has-joker-answer')
  return judgeReuse(deps, { id, person: found.person }, client, password)
}

/** Checks a new password of a person against the rules, the joker answer, the history and the current password. */
export const createPasswordJudge = (deps: CandidateDeps) => (candidate: Candidate, password: string) =>
  judgeCandidate(deps, candidate, password)
