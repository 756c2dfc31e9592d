import type { BindWarning, Person } from './directory.ts'

/** The directory lets this password in for a last few times, although it has expired: its owner changes it now. */
export const hasExpiredPassword = ({ passwordExpiry }: Pick<Person, 'passwordExpiry'>, now: number) =>
  passwordExpiry !== undefined && passwordExpiry.at <= now

/**
 * The person as the server described the password at a bind. It knows by which policy, where the portal may not read it; and it
 * counts the sign-in that it just accepted.
 */
export const warnedPerson = (person: Person, warning: BindWarning | undefined, now: number): Person => {
  if (!warning) return person
  const expiry = person.passwordExpiry
  return 'graceLeft' in warning
    ? {
        ...person,
        passwordExpiry: {
          at: Math.min(expiry?.at ?? now, now),
          warnFrom: now,
          graceLeft: warning.graceLeft,
        },
      }
    : {
        ...person,
        passwordExpiry: {
          at: now + warning.expiresIn,
          warnFrom: now,
          graceLeft: expiry?.graceLeft ?? 0,
        },
      }
}
