import { refused } from '../result.ts'
import type { Directory, Finding } from './directory.ts'

const isKept = (findings: readonly Finding[]) =>
  findings.every(({ level }) => level !== 'wrong' && level !== 'untried')

/**
 * A directory that is trusted with the history of passwords: nothing is written until it has shown once that it refuses old ones,
 * since a portal that starts while it does not answer would otherwise accept them without a word.
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
    write: async (...given) =>
      shown || (await show()) ? directory.write(...given) : refused('directory-unavailable'),
  }
}
