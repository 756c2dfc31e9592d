import { Attribute, Change } from 'ldapts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hasDs389, startDs389 } from '../../../test/world/ds389.ts'
import { suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { serviceDn } from '../../../test/world/slapd-ldif.ts'
import { openLdapEntries } from './entries.ts'
import { openLdapDirectory } from './ldap.ts'

const portal = `dn.exact="${serviceDn('portal')}"`
const people = worldPeople(800)

describe.runIf(process.env.CI === 'true' || hasSlapd())('sesame check, on the limits of OpenLDAP', () => {
  let slapd: Slapd | undefined
  afterEach(() => slapd?.stop())
  const findingsWith = async (portalLimits: string) => {
    await slapd?.stop()
    slapd = await startSlapd({ people, portalLimits })
    const directory = openLdapDirectory(slapd.settings())
    const findings = await directory.check()
    await directory.close()
    return findings
  }
  const limitsOf = (findings: Awaited<ReturnType<typeof findingsWith>>) =>
    findings.filter(({ what }) => what.startsWith('size-limit '))

  it.each([
    ['entries in one answer (ldapjs/node-ldapjs#331)', 'size.soft=50 size.hard=50', 'reached its size limit'],
    ['entries in all pages (python-ldap/python-ldap#435)', 'size.prtotal=600', 'reached its size limit'],
    [
      'entries in one page (ldapjs/node-ldapjs#311)',
      'size.prtotal=unlimited size.pr=100',
      'reached an administrative limit',
    ],
    ['pages at all', 'size.prtotal=disabled', 'reached an administrative limit'],
    [
      'entries looked at (SSSD/sssd#22)',
      'size.prtotal=unlimited size.unchecked=50',
      'reached an administrative limit',
    ],
  ])(
    '`size-limit` says that %s end the reading, in words, and its remedy counts everybody',
    async (_, limits, words) => {
      const broken = await findingsWith(`${portal} ${limits}`)
      const [first, ...others] = limitsOf(broken)
      expect(first).toMatchObject({ level: 'untried', detail: expect.stringContaining(words) })
      expect(broken.filter(({ level }) => level === 'wrong')).toEqual([])
      expect(others.map(({ detail }) => detail).join()).not.toContain('0x')
      const [, remedy = ''] = /olcLimits: (.*) \(389/.exec(first?.detail ?? '') ?? []
      const cured = await findingsWith(remedy)
      expect(limitsOf(cured)).toEqual([])
      expect(cured.find(({ what }) => what === 'people student')?.detail).toMatch(/^6\d\d people/)
    },
  )

  it('and counts as many as were read where the server ends the count of the other services', async () => {
    slapd = await startSlapd({ people, portalLimits: `${portal} size.soft=50 size.hard=50` })
    const entries = openLdapEntries(slapd.settings())
    expect(await entries.count('student', '(objectClass=*)')).toEqual({ ok: true, count: 50, more: true })
    await entries.close()
  })
})

describe.runIf(process.env.CI === 'true' || hasDs389())('sesame check, on the limits of 389 DS', () => {
  let server: Awaited<ReturnType<typeof startDs389>>
  beforeAll(async () => {
    server = await startDs389(worldPeople(60))
  }, 180_000)
  afterAll(() => server?.stop())
  const replace = (dn: string, values: Readonly<Record<string, string>>) =>
    server.asRoot(client =>
      client.modify(
        dn,
        Object.entries(values).map(
          ([type, value]) =>
            new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) }),
        ),
      ),
    )
  const findings = async () => {
    const directory = openLdapDirectory(server.settings())
    const found = await directory.check()
    await directory.close()
    return found
  }

  it.each([
    ['cn=config,cn=ldbm database,cn=plugins,cn=config', 'nsslapd-lookthroughlimit', '5000'],
    ['cn=config', 'nsslapd-sizelimit', '2000'],
  ])('of %s, %s ends the reading, and the remedy counts everybody', async (dn, limit, usual) => {
    await replace(dn, { [limit]: '20' })
    const first = (await findings()).find(({ what }) => what === 'size-limit student')
    expect(first).toMatchObject({ level: 'untried', detail: expect.stringContaining('LDAP code') })
    const [, names = ''] = /389 DS: (.*): -1 in that entry/.exec(first?.detail ?? '') ?? []
    await replace(
      `cn=portal,ou=services,${suffix}`,
      Object.fromEntries(names.split(/, | and /).map(name => [name, '-1'])),
    )
    const cured = await findings()
    expect(cured.filter(({ what }) => what.startsWith('size-limit'))).toEqual([])
    expect(cured.find(({ what }) => what === 'people student')?.level).toBe('good')
    await replace(dn, { [limit]: usual })
    await server.asRoot(client =>
      client.modify(
        `cn=portal,ou=services,${suffix}`,
        names
          .split(/, | and /)
          .map(
            type => new Change({ operation: 'delete', modification: new Attribute({ type, values: [] }) }),
          ),
      ),
    )
  })
})
