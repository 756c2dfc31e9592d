import type { PasswordReason, RuleId } from './policy.ts'

const ruleOf: Readonly<Record<PasswordReason, RuleId>> = {
  'password-too-short': 'length',
  'password-too-long': 'length',
  'password-lacks-lower': 'lower',
  'password-lacks-upper': 'upper',
  'password-lacks-digit': 'digit',
  'password-lacks-special': 'special',
  'password-special-uncounted': 'special',
  'password-has-space': 'no-space',
  'password-edge-space': 'no-edge-space',
  'password-not-ascii': 'printable-ascii',
  'password-has-login': 'no-login',
  'password-in-history': 'history',
  'password-leaked': 'leaked',
  'password-has-name': 'personal',
  'password-has-birth-date': 'personal',
  'password-has-institution': 'personal',
  'password-has-joker-answer': 'personal',
}

/** The rules that refused the password. A refusal of the directory's own policy belongs to no rule of the page. */
export const refusedRules = (problems: readonly { readonly reason: string }[]): ReadonlySet<RuleId> =>
  new Set(problems.flatMap(({ reason }) => (reason in ruleOf ? ruleOf[reason as PasswordReason] : [])))
