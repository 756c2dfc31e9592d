import type { Directory, PersonId } from '../../directory/directory.ts'
import { unknownPassword } from './unknown-password.ts'

/** Refusals of a password that may have been written before: 389 DS and Active Directory name no rule. */
const maybeWritten = new Set<string>(['password-in-history', 'directory-unnamed-rule'])

/**
 * Writes the password of a freeze. One whose outcome was lost is written again, which a directory with a history refuses: any
 * other password that nobody knows serves.
 */
export async function writeFreeze(directory: Directory, person: PersonId, sealed: string) {
  const written = await directory.write(person, sealed, undefined, 'freeze')
  if (written.ok || !maybeWritten.has(written.reason)) return { written, password: sealed }
  const password = unknownPassword()
  return { written: await directory.write(person, password, undefined, 'freeze'), password }
}
