import type { Client } from 'ldapts'
import { type Entry, valuesOf } from '../ldap/attributes.ts'
import { isServerAnswer } from '../ldap/connection-pool.ts'
import { type Lockout, strictestLockout } from '../lockout.ts'

const numberIn = (entry: Entry, attribute: string) => Number(valuesOf(entry, attribute)[0] ?? 0)

/** Milliseconds, from a negative count of 100 ns (MS-ADTS §3.1.1.5.2.2); 0 for the smallest number, which means forever. */
const durationIn = (entry: Entry, attribute: string) => {
  const value = valuesOf(entry, attribute)[0] ?? '0'
  if (!/^-\d{1,19}$/.test(value) || value === '-9223372036854775808') return 0
  return Number(-BigInt(value) / 10_000n)
}

/** The fine-grained policies, if the portal's account may read them: by default only administrators may. */
const readFineGrainedLockouts = async (client: Client, domain: string): Promise<Lockout[]> => {
  const found = await client
    .search(`CN=Password Settings Container,CN=System,${domain}`, {
      scope: 'one',
      filter: '(objectClass=msDS-PasswordSettings)',
      attributes: ['msDS-LockoutThreshold', 'msDS-LockoutObservationWindow'],
    })
    .catch(fault => {
      if (isServerAnswer(fault)) return { searchEntries: [] }
      throw fault
    })
  return (found.searchEntries as Entry[]).map(entry => ({
    maxFailures: numberIn(entry, 'msDS-LockoutThreshold'),
    interval: durationIn(entry, 'msDS-LockoutObservationWindow'),
  }))
}

const domainAttributes = ['minPwdLength', 'pwdHistoryLength', 'lockoutThreshold', 'lockOutObservationWindow']

/**
 * The password rules of the domain and the strictest lockout policy that is readable; null when the rules of the domain are not
 * readable.
 */
export const readDomainRules = async (client: Client) => {
  const readBase = async (base: string, attributes: string[]) => {
    const { searchEntries } = await client.search(base, { scope: 'base', attributes })
    return searchEntries[0] as Entry | undefined
  }
  const root = await readBase('', ['defaultNamingContext', 'supportedControl'])
  const dn = root && valuesOf(root, 'defaultNamingContext')[0]
  const domain = dn && (await readBase(dn, domainAttributes))
  if (!(root && dn && domain)) return null
  const domainLockout = {
    maxFailures: numberIn(domain, 'lockoutThreshold'),
    interval: durationIn(domain, 'lockOutObservationWindow'),
  }
  return {
    dn,
    controls: valuesOf(root, 'supportedControl'),
    minLength: numberIn(domain, 'minPwdLength'),
    historyLength: numberIn(domain, 'pwdHistoryLength'),
    lockout: strictestLockout([domainLockout, ...(await readFineGrainedLockouts(client, dn))]),
  }
}
