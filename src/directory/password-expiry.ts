import type { Person } from './directory.ts'

/** The directory lets this password in for a last few times, although it has expired: its owner changes it now. */
export const hasExpiredPassword = ({ passwordExpiry }: Pick<Person, 'passwordExpiry'>, now: number) =>
  passwordExpiry !== undefined && passwordExpiry.at <= now
