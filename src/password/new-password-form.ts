import { checkbox, field, optionalField } from '../web/form.ts'
import type { NewPasswordProblem } from './new-password.fields.tsx'
import type { PasswordRefusal } from './policy.ts'

/** The fields of `NewPasswordFields`, as a browser sends them. */
export const newPasswordForm = {
  nouveau: field(4096),
  confirmation: optionalField(4096),
  charte: checkbox(),
}

export type TypedPassword = {
  readonly nouveau: string
  readonly confirmation: string
  readonly charte: boolean
}

/** The problems of the submitted form: those of the password rules, then confirmation and charter. */
export const formProblems = (
  fields: TypedPassword,
  weak: readonly PasswordRefusal[],
): NewPasswordProblem[] => {
  const problems: NewPasswordProblem[] = []
  if (fields.nouveau === '') problems.push({ field: 'nouveau', reason: 'password-missing' })
  else problems.push(...weak.map(refusal => ({ field: 'nouveau' as const, ...refusal })))
  if (fields.nouveau !== fields.confirmation)
    problems.push({ field: 'confirmation', reason: 'confirmation-differs' })
  if (!fields.charte) problems.push({ field: 'charte', reason: 'charter-not-accepted' })
  return problems
}
