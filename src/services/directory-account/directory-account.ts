import type { BindResult, Directory, PasswordWriteResult, Person } from '../../directory/directory.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { AccountRef, Check, ProofResult, WriteResult, Writer } from '../services.ts'

/**
 * A service that reads passwords in a directory of its own, such as the Active Directory behind the telephony: the
 * account there bears the person's login. The source of truth itself is such a place for what binds to it.
 */
const accountOf = async (
  directory: Directory,
  { login }: AccountRef,
): Promise<Result<{ account: Person | null }, 'service-unavailable'>> => {
  const found = await directory.findLogin(login)
  return found.ok ? ok({ account: found.person }) : refused('service-unavailable')
}

const writeReasons = {
  'directory-too-short': 'service-policy',
  'directory-too-long': 'service-policy',
  'directory-in-history': 'service-policy',
  'directory-too-young': 'service-policy',
  'directory-quality': 'service-policy',
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

/**
 * Writes the password of the person's account. A directory that keeps a history refuses the password that it already
 * has: that one is proved by a bind, and is then as good as written.
 */
const writeOnce = async (directory: Directory, who: AccountRef, password: string): Promise<WriteResult> => {
  const found = await accountOf(directory, who)
  if (!found.ok) return found
  if (!found.account) return refused('service-no-account')
  if (found.account.privileged) return refused('service-privileged')
  const written = await directory.write(found.account.id, password)
  if (written.ok) return ok()
  if (written.reason === 'directory-in-history' || written.reason === 'directory-quality') {
    const bound = await directory.bind(found.account.id, password)
    if (bound.ok) return ok()
  }
  return refused(writeReasons[written.reason])
}

/** `longest` counts the search, the write, and the bind that tells a used password from the present one. */
export const createDirectoryWriter = (directory: Directory): Writer => ({
  longest: 3 * directory.longest,
  write: (who, password) => writeOnce(directory, who, password),
  check: () => directory.check(),
  close: () => directory.close(),
})

/** A bind as the person, where the service itself would bind. */
export const createBindCheck = (directory: Directory): Check => ({
  longest: 2 * directory.longest,
  prove: async (who, password) => {
    const found = await accountOf(directory, who)
    if (!found.ok) return found
    // A bind as nobody is not tried: the receipt is not shown to strangers, and there is nothing to hide.
    if (!found.account) return refused('login-refused')
    const bound = await directory.bind(found.account.id, password)
    return bound.ok ? ok() : refused(bindReasons[bound.reason])
  },
  check: () => directory.check(),
  close: () => directory.close(),
})
