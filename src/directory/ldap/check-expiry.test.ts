import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, dnOf, suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { openLdapDirectory } from './ldap.ts'

describe.runIf(process.env.CI === 'true' || hasSlapd())('sesame check, where passwords expire', () => {
  let slapd: Slapd
  const policy = `cn=default,ou=policies,${suffix}`
  const replace = (dn: string, type: string, value: string) =>
    slapd.asRoot(client =>
      client.modify(
        dn,
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) }),
      ),
    )
  const expiryLine = async (changes: Parameters<Slapd['settings']>[0] = {}) => {
    const directory = openLdapDirectory(slapd.settings(changes))
    const findings = await directory.check()
    await directory.close()
    return findings.find(({ what }) => what === 'expiry')
  }
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(20) })
    await replace(`uid=clefevre,${bases.staff}`, 'userPassword', 'Bienvenue!2026c')
  })
  afterAll(() => slapd?.stop())

  it('says nothing about it where they never expire', async () => {
    expect(await expiryLine()).toBeUndefined()
  })

  it('warns while the portal cannot know whose expires when, and its remedy lets it know', async () => {
    await replace(policy, 'pwdMaxAge', '2592000')
    expect(await expiryLine()).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('Set directory.passwordPolicy'),
    })
    expect(await expiryLine({ passwordPolicy: policy })).toMatchObject({
      level: 'good',
      detail: expect.stringContaining('1 of 1 people'),
    })
  })

  it('warns about a default policy that does not exist, by `expiry`', async () => {
    expect(await expiryLine({ passwordPolicy: `cn=typo,ou=policies,${suffix}` })).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('Set directory.passwordPolicy'),
    })
  })

  it('is not content with the few whose policy is named in their own entry', async () => {
    await replace(`uid=clefevre,${bases.staff}`, 'pwdPolicySubentry', policy)
    const other = worldPeople(20).find(({ uid, population }) => population === 'staff' && uid !== 'clefevre')
    if (!other) throw new Error('there is nobody else')
    await replace(dnOf(other), 'userPassword', 'Bienvenue!2026m')
    expect(await expiryLine()).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining(
        'of 2 people looked at the portal knows of 1 when, and of 1 not by which policy',
      ),
    })
    expect(await expiryLine({ passwordPolicy: policy })).toMatchObject({ level: 'good' })
  })
})
