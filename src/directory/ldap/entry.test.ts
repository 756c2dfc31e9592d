import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { parseBirthDate, sameBirthDate } from '../birth-date.ts'
import type { Directory, Person } from '../directory.ts'
import { openLdapDirectory } from './ldap.ts'

const today = new Date('2026-11-24T10:00:00Z')

describe.runIf(process.env.CI === 'true' || hasSlapd())('an entry of a directory', () => {
  let slapd: Slapd
  let directory: Directory
  const open: Directory[] = []
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(50) })
    directory = openLdapDirectory(slapd.settings())
    open.push(directory)
  })
  afterAll(async () => {
    for (const one of open) await one.close()
    await slapd?.stop()
  })

  let count = 0
  type Values = Readonly<Record<string, string | string[]>>
  const personWith = async (values: Values, rdn?: string, source = directory): Promise<Person> => {
    count += 1
    const supannEmpId = String(880_000 + count)
    const uid = `entry${count}`
    await slapd.asRoot(client =>
      client.add(`${rdn ?? `uid=${uid}`},${bases.staff}`, {
        objectClass: ['inetOrgPerson', 'supannPerson'],
        uid,
        cn: uid,
        sn: uid,
        supannEmpId,
        ...values,
      }),
    )
    const found = await source.find('staff-number', supannEmpId)
    const person = found.ok ? found.people[0] : undefined
    if (!person) throw new Error(`${uid} is nobody`)
    return person
  }

  describe('with a birth date of which a part is not known', () => {
    const formats = {
      'YYYY-MM-DD': [['1971'], ['1971-05', '1971-05-00'], '1971-05-14', ['1971-00-00']],
      YYYYMMDD: [['1971'], ['197105', '19710500'], '19710514', ['19710000']],
      YYYYMMDDhhmmssZ: [['1971'], ['197105', '19710500000000Z'], '19710514000000Z', ['19710000000000Z']],
      'DD/MM/YYYY': [['1971'], ['05/1971', '00/05/1971'], '14/05/1971', ['00/00/1971']],
    } as const
    const values = Object.entries(formats).flatMap(([format, [years, months, full, zeros]]) => [
      ...[...years, ...zeros].map(value => [format, value, '00/00/1971'] as const),
      ...months.map(value => [format, value, '00/05/1971'] as const),
      [format, full, '14/05/1971'] as const,
    ])
    it.each(values)(
      'in the format %s: « %s » matches what is typed as %s, and nothing else',
      async (...row) => {
        const [format, value, right] = row
        const source = openLdapDirectory(
          slapd.settings({
            birthDateFormat: format as keyof typeof formats,
          }),
        )
        open.push(source)
        const { birthDate } = await personWith({ supannOIDCDateDeNaissance: value }, undefined, source)
        const matches = ['00/00/1971', '00/05/1971', '14/05/1971', '01/01/1971', '00/00/1972'].filter(
          typed => {
            const parsed = parseBirthDate(typed, today)
            return parsed.ok && birthDate && sameBirthDate(parsed.date, birthDate)
          },
        )
        expect(matches).toEqual([right])
      },
    )

    it('in the attribute of SupAnn, by its year alone', async () => {
      const { birthDate } = await personWith({ supannOIDCDateDeNaissance: '1971' })
      expect(birthDate).toEqual({ year: 1971, month: 0, day: 0 })
    })
  })

  describe('with addresses', () => {
    it.each([
      ['a@maison.example, b@maison.example', ['a@maison.example', 'b@maison.example']],
      ['a@maison.example;b@maison.example', ['a@maison.example', 'b@maison.example']],
      ['a@maison.example b@maison.example', ['a@maison.example', 'b@maison.example']],
      ['mailto:A@maison.example', ['a@maison.example']],
      ['{PERSO} mailto:a@maison.example', ['a@maison.example']],
      ['{PERSO}a@maison.example {PRO}b@maison.example', ['a@maison.example', 'b@maison.example']],
      ['Camille <a@maison.example>', ['a@maison.example']],
      ['a@xn--exmple-cua.fr', ['a@exämple.fr']],
    ])('in the value « %s » has each of them', async (value, addresses) => {
      expect((await personWith({ supannMailPrive: value })).addresses).toEqual(addresses)
    })

    it('of one domain in Unicode and in ASCII, has the address once', async () => {
      const values = ['a@exämple.fr', 'a@xn--exmple-cua.fr', 'mailto:a@exämple.fr']
      expect((await personWith({ supannMailPrive: values })).addresses).toEqual(['a@exämple.fr'])
    })
  })

  describe('whose names exist only with a language', () => {
    it('has the French ones first', async () => {
      const { firstNames, displayName } = await personWith({
        'givenName;lang-en': 'Helen',
        'givenName;lang-fr': 'Hélène',
        'displayName;lang-en': 'Helen Roy',
        'displayName;lang-fr': 'Hélène Roy',
      })
      expect([firstNames, displayName]).toEqual([['Hélène', 'Helen'], 'Hélène Roy'])
    })

    it('has those without a language alone, where they exist', async () => {
      const { firstNames } = await personWith({ givenName: 'Hélène', 'givenName;lang-en': 'Helen' })
      expect(firstNames).toEqual(['Hélène'])
    })
  })

  describe('with several logins has the one of its RDN', () => {
    it.each([
      ['with a comma as its code', String.raw`uid=aa\2Cbb`, { uid: ['other1', 'aa,bb'] }, 'aa,bb'],
      ['with a comma behind a backslash', String.raw`uid=cc\,dd`, { uid: ['other2', 'cc,dd'] }, 'cc,dd'],
      ['of two values', 'uid=ee+cn=ff', { uid: ['other3', 'ee'], cn: ['ff', 'gg'] }, 'ee'],
      ['of two values, the login last', 'cn=hh+uid=ii', { uid: ['other4', 'ii'], cn: ['hh'] }, 'ii'],
      ['in other letters', 'UID=JJ', { uid: ['other5', 'jj'] }, 'jj'],
    ])('%s', async (_, rdn, values, login) => {
      expect((await personWith(values, rdn)).login.toLowerCase()).toBe(login)
    })
  })
})
