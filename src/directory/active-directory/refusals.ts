import type { ResultCodeError } from 'ldapts'
import { refused } from '../../result.ts'
import type { BindResult, WriteRefusal } from '../directory.ts'

/** ERROR_PASSWORD_RESTRICTION: length, complexity, history or age; it does not say which. */
const restriction = /\b0000052D\b/i

/** ERROR_INVALID_PASSWORD: the old password is wrong. */
const otherOldPassword = /\b00000056\b/i

/** Messages by which Samba names the restriction; Windows never does. */
const samba: readonly (readonly [RegExp, WriteRefusal])[] = [
  [/too short/, 'directory-too-short'],
  [/already used/, 'password-in-history'],
  [/too young/, 'directory-too-young'],
  [/complexity/, 'directory-quality'],
]

/**
 * `minLength`: the domain's minimum length, null when it cannot be read. Of Windows, which names no rule, only a password that is
 * too short is known to be so.
 */
export const writeRefusal = (
  answer: ResultCodeError,
  password: string,
  minLength: number | null,
): WriteRefusal => {
  if (otherOldPassword.test(answer.message)) return 'directory-old-password'
  // 0000001F (not encrypted), 50 (insufficient rights): another password would not help.
  if (!restriction.test(answer.message)) return 'directory-not-allowed'
  const sambaReason = samba.find(([words]) => words.test(answer.message))?.[1]
  if (sambaReason) return sambaReason
  return minLength !== null && password.length < minLength ? 'directory-too-short' : 'directory-unnamed-rule'
}

/** The Windows error, in hexadecimal, in the message of result code 49. */
const windowsError = /\bdata ([0-9a-f]+)\b/i

const bindReasons: Readonly<Record<string, Extract<BindResult, { ok: false }>['reason']>> = {
  '52e': 'wrong-password',
  '525': 'wrong-password',
  '532': 'password-expired',
  '773': 'must-change',
  // 530 and 531: not at this hour, not from here. 533: disabled. 701: expired. 775: locked out.
  '530': 'account-locked',
  '531': 'account-locked',
  '533': 'account-locked',
  '701': 'account-locked',
  '775': 'account-locked',
}

const invalidCredentials = 49

/** Any other code says nothing about the password: 8 and 13 require TLS, 53 another kind of bind. */
export const bindRefusal = (answer: ResultCodeError): BindResult => {
  if (answer.code !== invalidCredentials) return refused('directory-unavailable')
  return refused(bindReasons[windowsError.exec(answer.message)?.[1]?.toLowerCase() ?? ''] ?? 'wrong-password')
}
