import { type PasswordPolicyControl, PasswordPolicyError, type ResultCodeError } from 'ldapts'
import type { BindResult, WriteRefusal } from '../directory.ts'

/** draft-behera-ldap-password-policy: the error of the response control, as a reason of the product. */
const writeReasons: Readonly<Record<number, WriteRefusal>> = {
  [PasswordPolicyError.PasswordModNotAllowed]: 'directory-not-allowed',
  [PasswordPolicyError.MustSupplyOldPassword]: 'directory-not-allowed',
  [PasswordPolicyError.InsufficientPasswordQuality]: 'directory-quality',
  [PasswordPolicyError.PasswordTooShort]: 'directory-too-short',
  [PasswordPolicyError.PasswordTooYoung]: 'directory-too-young',
  [PasswordPolicyError.PasswordInHistory]: 'password-in-history',
  // OpenLDAP 2.5 and the later drafts.
  9: 'directory-too-long',
}

const constraintViolation = 19

/** The diagnostic messages of OpenLDAP and 389 DS, for an answer without the control. No other rule is guessed from them. */
const messages: readonly (readonly [RegExp, WriteRefusal])[] = [
  [/in history|being changed from existing value/i, 'password-in-history'],
  [/minimum age|too young/i, 'directory-too-young'],
  [/syntax|quality/i, 'directory-quality'],
]

/** Without a control only the result remains: 19 concerns the value, all others the right to write it. */
export const writeRefusal = (answer: ResultCodeError, control: PasswordPolicyControl): WriteRefusal => {
  const named = writeReasons[control.value?.error ?? -1]
  if (named) return named
  if (answer.code !== constraintViolation) return 'directory-not-allowed'
  return messages.find(([words]) => words.test(answer.message))?.[1] ?? 'directory-unnamed-rule'
}

const bindReasons = {
  [PasswordPolicyError.PasswordExpired]: 'password-expired',
  [PasswordPolicyError.AccountLocked]: 'account-locked',
  [PasswordPolicyError.ChangeAfterReset]: 'must-change',
} as const

const reasonIn = (control: PasswordPolicyControl) => {
  const error = control.value?.error
  return error === 0 || error === 1 || error === 2 ? bindReasons[error] : null
}

/** An accepted bind that may do nothing but change the password is not a login. */
export const acceptedBind = (control: PasswordPolicyControl): BindResult => {
  const reason = reasonIn(control)
  return reason ? { ok: false, reason } : { ok: true }
}

export const bindRefusal = (control: PasswordPolicyControl): BindResult => ({
  ok: false,
  reason: reasonIn(control) ?? 'wrong-password',
})

/** busy, unavailable, other (RFC 4511 §A.2): a fault of the server, which says nothing about the password. */
export const isBusy = (code: number) => code === 51 || code === 52 || code === 80

/** referral, busy (RFC 4511 §A.2): the server did not carry out the write, and another one may. */
export const isLeftToAnother = (code: number) => code === 10 || code === 51

/** unwillingToPerform: what a replica that only reads answers to a write. */
export const isUnwilling = (code: number) => code === 53

/** A server that is unwilling for a reason of its policy refuses the value; without one, it only reads. */
export const isReadOnly = ({ code }: ResultCodeError, control: PasswordPolicyControl) =>
  isUnwilling(code) && control.value?.error === undefined
