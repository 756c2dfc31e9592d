import type { Finding } from './directory/directory.ts'
import { OperatorError } from './operator-error.ts'
import type { PasswordRules } from './password/password.ts'
import type { Log } from './web/replies.ts'

type Deps = {
  readonly directory: { checkHistory(last: number): Promise<readonly Finding[]> }
  readonly rules: Pick<PasswordRules, 'policy' | 'historyKeeper'>
}

/** Whether the directory refuses old passwords, where the configuration leaves it to it: the findings that are not good. */
export const findHistoryProblems = async ({ directory, rules }: Deps): Promise<readonly Finding[]> => {
  if (rules.historyKeeper === 'portal') return []
  const findings = await directory.checkHistory(rules.policy.history)
  return findings.filter(({ level }) => level !== 'good')
}

/**
 * Refuses to start where old passwords are left to a directory that would accept them. One that does not answer is logged: the
 * portal writes nothing to it before it has shown that it refuses them (`directory/history-guard.ts`).
 */
export const requireDirectoryHistory = async (deps: Deps, log: Log) => {
  const problems = await findHistoryProblems(deps)
  const wrong = problems.filter(({ level }) => level === 'wrong')
  if (wrong.length > 0)
    throw new OperatorError(
      'password.history',
      `the directory does not keep the history of passwords. ${wrong.map(({ what, detail }) => `${what}: ${detail}`).join(' ')}`,
    )
  for (const { what, detail } of problems) log('warn', { check: what, detail })
}
