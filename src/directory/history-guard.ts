import { refused } from '../result.ts'
import type { Directory, Finding } from './directory.ts'

const isKept = (findings: readonly Finding[]) =>
  findings.every(({ level }) => level !== 'wrong' && level !== 'untried')

/**
 * For `password.history: directory`, where the portal relies on the directory to refuse old passwords. No password is written until
 * `checkHistory` has shown once that the directory does refuse them: a portal that starts while the directory does not answer would
 * otherwise accept old passwords unnoticed. A freeze is always written: no one ever knew its password, and a stranger may know the present one.
 */
export const guardHistory = (directory: Directory, last: number): Directory => {
  let shown = false
  let pending: Promise<readonly Finding[]> | null = null
  const check = async (count: number) => {
    const findings = await directory.checkHistory(count)
    if (count >= last && isKept(findings)) shown = true
    return findings
  }
  const show = async () => {
    pending ??= check(last).finally(() => {
      pending = null
    })
    await pending
    return shown
  }
  return {
    ...directory,
    checkHistory: check,
    write: async (id, password, old, purpose) =>
      purpose === 'freeze' || shown || (await show())
        ? directory.write(id, password, old, purpose)
        : refused('directory-unavailable'),
  }
}
