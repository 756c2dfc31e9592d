import { afterEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { bases, suffix, type WorldPerson, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { SlapdOptions } from '../../../test/world/slapd-ldif.ts'
import type { Directory, Finding } from '../directory.ts'
import { foldNumber } from '../number.ts'
import { openLdapDirectory } from './ldap.ts'

const available = process.env.CI === 'true' || hasSlapd()

describe.runIf(available)('sesame check on the numbers of OpenLDAP', () => {
  const stops: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  })
  const start = async (options: Partial<SlapdOptions> = {}) => {
    const slapd = await startSlapd({ people: worldPeople(60), ...options })
    stops.push(slapd.stop)
    return slapd
  }
  const open = (slapd: Slapd, changes: Parameters<Slapd['settings']>[0] = {}) => {
    const directory = openLdapDirectory(slapd.settings(changes))
    stops.push(directory.close)
    return directory
  }
  const line = (findings: readonly Finding[], what: string) => findings.find(one => one.what === what)
  /** The setting that the remedy gives, as YAML reads it. */
  const settingOf = (findings: readonly Finding[], what: string) => {
    const [, yaml = ''] = /Remedy: directory: \{ (.*) \}/.exec(line(findings, what)?.detail ?? '') ?? []
    return parse(`{ ${yaml} }`) as Parameters<Slapd['settings']>[0]
  }
  const withNumbers = (change: (number: string, index: number) => string) =>
    worldPeople(60).map((person, index): WorldPerson => {
      const { studentNumber } = person
      return studentNumber ? { ...person, studentNumber: change(studentNumber, index) } : person
    })
  const finds = async (directory: Directory, number: string) => {
    const found = await directory.find('student-number', foldNumber('student-number', number))
    return found.ok && found.people.length
  }

  it('finds numbers behind a label in braces, and its remedy lets their people be found', async () => {
    const people = withNumbers(number => `{UAI:0593279U}${number.slice(-5).padStart(8, '0')}`)
    const slapd = await start({ people })
    const broken = await open(slapd).check()
    expect(line(broken, 'number-form student-number')).toMatchObject({
      level: 'wrong',
      detail: expect.stringContaining('« {UAI:0593279U}99999999 »'),
    })
    expect(line(broken, 'identification student-number')?.level).toBe('wrong')
    const setting = settingOf(broken, 'number-form student-number')
    expect(setting).toEqual({
      numbers: { 'student-number': { widths: [8], prefixes: ['{UAI:0593279U}'] } },
    })
    const directory = open(slapd, setting)
    const cured = await directory.check()
    expect(line(cured, 'number-form student-number')).toBeUndefined()
    expect(line(cured, 'lookup student-number')).toBeUndefined()
    expect(line(cured, 'identification student-number')?.level).toBe('good')
    for (const typed of ['04587', '4587', '00004587']) expect(await finds(directory, typed), typed).toBe(1)
  })

  it('counts the one number of 604 that has a leading zero, and its remedy finds that person', async () => {
    const many = Array.from(
      { length: 604 },
      (_, index): WorldPerson => ({
        population: 'student',
        uid: `s${index}`,
        firstName: 'Léa',
        familyName: 'Tran',
        born: '2004-05-06',
        studentNumber: index === 600 ? '00204518' : String(22_000_000 + index),
        addresses: [`s${index}@univ.example`],
        privateAddresses: [],
      }),
    )
    const slapd = await start({
      people: [...many, ...worldPeople(0).filter(({ population }) => population !== 'student')],
    })
    // The privileged person of this world is a student.
    const broken = await open(slapd, { privilegedGroups: [] }).check()
    expect(line(broken, 'number-form student-number')).toMatchObject({
      level: 'warning',
      detail: expect.stringMatching(/^1 of 604 values/),
    })
    const setting = settingOf(broken, 'number-form student-number')
    expect(setting).toEqual({ numbers: { 'student-number': { widths: [8] } } })
    const directory = open(slapd, { ...setting, privilegedGroups: [] })
    expect(line(await directory.check(), 'number-form student-number')).toBeUndefined()
    expect(await finds(directory, '204518')).toBe(1)
  })

  it('counts UIDs with characters that the form refuses', async () => {
    const slapd = await start()
    await slapd.asRoot(client =>
      client.add(`uid=m:durand,${bases.external}`, {
        objectClass: ['inetOrgPerson', 'supannPerson'],
        uid: 'm:durand',
        cn: 'Marie Durand',
        sn: 'Durand',
      }),
    )
    const findings = await open(slapd).check()
    expect(line(findings, 'number-characters uid')).toMatchObject({
      level: 'warning',
      detail: expect.stringMatching(/^1 of \d+ values of uid .*« a:aaaaaa »/),
    })
  })

  it('counts numbers that several people have', async () => {
    const people = withNumbers((number, index) => (index % 9 === 0 ? '777' : number))
    const findings = await open(await start({ people })).check()
    expect(line(findings, 'number-twice student-number')).toMatchObject({
      level: 'warning',
      detail: expect.stringMatching(/^\d values of supannEtuId are in several entries/),
    })
  })

  it('warns about a card whose number nobody has', async () => {
    const findings = await open(await start(), {
      numbers: { 'staff-number': { attribute: 'employeeNumber' } },
    }).check()
    expect(line(findings, 'no-number staff-number')?.level).toBe('warning')
  })

  it('finds a number that may be read and not searched, by the search of a journey', async () => {
    const portal = `dn.exact="cn=portal,ou=services,${suffix}"`
    const access = (rules: readonly string[]) => [
      `to dn.subtree="${suffix}" attrs=supannEmpId by ${portal} =rd by * none`,
      ...rules,
    ]
    const findings = await open(await start({ access })).check()
    expect(line(findings, 'lookup staff-number')?.level).toBe('wrong')
    expect(line(findings, 'lookup student-number')).toBeUndefined()
  })

  it('warns about one dead server of two, and names it', async () => {
    const slapd = await start()
    const dead = 'ldaps://127.0.0.1:1'
    const findings = await open(slapd, { urls: [slapd.urls.ldaps, dead] }).check()
    expect(line(findings, 'connection')?.level).toBe('good')
    expect(line(findings, `server ${dead}`)?.level).toBe('warning')
  })

  it('goes no further when no server answers', async () => {
    const findings = await open(await start(), { urls: ['ldaps://127.0.0.1:1'] }).check()
    expect(findings.map(({ level, what }) => [level, what])).toEqual([['wrong', 'connection']])
  })
})
