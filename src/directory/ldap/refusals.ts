import { type PasswordPolicyControl, PasswordPolicyError, type ResultCodeError } from 'ldapts'
import { seconds } from '../../clock.ts'
import type { BindResult, BindWarning, WriteRefusal } from '../directory.ts'

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

/** draft-behera-ldap-password-policy-10 §6.2: seconds before it expires, or sign-ins that are left after it has. */
const warningIn = ({ value }: PasswordPolicyControl): BindWarning | null => {
  if (value?.graceAuthNsRemaining !== undefined) return { graceLeft: value.graceAuthNsRemaining }
  const before = value?.timeBeforeExpiration
  return before === undefined ? null : { expiresIn: seconds(before) }
}

/** An accepted bind that may do nothing but change the password is not a login. */
export const acceptedBind = (control: PasswordPolicyControl): BindResult => {
  const reason = reasonIn(control)
  if (reason) return { ok: false, reason }
  const warning = warningIn(control)
  return warning ? { ok: true, warning } : { ok: true }
}

/**
 * RFC 4511 §A.2: what a server answers to a bind of anybody, because of its state, the connection, or the kind of bind. It looked at
 * no password: taken for a wrong one, a right password would count as a failure, and a written one as not written.
 */
const saysNothingOfPassword = [1, 2, 3, 7, 8, 10, 11, 12, 13]

export const bindRefusal = (answer: ResultCodeError, control: PasswordPolicyControl): BindResult => {
  const reason = reasonIn(control)
  if (reason) return { ok: false, reason }
  // unwillingToPerform is here only what 389 DS says of an account that is closed (`isNotServed`).
  if (isUnwilling(answer.code)) return { ok: false, reason: 'account-locked' }
  return saysNothingOfPassword.includes(answer.code)
    ? { ok: false, reason: 'directory-unavailable' }
    : { ok: false, reason: 'wrong-password' }
}

/** busy, unavailable, other (RFC 4511 §A.2): a fault of the server, which says nothing about the password. */
export const isBusy = (code: number) => code === 51 || code === 52 || code === 80

/** timeLimitExceeded, sizeLimitExceeded, adminLimitExceeded (RFC 4511 §A.2): the server ended a search before its end. */
export const isLimit = (code: number) => code === 3 || code === 4 || code === 11

/** referral, busy (RFC 4511 §A.2): the server did not carry out the write, and another one may. */
export const isLeftToAnother = (code: number) => code === 10 || code === 51

/** What 389 DS answers to the bind of an account that `nsAccountLock` closes: this one is unwilling for the account's sake. */
const isAboutAccount = (message: string) => /account inactivated/i.test(message)

/**
 * A read or a bind that the server did not carry out for a reason of its own (referral, busy, unavailable, unwilling, other): it
 * says nothing about the entry or the password, and another server may carry it out.
 */
export const isNotServed = ({ code, message }: ResultCodeError) =>
  code === 10 || isBusy(code) || (isUnwilling(code) && !isAboutAccount(message))

/** unwillingToPerform: what a replica that only reads answers to a write. */
export const isUnwilling = (code: number) => code === 53

/** A server that is unwilling for a reason of its policy refuses the value; without one, it only reads. */
export const isReadOnly = ({ code }: ResultCodeError, control: PasswordPolicyControl) =>
  isUnwilling(code) && control.value?.error === undefined
