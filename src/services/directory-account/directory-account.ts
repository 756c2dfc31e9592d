import type { BindResult, Directory, PasswordWriteResult, Person } from '../../directory/directory.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { AccountRef, Check, ProofResult, WriteResult, Writer } from '../services.ts'

/**
 * Finds the person's account by its login in the directory of a service, such as the Active Directory that the telephony reads.
 */
const findAccount = async (
  directory: Directory,
  { login }: AccountRef,
): Promise<Result<{ account: Person | null }, 'service-unavailable'>> => {
  const found = await directory.findLogin(login)
  return found.ok ? ok({ account: found.person }) : refused('service-unavailable')
}

const writeReasons = {
  'directory-too-short': 'service-policy',
  'directory-too-long': 'service-policy',
  'password-in-history': 'service-policy',
  'directory-too-young': 'service-policy',
  'directory-quality': 'service-policy',
  'directory-unnamed-rule': 'service-policy',
  'directory-not-allowed': 'service-not-allowed',
  'directory-old-password': 'service-not-allowed',
  'directory-unavailable': 'service-unavailable',
  'outcome-unknown': 'outcome-unknown',
} as const satisfies Record<
  Extract<PasswordWriteResult, { ok: false }>['reason'],
  Extract<WriteResult, { ok: false }>['reason']
>

const bindReasons = {
  'wrong-password': 'login-refused',
  'password-expired': 'login-barred',
  'must-change': 'login-barred',
  'account-locked': 'login-barred',
  'directory-unavailable': 'service-unavailable',
} as const satisfies Record<
  Extract<BindResult, { ok: false }>['reason'],
  Extract<ProofResult, { ok: false }>['reason']
>

/** Refusals of a password that the account may have already. */
const maybeCurrent = ['password-in-history', 'directory-quality', 'directory-unnamed-rule'] as const

/**
 * Writes the password of the person's account. A directory with a password history refuses the password that it already has:
 * when a bind with that password succeeds, the write counts as successful.
 */
const writeOnce = async (
  directory: Directory,
  account: AccountRef,
  password: string,
): Promise<WriteResult> => {
  const found = await findAccount(directory, account)
  if (!found.ok) return found
  if (!found.account) return refused('service-no-account')
  if (found.account.privileged) return refused('service-privileged')
  const written = await directory.write(found.account.id, password)
  if (written.ok) return ok()
  if (maybeCurrent.some(reason => reason === written.reason)) {
    const bound = await directory.bind(found.account.id, password)
    if (bound.ok) return ok()
  }
  return refused(writeReasons[written.reason])
}

/** `longest` covers the search, the write, and the bind that distinguishes an old password from the present one. */
export const createDirectoryWriter = (directory: Directory): Writer => ({
  longest: 3 * directory.longest,
  write: (account, password) => writeOnce(directory, account, password),
  check: () => directory.check(),
  close: () => directory.close(),
})

/** Proves a password by a bind as the person on the directory of the service, as the service itself does. */
export const createBindCheck = (directory: Directory): Check => ({
  longest: 2 * directory.longest,
  prove: async (account, password) => {
    const found = await findAccount(directory, account)
    if (!found.ok) return found
    // No dummy bind is needed to hide that the account is missing: only the person sees the receipt.
    if (!found.account) return refused('login-refused')
    const bound = await directory.bind(found.account.id, password)
    return bound.ok ? ok() : refused(bindReasons[bound.reason])
  },
  check: () => directory.check(),
  close: () => directory.close(),
})
