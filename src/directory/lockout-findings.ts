import type { Finding } from './directory.ts'
import { type Lockout, lockoutShares, strictestLockout } from './lockout.ts'

const resetText = ({ interval }: Lockout) =>
  interval === 0 ? 'forgotten only at a success' : `forgotten after ${Math.round(interval / 1000)} s`

/** The finding of `sesame check` on lockout: the policy read, the one configured, and the shares that follow from it. */
export const createLockoutFinding = (policies: {
  readonly read: Lockout | null
  readonly configured: Lockout | undefined
  /** What the operator does so that the portal's account may read the policy. */
  readonly howToRead: string
}): Finding => {
  const { read, configured, howToRead } = policies
  const finding = (level: Finding['level'], sentence: string): Finding => ({
    level,
    what: 'lock-out',
    detail: sentence,
  })
  const rules = [read, configured].filter(known => known !== null && known !== undefined)
  if (rules.length === 0)
    return finding(
      'warning',
      `The rule by which the directory locks accounts cannot be read, so a stranger could lock an account through the portal: ${howToRead}, or set directory.lockout.`,
    )
  const rule = strictestLockout(rules)
  const from =
    read === null ? 'By directory.lockout' : 'As read, or by directory.lockout where that is stricter,'
  const { maxFailures } = rule
  if (maxFailures === 0)
    return finding('good', `${from} no account is locked after wrong passwords: limits.failedBinds applies.`)
  const { stranger, own } = lockoutShares(maxFailures)
  const detail = `${from} an account is locked after ${maxFailures} wrong passwords, ${resetText(rule)}. Of these the portal allows ${stranger} from strangers, and ${own} from known browsers and sessions of the person.`
  if (maxFailures === 1)
    return finding('wrong', `${detail} Nobody can sign in with a password: allow at least 3.`)
  return maxFailures < 4
    ? finding('warning', `${detail} These are so few that one mistake makes people wait: allow 10 or more.`)
    : finding('good', detail)
}
