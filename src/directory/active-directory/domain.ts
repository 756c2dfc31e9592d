import type { Client } from 'ldapts'
import { type Entry, valuesOf } from '../ldap/entry.ts'

const numberIn = (entry: Entry, attribute: string) => Number(valuesOf(entry, attribute)[0] ?? 0)

/** The rules of the whole domain; a fine-grained policy may be stricter for some, and is not everybody's to read. */
export const domainRules = async (client: Client) => {
  const readBase = async (dn: string, attributes: string[]) => {
    const { searchEntries } = await client.search(dn, { scope: 'base', attributes })
    return searchEntries[0] as Entry | undefined
  }
  const root = await readBase('', ['defaultNamingContext', 'supportedControl'])
  const dn = root && valuesOf(root, 'defaultNamingContext')[0]
  const domain = dn && (await readBase(dn, ['minPwdLength', 'lockoutThreshold']))
  if (!(root && domain)) return null
  return {
    dn,
    controls: valuesOf(root, 'supportedControl'),
    shortest: numberIn(domain, 'minPwdLength'),
    locksAfter: numberIn(domain, 'lockoutThreshold'),
  }
}
