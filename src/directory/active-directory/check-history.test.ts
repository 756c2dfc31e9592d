import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasSambaAd, startSambaAd } from '../../../test/world/samba-ad.ts'
import { accountDn, domainDn } from '../../../test/world/samba-people.ts'
import type { Directory, Finding } from '../directory.ts'
import { openActiveDirectory } from './active-directory.ts'

const problems = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== 'good').map(({ level, what }) => `${level} ${what}`)
const unsupportedName = 'directory-history-unsupported'
const unsupported = `wrong ${unsupportedName}`

describe.runIf(process.env.CI === 'true' || hasSambaAd())('the history that a Samba domain keeps', () => {
  let samba: Awaited<ReturnType<typeof startSambaAd>>
  const open: Directory[] = []
  const openWith = (changes: Parameters<typeof samba.settings>[0] = {}) => {
    const made = openActiveDirectory(samba.settings(changes))
    open.push(made)
    return made
  }
  const replace = (dn: string, type: string, value: string) =>
    samba.asRoot(client =>
      client.modify(
        dn,
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) }),
      ),
    )
  beforeAll(async () => {
    samba = await startSambaAd()
  }, 180_000)
  afterAll(async () => {
    for (const one of open) await one.close()
    await samba?.stop()
  })

  it('is refused as the only one: a reset ignores it, since Samba does not know the control', async () => {
    const directory = openWith()
    expect(problems(await directory.checkHistory(3))).toEqual([unsupported])
    const found = await directory.findLogin('clefevre')
    const id = found.ok && found.person?.id
    if (!id) throw new Error('Camille is gone')
    for (const password of ['Premier-Essai-2026', 'Second-Essai-2026', 'Premier-Essai-2026'])
      expect((await directory.write(id, password)).ok).toBe(true)
  })

  it('is bypassed where the configuration says so', async () => {
    expect(problems(await openWith({ enforceHistory: false }).checkHistory(3))).toEqual([
      `wrong directory-history-bypassed ${samba.settings().bindDn}`,
      unsupported,
    ])
  })

  it('is told too short by the rules of the domain, with the command that lengthens it', async () => {
    await replace(domainDn, 'pwdHistoryLength', '2')
    const found = await openWith().checkHistory(3)
    expect(problems(found)).toEqual([unsupported, `wrong directory-history ${domainDn}`])
    expect(found.at(-1)?.detail).toContain(
      `Set-ADDefaultDomainPasswordPolicy -Identity "${domainDn}" -PasswordHistoryCount 3`,
    )
    await replace(domainDn, 'pwdHistoryLength', '24')
  })

  it('is told too short by a fine-grained policy of some, and unknown while that cannot be read', async () => {
    const policy = `CN=short,CN=Password Settings Container,CN=System,${domainDn}`
    const forever = '-9223372036854775808'
    await samba.asRoot(client =>
      client.add(policy, {
        objectClass: 'msDS-PasswordSettings',
        'msDS-PasswordSettingsPrecedence': '1',
        'msDS-PasswordReversibleEncryptionEnabled': 'FALSE',
        'msDS-PasswordHistoryLength': '1',
        'msDS-PasswordComplexityEnabled': 'TRUE',
        'msDS-MinimumPasswordLength': '8',
        'msDS-MinimumPasswordAge': '0',
        'msDS-MaximumPasswordAge': forever,
        'msDS-LockoutThreshold': '0',
        'msDS-LockoutObservationWindow': '0',
        'msDS-LockoutDuration': '0',
        'msDS-PSOAppliesTo': accountDn({ uid: 'nhaddad', population: 'staff' }),
      }),
    )
    const found = await openWith().checkHistory(3)
    expect(problems(found)).toHaveLength(2)
    expect(problems(found)[1]).toMatch(/^wrong directory-history(-unknown)? staff/)
  })
})
