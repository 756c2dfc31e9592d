import { days } from '../../clock.ts'
import type { PasswordExpiry } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { parseGeneralizedTime } from './closed.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { dnKey } from './dn.ts'
import { findPolicies, readConfig389 } from './lockout.ts'
import type { LdapSettings } from './settings.ts'

/** When the passwords of entries expire and locks end, by the password policies of the server. */
export type PolicyRules = {
  /** Whether passwords expire at all. */
  readonly expire: boolean
  expiryOf(entry: Entry): PasswordExpiry | null
  /** RFC 4515: matches the entries that have a password which the policies know. */
  readonly withPassword: string
  /** Whether it is known when the password of this entry expires, also when it never does. */
  isKnownFor(entry: Entry): boolean
  /** Milliseconds after which a lock of this entry ends by itself; infinite: never, or it is not known. */
  lockDuration(entry: Entry): number
  /** RFC 4515: matches at least the entries whose password expires between these instants; `null`: there are none. */
  filter(from: number, to: number): string | null
}

export const noPolicy: PolicyRules = {
  expire: false,
  withPassword: '(userPassword=*)',
  expiryOf: () => null,
  isKnownFor: () => true,
  lockDuration: () => Number.POSITIVE_INFINITY,
  filter: () => null,
}

/** How long before it a person is told, where the policy does not say it. */
const usualWarning = days(14)

export const expiryAttributes = [
  'pwdChangedTime',
  'pwdGraceUseTime',
  'pwdPolicySubentry',
  'passwordExpirationTime',
  'passwordGraceUserTime',
] as const

type Policy = {
  readonly maxAge: number
  readonly warning: number
  readonly grace: number
  readonly lockDuration: number
}

/** draft-behera-ldap-password-policy-10 §7.1: since when wrong passwords have locked the entry. */
export const isLockedNow = (entry: Entry, rules: PolicyRules, now: number) =>
  valuesOf(entry, 'pwdAccountLockedTime').some(value => {
    const since = parseGeneralizedTime(value)
    return since !== null && since + rules.lockDuration(entry) > now
  })

const numberIn = (entry: Entry, attribute: string) => Number(valuesOf(entry, attribute)[0] ?? 0)

const policyOf = (entry: Entry): Policy => ({
  maxAge: numberIn(entry, 'pwdMaxAge') * 1000,
  warning: numberIn(entry, 'pwdExpireWarning') * 1000 || usualWarning,
  grace: numberIn(entry, 'pwdGraceAuthNLimit'),
  // 0 or absent: until an administrator ends it.
  lockDuration: numberIn(entry, 'pwdLockoutDuration') * 1000 || Number.POSITIVE_INFINITY,
})

/** RFC 4517 §3.3.13. */
const generalizedTime = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace(/\D/g, '')}Z`

/** An entry without a policy of its own has the default one: the configured one, or the only one there is. */
const rulesOf = (entries: readonly Entry[], configured: string | undefined): PolicyRules => {
  const policies = new Map(entries.map(entry => [dnKey(entry.dn), policyOf(entry)]))
  const [only] = [...policies.values()]
  const usual = configured ? policies.get(dnKey(configured)) : policies.size === 1 ? only : undefined
  const longestLock = Math.max(...[...policies.values()].map(({ lockDuration }) => lockDuration))
  const policyFor = (entry: Entry) => {
    const [own] = valuesOf(entry, 'pwdPolicySubentry')
    return own ? policies.get(dnKey(own)) : usual
  }
  const ages = [...policies.values()].map(({ maxAge }) => maxAge).filter(age => age > 0)
  return {
    expire: ages.length > 0,
    lockDuration: entry => policyFor(entry)?.lockDuration ?? longestLock,
    withPassword: '(pwdChangedTime=*)',
    isKnownFor: entry => {
      const policy = policyFor(entry)
      return policy !== undefined && (policy.maxAge === 0 || valuesOf(entry, 'pwdChangedTime').length > 0)
    },
    expiryOf: entry => {
      const policy = policyFor(entry)
      const changedAt = parseGeneralizedTime(valuesOf(entry, 'pwdChangedTime')[0] ?? '')
      if (!policy || policy.maxAge === 0 || changedAt === null) return null
      const at = changedAt + policy.maxAge
      const used = valuesOf(entry, 'pwdGraceUseTime').length
      return { at, warnFrom: at - policy.warning, graceLeft: Math.max(0, policy.grace - used) }
    },
    filter: (from, to) =>
      ages.length > 0
        ? `(&(pwdChangedTime>=${generalizedTime(from - Math.max(...ages))})(pwdChangedTime<=${generalizedTime(to - Math.min(...ages))}))`
        : null,
  }
}

/** 389 DS writes into each entry when its password expires. The epoch means that an administrator wants it changed. */
const rulesOf389 = (config: Entry): PolicyRules => {
  if (valuesOf(config, 'passwordExp')[0]?.toLowerCase() !== 'on') return noPolicy
  const warning = numberIn(config, 'passwordWarning') * 1000 || usualWarning
  const grace = numberIn(config, 'passwordGraceLimit')
  return {
    expire: true,
    lockDuration: noPolicy.lockDuration,
    withPassword: '(passwordExpirationTime=*)',
    isKnownFor: entry => valuesOf(entry, 'passwordExpirationTime').length > 0,
    expiryOf: entry => {
      const at = parseGeneralizedTime(valuesOf(entry, 'passwordExpirationTime')[0] ?? '')
      if (at === null || at === 0) return null
      const graceLeft = Math.max(0, grace - numberIn(entry, 'passwordGraceUserTime'))
      return { at, warnFrom: at - warning, graceLeft }
    },
    filter: (from, to) =>
      `(&(passwordExpirationTime>=${generalizedTime(from)})(passwordExpirationTime<=${generalizedTime(to)}))`,
  }
}

/**
 * The rules of OpenLDAP's ppolicy (draft-behera-ldap-password-policy-10 §5.2 and §5.3) or of 389 DS, as far as the portal may
 * read them.
 */
export const readPolicyRules = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
): Promise<PolicyRules> => {
  const policies = await findPolicies(settings, connectionPool, [
    'pwdMaxAge',
    'pwdExpireWarning',
    'pwdGraceAuthNLimit',
    'pwdLockoutDuration',
  ])
  if (policies && policies.length > 0) return rulesOf(policies, settings.passwordPolicy)
  const config = await readConfig389(settings, connectionPool, [
    'passwordExp',
    'passwordWarning',
    'passwordGraceLimit',
  ])
  return config ? rulesOf389(config) : noPolicy
}
