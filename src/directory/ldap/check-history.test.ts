import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Attribute, Change, Client } from 'ldapts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hasDs389, startDs389 } from '../../../test/world/ds389.ts'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { scratchFolder } from '../../../test/world/scratch.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { rootDn, rootPassword, type SlapdOptions } from '../../../test/world/slapd-ldif.ts'
import type { Directory, Finding } from '../directory.ts'
import { guardHistory } from '../history-guard.ts'
import { openLdapDirectory } from './ldap.ts'

const isCi = process.env.CI === 'true'
const [first, second, third] = ['Premier-Essai-2026', 'Second-Essai-2026', 'Troisieme-Essai-2026'] as const

const shown = (findings: readonly Finding[]) => findings.map(({ level, what }) => `${level} ${what}`)
const problems = (findings: readonly Finding[]) => shown(findings.filter(({ level }) => level !== 'good'))
const remedyOf = (findings: readonly Finding[], what: string) =>
  findings.find(one => one.what === what)?.detail.split(' Remedy: ')[1] ?? ''
const replace = (type: string, value: string) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) })
const idOf = async (directory: Directory, login: string) => {
  const found = await directory.findLogin(login)
  if (!found.ok || !found.person) throw new Error(`${login} is nobody`)
  return found.person.id
}
/** Whether a password that the person had before is refused when the portal writes it. */
const refusesOld = async (directory: Directory, login: string) => {
  const id = await idOf(directory, login)
  for (const password of [first, second]) expect((await directory.write(id, password)).ok).toBe(true)
  const again = await directory.write(id, first)
  return !again.ok && again.reason === 'password-in-history'
}

/** Names of `sesame check`. */
const bypass = 'directory-history-bypassed'
const untried = 'directory-history-untried'

const defaultPolicy = `cn=default,ou=policies,${suffix}`
const canaryDn = `cn=canary,ou=services,${suffix}`
const everybody = ['student', 'staff', 'external'] as const
const everything = everybody.map(name => `good directory-history ${name}`)

describe.runIf(isCi || hasSlapd())('the history that OpenLDAP keeps', () => {
  const running: { stop(): Promise<void> }[] = []
  const open: Directory[] = []
  afterEach(async () => {
    for (const directory of open.splice(0)) await directory.close()
    for (const slapd of running.splice(0)) await slapd.stop()
  })
  const start = async (options: Partial<SlapdOptions> = {}) => {
    const slapd = await startSlapd({ people: worldPeople(20), ...options })
    running.push(slapd)
    return slapd
  }
  const openOn = (slapd: Slapd, changes: Parameters<Slapd['settings']>[0] = {}) => {
    const directory = openLdapDirectory(slapd.settings(changes))
    open.push(directory)
    return directory
  }
  const findingsOf = (slapd: Slapd, changes: Parameters<Slapd['settings']>[0] = {}) =>
    openOn(slapd, changes).checkHistory(3)
  const set = (slapd: Slapd, dn: string, type: string, value: string) =>
    slapd.asRoot(client => client.modify(dn, replace(type, value)))
  const without = (attribute: string) => (rules: readonly string[]) =>
    rules.map(rule => rule.replace(`,${attribute},`, ',').replace(`=${attribute},`, '='))
  const pasted = (remedy: string) => /to dn\.subtree=.* by \* break/.exec(remedy)?.[0] ?? ''
  const asRootOf = () => {
    const passwordFile = join(scratchFolder('sesame-root-'), 'root.password')
    writeFileSync(passwordFile, rootPassword)
    return { bindDn: rootDn, passwordFile, passwordPolicy: defaultPolicy }
  }

  it('is found where every policy that people have refuses enough passwords, and the rights are those of docs/operate', async () => {
    const slapd = await start()
    await set(slapd, `cn=reset,ou=policies,${suffix}`, 'pwdInHistory', '0')
    expect(shown(await findingsOf(slapd))).toEqual(['good directory-history', ...everything])
    expect(await refusesOld(openOn(slapd), 'clefevre')).toBe(true)
    const found = await openOn(slapd).findLogin('clefevre')
    const id = found.ok && found.person?.id
    expect(id && (await openOn(slapd).write(id, second))).toEqual({
      ok: false,
      reason: 'password-in-history',
    })
  })

  it.each([
    ['the default policy', defaultPolicy, ['student', 'staff', 'external']],
    ['the policy of some', `cn=slow,ou=policies,${suffix}`, ['staff']],
  ])('is too short in %s, and the remedy lengthens it', async (_, policy, populations) => {
    const slapd = await start()
    await set(slapd, policy, 'pwdInHistory', '2')
    const broken = await findingsOf(slapd)
    expect(problems(broken)).toEqual(populations.map(name => `wrong directory-history ${name} ${policy}`))
    const [, dn = '', type = '', value = ''] =
      /In (\S+): replace: (\w+), \w+: (\d+)/.exec(remedyOf(broken, `directory-history staff ${policy}`)) ?? []
    await set(slapd, dn, type, value)
    expect(problems(await findingsOf(slapd))).toEqual([])
  })

  it('is unknown where its number cannot be read, and the remedy shows it', async () => {
    const access = without('pwdInHistory')
    const broken = await findingsOf(await start({ access }))
    expect(problems(broken)).toContain(`wrong directory-history-unknown student ${defaultPolicy}`)
    const added = ['default', 'slow'].map(name =>
      pasted(remedyOf(broken, `directory-history-unknown staff cn=${name},ou=policies,${suffix}`)),
    )
    const cured = await findingsOf(await start({ access: rules => [...added, ...access(rules)] }))
    expect(problems(cured)).toEqual([])
  })

  it('is unknown where it cannot be read which policy people have, and the remedy shows it', async () => {
    const hiding = `to dn.subtree="${suffix}" attrs=pwdPolicySubentry by * none`
    const access = (others: readonly string[]) => [hiding, ...others]
    const broken = await findingsOf(await start({ access }))
    expect(problems(broken)).toContain('wrong directory-history-unknown staff')
    const added = everybody.map(name => pasted(remedyOf(broken, `directory-history-unknown ${name}`)))
    const cured = await findingsOf(await start({ access: rules => [...added, ...access(rules)] }))
    expect(problems(cured)).toEqual([])
  })

  it('is unknown where the default policy is, until sesame.yaml names it', async () => {
    const slapd = await start({ hidesIndexes: true })
    expect(problems(await findingsOf(slapd))).toContain('wrong directory-history-unknown staff')
    const named = { passwordPolicy: defaultPolicy }
    // The overlay that cannot be read may record nothing.
    expect(problems(await findingsOf(slapd, named))).toEqual(['wrong directory-history-unknown'])
    expect(problems(await findingsOf(slapd, { ...named, canaryDn }))).toEqual([])
  })

  it('is tried on the canary wherever there is one, also where the access rules bind the portal', async () => {
    const slapd = await start()
    const absent = `cn=absent,ou=services,${suffix}`
    expect(problems(await findingsOf(slapd, { canaryDn: absent }))).toEqual([
      `wrong ${bypass} cn=portal,ou=services,${suffix}`,
    ])
    expect(problems(await findingsOf(slapd, { canaryDn }))).toEqual([])
  })

  it('is untried where nobody is found to show it', async () => {
    const slapd = await start()
    const { populations } = slapd.settings()
    const nobody = (base: string) => ({ base, filter: '(uid=nobody-at-all)' })
    const found = await findingsOf(slapd, {
      populations: {
        student: nobody(populations.student.base),
        staff: nobody(populations.staff.base),
        external: nobody(populations.external.base),
      },
    })
    expect(shown(found)).toEqual([`untried ${untried}`])
  })

  it('is bypassed by the root of the server, which no policy binds: the canary shows it too', async () => {
    const slapd = await start()
    const root = asRootOf()
    const bypassed = [`wrong ${bypass} ${rootDn}`]
    expect(problems(await findingsOf(slapd, root))).toEqual(bypassed)
    expect(problems(await findingsOf(slapd, { ...root, canaryDn }))).toEqual(bypassed)
    expect(await refusesOld(openOn(slapd, root), 'clefevre')).toBe(false)
  })

  it.each(['write', 'manage'])(
    'is told as it is where the portal has the right %s on passwords',
    async right => {
      const portal = `dn.exact="cn=portal,ou=services,${suffix}"`
      const slapd = await start({
        access: rules => rules.map(rule => rule.replace(`by ${portal} =xw`, `by ${portal} ${right}`)),
      })
      const bypassed = [`wrong ${bypass} cn=portal,ou=services,${suffix}`]
      expect(problems(await findingsOf(slapd))).toEqual(bypassed)
      const isKept = await refusesOld(openOn(slapd), 'clefevre')
      expect(isKept).toBe(right === 'write')
      if (isKept) expect(problems(await findingsOf(slapd, { canaryDn }))).toEqual([])
    },
  )

  // slapd 2.5.13 ends at the second write of such a server, so nothing more can be shown of it.
  it('is bypassed where the overlay records nothing', async () => {
    const slapd = await start({ recordsNothing: true })
    expect(problems(await findingsOf(slapd))).toEqual([`wrong ${bypass} cn=portal,ou=services,${suffix}`])
  })

  it('is untried while the server does not answer, and nothing is written before it was shown once', async () => {
    const slapd = await start()
    const directory = guardHistory(openOn(slapd), 3)
    const id = await idOf(directory, 'clefevre')
    slapd.pause()
    expect(shown(await directory.checkHistory(3))).toEqual([`untried ${untried}`])
    slapd.resume()
    expect((await directory.write(id, third)).ok).toBe(true)
    const root = guardHistory(openOn(slapd, asRootOf()), 3)
    expect(await root.write(id, first)).toEqual({ ok: false, reason: 'directory-unavailable' })
    expect((await directory.bind(id, third)).ok).toBe(true)
  })
})

describe.runIf(isCi || hasDs389())('the history that 389 DS keeps', () => {
  let server: Awaited<ReturnType<typeof startDs389>>
  const open: Directory[] = []
  const openWith = (changes: Parameters<typeof server.settings>[0] = {}) => {
    const made = openLdapDirectory(server.settings(changes))
    open.push(made)
    return made
  }
  const set = (type: string, value: string) =>
    server.asRoot(client => client.modify('cn=config', replace(type, value)))
  const portal = `cn=portal,ou=services,${suffix}`
  beforeAll(async () => {
    server = await startDs389(worldPeople(5))
  }, 180_000)
  afterAll(async () => {
    for (const one of open) await one.close()
    await server?.stop()
  })

  it('is found with the rights of docs/operate/389ds.aci; of the current password the server says only that a rule refuses it', async () => {
    const directory = openWith()
    expect(shown(await directory.checkHistory(3))).toEqual(['good directory-history', ...everything])
    const asCanary = openWith({ canaryDn: `uid=clefevre,${bases.staff}` })
    expect(problems(await asCanary.checkHistory(3))).toEqual([])
    const id = await idOf(directory, 'tpetit')
    expect((await directory.write(id, first)).ok).toBe(true)
    expect(await directory.write(id, first)).toEqual({ ok: false, reason: 'directory-unnamed-rule' })
    expect(await refusesOld(openWith(), 'nhaddad')).toBe(true)
  })

  it.each([
    ['passwordInHistory', '2', '3'],
    ['passwordHistory', 'off', 'on'],
  ])('is too short by %s: %s', async (attribute, short, enough) => {
    await set(attribute, short)
    const found = await openWith().checkHistory(3)
    expect(problems(found)).toEqual(everybody.map(name => `wrong directory-history ${name} cn=config`))
    expect(remedyOf(found, 'directory-history staff cn=config')).toContain(
      'dsconf INSTANCE pwpolicy set --pwdhistory on --pwdhistorycount 3',
    )
    await set(attribute, enough)
    expect(problems(await openWith().checkHistory(3))).toEqual([])
  })

  it('is too short in the policy of a subtree that some people have', async () => {
    const policy = `cn=short,ou=personnels,${suffix}`
    const entry = { objectClass: ['ldapsubentry', 'passwordpolicy'], cn: 'short', passwordHistory: 'off' }
    await server.asRoot(async client => {
      await client.add(policy, entry)
      await client.modify('cn=config', replace('nsslapd-pwpolicy-local', 'on'))
      await client.modify(`uid=nhaddad,${bases.staff}`, replace('pwdPolicySubentry', policy))
    })
    expect(problems(await openWith().checkHistory(3))).toEqual([`wrong directory-history staff ${policy}`])
    await set('nsslapd-pwpolicy-local', 'off')
    expect(problems(await openWith().checkHistory(3))).toEqual([])
    await server.asRoot(async client => {
      const gone = new Attribute({ type: 'pwdPolicySubentry', values: [] })
      await client.modify(
        `uid=nhaddad,${bases.staff}`,
        new Change({ operation: 'delete', modification: gone }),
      )
      await client.del(policy)
    })
  })

  it('is bypassed by a password administrator, as the portal’s entry or a member of its group', async () => {
    const group = `cn=writers,ou=groups,${suffix}`
    await server.asRoot(client =>
      client.add(group, { objectClass: 'groupOfNames', cn: 'writers', member: portal }),
    )
    const modifyAs = async (dn: string) => {
      const client = new Client({ url: server.urls.ldaps, tlsOptions: { rejectUnauthorized: false } })
      await client.bind(portal, server.portalPassword)
      for (const password of [first, second, first])
        await client.modify(dn, replace('userPassword', password))
      await client.unbind()
    }
    const administrators = [
      [portal, 'clefevre'],
      [group, 'tpetit'],
    ] as const
    for (const [administrator, uid] of administrators) {
      await set('passwordAdminDN', administrator)
      // By RFC 3062 the server compares all the same; what it promises of administrators is that it does not.
      await expect(modifyAs(`uid=${uid},${bases.staff}`)).resolves.toBeUndefined()
      expect(problems(await openWith().checkHistory(3))).toEqual([`wrong ${bypass} ${portal}`])
    }
    await set('passwordAdminDN', `cn=other,ou=services,${suffix}`)
    expect(problems(await openWith().checkHistory(3))).toEqual([])
  })
})
