import { refused } from '../result.ts'
import type { Directory, Finding } from './directory.ts'

const isKept = (findings: readonly Finding[]) =>
  findings.every(({ level }) => level !== 'wrong' && level !== 'untried')

/**
 * A directory that is trusted with the history of passwords: nothing is written until it has shown once that it refuses old ones,
 * since a portal that starts while it does not answer would otherwise accept them without a word. A
 * freeze is always written: nobody ever knew its password, and a stranger may know the present one.
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
