import { EqualityFilter, ExtensibleFilter, OrFilter } from 'ldapts'
import { days } from '../../clock.ts'
import { valuesOf } from '../ldap/attributes.ts'
import type { EntryDialect } from '../ldap/dialect.ts'
import type { PolicyRules } from '../ldap/policy-rules.ts'
import { guidOctets, guidText } from './guid.ts'

export const idAttribute = 'objectGUID'

/** LDAP_MATCHING_RULE_IN_CHAIN: follows groups within groups (MS-ADTS §3.1.1.3.4.4.3). */
const inChain = '1.2.840.113556.1.4.1941'

/** ADS_UF_ACCOUNT_DISABLE (MS-ADTS §2.2.16). */
const disabled = 2

/** FILETIME, in 100 ns since 1601 (MS-ADTS §2.2.1); 0 and the largest number mean never. */
const parseFileTime = (value: string) => {
  const ticks = /^\d{1,19}$/.test(value) ? BigInt(value) : 0n
  if (ticks === 0n || ticks === 0x7fff_ffff_ffff_ffffn) return null
  return Number(ticks / 10_000n) - 11_644_473_600_000
}

/** MS-ADTS §3.1.1.4.5.21: computed from the policy that holds for the account. It can be read, and not searched. */
const expiryAttribute = 'msDS-UserPasswordExpiryTimeComputed'

/** 0: the password must be changed at the next sign-in, and expires at no time. */
const withPassword = '(pwdLastSet>=1)'

const policyRules: PolicyRules = {
  expire: true,
  // `unlock` says whether a write ends a lock.
  lockDuration: () => 0,
  expiryOf: entry => {
    const at = parseFileTime(valuesOf(entry, expiryAttribute)[0] ?? '')
    return at === null ? null : { at, warnFrom: at - days(14), graceLeft: 0 }
  },
  withPassword,
  isKnownFor: entry => valuesOf(entry, expiryAttribute).length > 0,
  // What is computed cannot be searched: everybody with a password is read.
  filter: () => withPassword,
}

export const createActiveDirectoryDialect = (privilegedGroups: readonly string[]): EntryDialect => ({
  binaryAttributes: [idAttribute],
  attributes: ['userAccountControl', 'accountExpires', 'primaryGroupID'],
  expiryAttributes: [expiryAttribute],
  idOf: entry => {
    const value = entry[idAttribute]
    return Buffer.isBuffer(value) && value.length === 16 ? guidText(value) : undefined
  },
  idFilter: id => new EqualityFilter({ attribute: idAttribute, value: guidOctets(id) }),
  parseEndDate: parseFileTime,
  isEndDate: value => /^\d{1,19}$/.test(value),
  closureOf: (entry, now) => {
    const isDisabled = valuesOf(entry, 'userAccountControl').some(flags => (Number(flags) & disabled) !== 0)
    const hasExpired = valuesOf(entry, 'accountExpires').some(value => (parseFileTime(value) ?? now) < now)
    return (isDisabled || hasExpired) && 'by-server'
  },
  privilegedFilter:
    privilegedGroups.length > 0
      ? new OrFilter({
          filters: privilegedGroups.map(
            value => new ExtensibleFilter({ rule: inChain, matchType: 'memberOf', value }),
          ),
        })
      : null,
  keepsLock: () => false,
  readPolicyRules: async () => policyRules,
})
