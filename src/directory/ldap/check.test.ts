import { Attribute, Change } from 'ldapts'
import { afterEach, describe, expect, it } from 'vitest'
import { bases, suffix, type WorldPerson, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { SlapdOptions } from '../../../test/world/slapd-ldif.ts'
import type { Finding } from '../directory.ts'
import { openLdapDirectory } from './ldap.ts'
import type { LdapSettings } from './settings.ts'

const available = process.env.CI === 'true' || hasSlapd()

describe.runIf(available)('sesame check on OpenLDAP', () => {
  const running: Slapd[] = []
  afterEach(async () => {
    for (const slapd of running.splice(0)) await slapd.stop()
  })
  const start = async (options: Partial<SlapdOptions> = {}) => {
    const slapd = await startSlapd({ people: worldPeople(60), ...options })
    running.push(slapd)
    return slapd
  }
  const findingsOf = async (
    slapd: Slapd,
    changes: Parameters<Slapd['settings']>[0] = {},
    now: () => number = Date.now,
  ) => {
    const directory = openLdapDirectory(slapd.settings(changes), now)
    try {
      return await directory.check()
    } finally {
      await directory.close()
    }
  }
  const line = (findings: readonly Finding[], what: string) => findings.find(one => one.what === what)
  const remedyOf = (findings: readonly Finding[], what: string) =>
    line(findings, what)?.detail.split(' Remedy: ')[1] ?? ''
  const levels = (findings: readonly Finding[], level: Finding['level']) =>
    findings.filter(one => one.level === level).map(({ what }) => what)

  const without = (attribute: string) => (rules: readonly string[]) =>
    rules.map(rule => rule.replace(`,${attribute},`, ',').replace(`=${attribute},`, '='))
  /** The rule of the remedy, before the others, as the remedy says. */
  const pasted = (remedy: string) => /to dn\.subtree=.* by \* (?:break|none)/.exec(remedy)?.[0] ?? ''
  const changePeople = (change: (person: WorldPerson, index: number) => Partial<WorldPerson>) =>
    worldPeople(60).map((person, index) => ({ ...person, ...change(person, index) }))

  it('finds nothing wrong on a server with the recommended rules, and counts whom each card identifies', async () => {
    const findings = await findingsOf(await start())
    expect(levels(findings, 'wrong')).toEqual([])
    expect(levels(findings, 'untried')).toEqual([])
    for (const kind of ['student-number', 'ine', 'staff-number', 'uid'])
      expect(line(findings, `identification ${kind}`)?.detail).toMatch(/^[1-9]\d* people can identify/)
    for (const population of ['student', 'staff', 'external'])
      expect(line(findings, `password-right ${population}`)?.level).toBe('good')
  })

  it('finds a stable id that nobody can read, and its remedy lets people be found', async () => {
    const access = without('entryUUID')
    const broken = await findingsOf(await start({ access }))
    expect(line(broken, 'stable-id student')?.level).toBe('wrong')
    const rule = pasted(remedyOf(broken, 'hidden student entryUUID'))
    const cured = await findingsOf(await start({ access: rules => [rule, ...access(rules)] }))
    expect(line(cured, 'stable-id student')).toBeUndefined()
  })

  it.each([
    ['supannOIDCDateDeNaissance', 'birth-date staff'],
    ['givenName', 'names staff'],
    ['mail', 'address staff'],
  ])('finds that %s cannot be read, and its remedy makes it readable', async (attribute, what) => {
    const access = without(attribute)
    const people = changePeople(() => ({ privateAddresses: [] }))
    const broken = await findingsOf(await start({ access, people }))
    expect(line(broken, what)?.level).toBe('wrong')
    const rule = pasted(remedyOf(broken, `hidden staff ${attribute}`))
    const cured = await findingsOf(await start({ access: rules => [rule, ...access(rules)], people }))
    expect(line(cured, what)).toBeUndefined()
    expect(line(cured, `hidden staff ${attribute}`)).toBeUndefined()
  })

  it('finds that an attribute that closes accounts cannot be read', async () => {
    const access = without('shadowExpire')
    const slapd = await start({ access })
    const expire = new Attribute({ type: 'shadowExpire', values: ['1'] })
    await slapd.asRoot(client =>
      client.modify(`uid=clefevre,${bases.staff}`, new Change({ operation: 'add', modification: expire })),
    )
    const findings = await findingsOf(slapd)
    expect(line(findings, 'hidden staff shadowExpire')).toMatchObject({
      level: 'wrong',
      detail: expect.stringContaining('looks open, and would be written'),
    })
  })

  it('finds that an attribute may not even be compared, though nobody has it now', async () => {
    const access = (rules: readonly string[]) => [
      `to dn.subtree="${suffix}" attrs=pwdEndTime by * none`,
      ...rules,
    ]
    const findings = await findingsOf(await start({ access }))
    expect(line(findings, 'hidden staff pwdEndTime')?.level).toBe('wrong')
    expect(line(await findingsOf(await start()), 'readable staff')?.detail).toContain('pwdEndTime')
  })

  it('warns about a `reusable-id`, and not with its remedy', async () => {
    const slapd = await start()
    const warned = await findingsOf(slapd, { attributes: { id: 'uid' } })
    expect(line(warned, 'reusable-id')).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('inherits the joker'),
    })
    const [, id = ''] = /attributes: \{ id: (\w+) \}/.exec(remedyOf(warned, 'reusable-id')) ?? []
    expect(line(await findingsOf(slapd, { attributes: { id } }), 'reusable-id')).toBeUndefined()
  })

  it('finds a birth date whose attribute does not exist in the schema', async () => {
    const slapd = await start()
    const findings = await findingsOf(slapd, { attributes: { birthDate: 'dateOfBirth' } })
    expect(line(findings, 'no-attribute staff dateOfBirth')).toMatchObject({
      level: 'wrong',
      detail: expect.stringContaining('Set directory.attributes.birthDate'),
    })
    expect(line(findings, 'identification staff-number')?.level).toBe('wrong')
  })

  it.each([
    ['closedStates', { closedStates: { supannRessourceEtta: ['{COMPTE}S'] } }, 'supannRessourceEtta'],
    ['attributes.endDates', { attributes: { endDates: ['supannDateDeFin'] } }, 'supannDateDeFin'],
    ['numbers.staff-number.attribute', { numbers: { 'staff-number': { attribute: 'empNo' } } }, 'empNo'],
    ['attributes.addresses', { attributes: { addresses: ['mail', 'courriel'] } }, 'courriel'],
  ] as const)('`no-attribute`: directory.%s names one that no schema has', async (setting, changes, name) => {
    const findings = await findingsOf(await start(), changes as Parameters<Slapd['settings']>[0])
    expect(line(findings, `no-attribute staff ${name}`)).toMatchObject({
      level: 'wrong',
      detail: expect.stringContaining(`Set directory.${setting} to an attribute of the schema`),
    })
  })

  it('says of a canary that does not exist that it is the canary', async () => {
    const canaryDn = `cn=typo,${suffix}`
    const findings = await findingsOf(await start(), { passwordWrite: 'modify', canaryDn })
    expect(line(findings, 'password')).toMatchObject({
      level: 'wrong',
      detail: expect.stringContaining(`canaryDn names ${canaryDn}`),
    })
  })

  it('finds a login in an attribute that nobody has', async () => {
    const findings = await findingsOf(await start(), { attributes: { login: 'employeeNumber' } })
    expect(line(findings, 'login staff')?.level).toBe('wrong')
  })

  it('finds birth dates of another format with an example of the form, and its remedy reads them', async () => {
    const people = changePeople(({ born }) => ({ born: born?.replaceAll('-', '') ?? null }))
    const slapd = await start({ people })
    const broken = await findingsOf(slapd)
    expect(line(broken, 'birth-date-form staff')).toMatchObject({
      level: 'wrong',
      detail: expect.stringContaining('« 99999999 »'),
    })
    const [, format] = /birthDateFormat: (\w+)/.exec(remedyOf(broken, 'birth-date-form staff')) ?? []
    const cured = await findingsOf(slapd, {
      birthDateFormat: format as LdapSettings['birthDateFormat'],
    })
    expect(line(cured, 'birth-date-form staff')).toBeUndefined()
  })

  it('warns about single people without a birth date, out of all', async () => {
    const people = changePeople((_, index) => (index === 30 ? { born: null } : {}))
    const { population = '' } = people[30] ?? {}
    const findings = await findingsOf(await start({ people }))
    expect(line(findings, `birth-date ${population}`)).toMatchObject({
      level: 'warning',
      detail: expect.stringMatching(/^[1-9]\d? of \d+ people come without/),
    })
  })

  it('finds that the portal may not write passwords, and its remedy gives the right', async () => {
    const access = (rules: readonly string[]) =>
      rules.map(rule =>
        rule.includes('attrs=userPassword') ? rule.replace(/by dn\.exact="cn=portal[^ ]* =xw /, '') : rule,
      )
    const slapd = await start({ access })
    const broken = await findingsOf(slapd)
    expect(line(broken, 'password-right staff')?.level).toBe('wrong')
    const given = ['student', 'staff', 'external'].map(population =>
      pasted(remedyOf(broken, `password-right ${population}`)),
    )
    const cured = await start({ access: all => [...given, ...access(all)] })
    expect(line(await findingsOf(cured), 'password-right staff')?.level).toBe('good')
  })

  it('writes nothing to find out whether passwords may be written', async () => {
    const slapd = await start()
    const state = () =>
      slapd.asRoot(async client => {
        const { searchEntries } = await client.search(suffix, {
          filter: '(userPassword=*)',
          attributes: ['userPassword', 'entryCSN', 'pwdChangedTime'],
        })
        return searchEntries
      })
    const before = await state()
    await findingsOf(slapd)
    expect(await state()).toEqual(before)
  })

  it('says that the right to write could not be tried where there is nobody to try it on', async () => {
    const people = changePeople(({ population }) =>
      population === 'external' ? { endsAt: '20200101000000Z' } : {},
    )
    const findings = await findingsOf(await start({ people }))
    expect(line(findings, 'password-right-unknown external')?.level).toBe('untried')
  })

  it('finds a policy that asks for the old password, which nobody knows who forgot it', async () => {
    const slapd = await start()
    const policy = `cn=slow,ou=policies,${suffix}`
    const set = (value: string) =>
      slapd.asRoot(client => {
        const modification = new Attribute({ type: 'pwdSafeModify', values: [value] })
        return client.modify(policy, new Change({ operation: 'replace', modification }))
      })
    await set('TRUE')
    const broken = await findingsOf(slapd)
    expect(line(broken, `old-password ${policy}`)?.level).toBe('wrong')
    const [, safe = ''] = /pwdSafeModify: (\w+)/.exec(remedyOf(broken, `old-password ${policy}`)) ?? []
    await set(safe)
    expect(line(await findingsOf(slapd), 'old-password')?.level).toBe('good')
  })

  it('says that a hidden policy may ask for the old password, and its remedy shows the policy', async () => {
    const access = (rules: readonly string[]) => [`to dn.subtree="ou=policies,${suffix}" by * none`, ...rules]
    const broken = await findingsOf(await start({ access }))
    expect(line(broken, 'old-password-unknown')?.level).toBe('untried')
    expect(line(broken, 'lock-out')?.level).toBe('warning')
    const rule = pasted(remedyOf(broken, 'old-password-unknown')).replace('…', `ou=policies,${suffix}`)
    const cured = await findingsOf(await start({ access: rules => [rule, ...access(rules)] }))
    expect(line(cured, 'old-password')?.level).toBe('good')
    expect(line(cured, 'lock-out')?.level).toBe('good')
  })

  it('warns that three wrong passwords lock an account', async () => {
    const slapd = await start()
    await slapd.asRoot(client => {
      const modification = new Attribute({ type: 'pwdMaxFailure', values: ['3'] })
      const change = new Change({ operation: 'replace', modification })
      return client.modify(`cn=default,ou=policies,${suffix}`, change)
    })
    expect(line(await findingsOf(slapd), 'lock-out')).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('after 3 wrong passwords'),
    })
  })

  it('says that it could not count 800 people through a size limit of 50, and its remedy counts them', async () => {
    const people = worldPeople(800)
    const broken = await findingsOf(await start({ people, sizeLimit: 50, portalLimits: null }))
    expect(line(broken, 'size-limit student')).toMatchObject({
      level: 'untried',
      detail: expect.stringContaining('after 50 entries'),
    })
    const [, portalLimits = ''] = /olcLimits: (.*) \(389/.exec(remedyOf(broken, 'size-limit student')) ?? []
    const cured = await findingsOf(await start({ people, sizeLimit: 50, portalLimits }))
    expect(levels(cured, 'untried')).toEqual([])
    expect(line(cured, 'people student')?.detail).toMatch(/^6\d\d people/)
  })

  it('warns about a clock of the directory that is more than five seconds from that of this machine', async () => {
    const slapd = await start()
    expect(line(await findingsOf(slapd), 'directory-clock')?.level).toBe('good')
    expect(line(await findingsOf(slapd, {}, () => Date.now() + 3_600_000), 'directory-clock')).toMatchObject({
      level: 'warning',
      detail: expect.stringMatching(/ 3\d{3} s apart/),
    })
  })

  it('warns that the directory does not show its time', async () => {
    const findings = await findingsOf(await start({ monitor: false }))
    expect(line(findings, 'directory-clock-unknown')?.level).toBe('warning')
  })

  it('finds a population without anybody', async () => {
    const populations = {
      student: { base: bases.student },
      staff: { base: bases.staff, filter: '(objectClass=nobody)' },
      external: { base: bases.external },
    }
    const findings = await findingsOf(await start(), { populations })
    expect(line(findings, 'people staff')?.level).toBe('wrong')
  })
})
