import { Attribute, Change } from 'ldapts'
import { afterEach, describe, expect, it } from 'vitest'
import { suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { SlapdOptions } from '../../../test/world/slapd-ldif.ts'
import { openLdapDirectory } from './ldap.ts'

const portal = `dn.exact="cn=portal,ou=services,${suffix}"`
const people = 'olcDatabase={1}mdb,cn=config'
const without = (attribute: string) => (rules: readonly string[]) =>
  rules.map(rule => rule.replace(`,${attribute},`, ','))

type Mistake = readonly [line: string, options: Partial<SlapdOptions>, dn: string]

/** What an operator pastes into ldapmodify: the values of the remedy, in a server that runs and has its other rules. */
const pastable: readonly Mistake[] = [
  ['directory-clock-unknown', { monitor: 'hidden' }, 'olcDatabase={2}monitor,cn=config'],
  ['index-unknown', { hidesIndexes: true }, 'olcDatabase={0}config,cn=config'],
  ['index supannEtuId', { indexes: 'objectClass,entryUUID,supannEmpId,supannCodeINE,uid eq' }, people],
  ['size-limit student', { people: worldPeople(800), portalLimits: null }, people],
  ['hidden student entryUUID', { access: without('entryUUID') }, people],
  ['hidden student supannEtuDateFin', { access: without('supannEtuDateFin') }, people],
  [
    'lookup staff-number',
    { access: rules => [`to dn.subtree="${suffix}" attrs=supannEmpId by ${portal} =rd by * none`, ...rules] },
    people,
  ],
  [
    'lookup staff-number',
    { access: rules => [`to dn.subtree="${suffix}" attrs=entryUUID by ${portal} =rd by * none`, ...rules] },
    people,
  ],
  [
    'password-right staff',
    {
      access: rules =>
        rules.map(rule =>
          rule.includes('attrs=userPassword') ? rule.replace(/by dn\.exact="cn=portal[^ ]* =xw /, '') : rule,
        ),
    },
    people,
  ],
  [
    'old-password-unknown',
    { access: rules => [`to dn.subtree="ou=policies,${suffix}" by * none`, ...rules] },
    people,
  ],
  ['lock-out', { access: rules => [`to dn.subtree="ou=policies,${suffix}" by * none`, ...rules] }, people],
]

describe.runIf(process.env.CI === 'true' || hasSlapd())(
  'a remedy of sesame check, pasted into OpenLDAP',
  () => {
    let slapd: Slapd
    afterEach(() => slapd?.stop())
    const check = async () => {
      const directory = openLdapDirectory(slapd.settings())
      const findings = await directory.check()
      await directory.close()
      return findings
    }
    const problem = async (what: string) =>
      (await check()).find(one => one.what === what && one.level !== 'good')?.detail
    /** « add: TYPE, TYPE: VALUE », as LDIF has them on two lines. */
    const paste = async (dn: string, detail: string) => {
      const [, type = '', value = ''] =
        /add: (\w+), \1: (.*? by \* (?:break|none)|\w+ eq|.*time=unlimited)/.exec(detail) ?? []
      await slapd.asConfig(client =>
        client.modify(
          dn,
          new Change({ operation: 'add', modification: new Attribute({ type, values: [value] }) }),
        ),
      )
    }

    it.each(pastable)('`%s`', async (what, options, dn) => {
      slapd = await startSlapd({ people: worldPeople(60), changesConfig: true, ...options })
      const before = await problem(what)
      expect(before).toContain('add: ')
      await paste(dn, before ?? '')
      expect(await problem(what)).toBeUndefined()
    })

    it('`directory-clock-unknown`, with the entry that it adds where the server has no monitor', async () => {
      slapd = await startSlapd({ people: worldPeople(20), changesConfig: true, monitor: false })
      const detail = (await problem('directory-clock-unknown')) ?? ''
      const [, rule = ''] = /olcAccess: (\{0\}to .* by \* break)/.exec(detail) ?? []
      const [, entry = ''] = /dn: (.*), and the same olcAccess/.exec(detail) ?? []
      const [, dn = '', objectClass = '', olcDatabase = ''] =
        /^(\S+), objectClass: (\w+), olcDatabase: (\w+)$/.exec(entry) ?? []
      await slapd.asConfig(client => client.add(dn, { objectClass, olcDatabase, olcAccess: rule }))
      expect(await problem('directory-clock-unknown')).toBeUndefined()
    })
  },
)
