import { afterEach, describe, expect, it } from 'vitest'
import { worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { openLdapDirectory } from './ldap.ts'

describe.runIf(process.env.CI === 'true' || hasSlapd())('sesame check, on birth dates of OpenLDAP', () => {
  let slapd: Slapd | undefined
  afterEach(() => slapd?.stop())
  /** Everybody of one population has this date. */
  const check = async (born: string) => {
    const people = worldPeople(60).map(person =>
      person.population === 'external' ? { ...person, born } : person,
    )
    slapd = await startSlapd({ people })
    const directory = openLdapDirectory(slapd.settings())
    const findings = await directory.check()
    await directory.close()
    return (what: string) => findings.find(one => one.what === what)
  }

  it.each(['0000-00-00', '1980-13-01', '1980-02-30', '1899-12-31', '2999-01-01'])(
    '`birth-date-impossible` counts %s, which nobody can type',
    async born => {
      const line = await check(born)
      expect(line('birth-date-impossible external')).toMatchObject({
        level: 'wrong',
        detail: expect.stringMatching(/^(\d+) of \1 people have a supannOIDCDateDeNaissance that is no date/),
      })
      expect(line('identification uid')?.level).toBe('wrong')
      expect(line('birth-date-form external')).toBeUndefined()
    },
  )

  it.each(['1971-00-00', '1971-05-00', '1971', '1971-05', '2000-02-29'])('and not %s', async born => {
    const line = await check(born)
    expect(line('birth-date-impossible external')).toBeUndefined()
    expect(line('identification uid')?.level).toBe('good')
  })
})
