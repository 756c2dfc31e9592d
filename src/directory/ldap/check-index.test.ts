import { afterEach, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { SlapdOptions } from '../../../test/world/slapd-ldif.ts'
import { openLdapDirectory } from './ldap.ts'

describe.runIf(process.env.CI === 'true' || hasSlapd())('sesame check, on the indexes of OpenLDAP', () => {
  let slapd: Slapd | undefined
  afterEach(() => slapd?.stop())
  const indexLines = async (
    options: Partial<SlapdOptions> = {},
    changes: Parameters<Slapd['settings']>[0] = {},
  ) => {
    slapd = await startSlapd({ people: worldPeople(20), ...options })
    const directory = openLdapDirectory(slapd.settings(changes))
    const findings = await directory.check()
    await directory.close()
    return findings.filter(({ what }) => what.startsWith('index'))
  }

  it('finds all that journeys search by', async () => {
    expect(await indexLines()).toMatchObject([{ level: 'good', what: 'index' }])
  })

  it('warns about each attribute without an index for equality, and its remedy is one', async () => {
    const some = 'objectClass,entryUUID,supannEmpId,supannCodeINE eq,pres\nolcDbIndex: supannEtuId pres'
    const [etuId, uid, ...others] = await indexLines({ indexes: some })
    expect(others).toEqual([])
    expect(etuId).toMatchObject({ level: 'warning', what: 'index supannEtuId' })
    expect(uid).toMatchObject({ level: 'warning', what: 'index uid' })
    await slapd?.stop()
    const added = [etuId, uid].map(one => /olcDbIndex: (\w+ eq)/.exec(one?.detail ?? '')?.[1])
    const cured = ['objectClass,entryUUID,supannEmpId,supannCodeINE eq', ...added].join('\nolcDbIndex: ')
    expect(await indexLines({ indexes: cured })).toMatchObject([{ level: 'good' }])
  })

  it('judges each population by the database that holds it, whatever the other databases index', async () => {
    const other = 'o=externes'
    const populations = {
      student: { base: bases.student },
      staff: { base: bases.staff },
      external: { base: other },
    }
    const linesWith = async (indexes: string) => {
      const lines = await indexLines({ secondDatabase: { suffix: other, indexes } }, { populations })
      await slapd?.stop()
      return lines
    }
    // The numbers of students and staff are searched in the first database alone.
    expect(await linesWith('objectClass,uid,entryUUID eq')).toMatchObject([{ level: 'good' }])
    expect(await linesWith('objectClass,entryUUID eq')).toMatchObject([
      { level: 'warning', what: 'index uid', detail: expect.stringContaining(`every entry of ${other}:`) },
    ])
  })

  it('and a population above several databases by all of them', async () => {
    const above = suffix.replace(/^[^,]*,/, '')
    const populations = {
      student: { base: bases.student },
      staff: { base: bases.staff },
      external: { base: above },
    }
    const numbers = { uid: { attribute: 'employeeNumber' } }
    const second = { suffix: above, indexes: 'objectClass,uid,entryUUID,employeeNumber eq' }
    expect(await indexLines({ secondDatabase: second }, { populations, numbers })).toMatchObject([
      { what: 'index employeeNumber', detail: expect.stringContaining(`every entry of ${suffix}:`) },
    ])
  })

  it('says that the server does not show them', async () => {
    expect(await indexLines({ hidesIndexes: true })).toMatchObject([
      {
        level: 'untried',
        what: 'index-unknown',
        detail: expect.stringContaining('supannEtuId,supannCodeINE,supannEmpId,uid,entryUUID'),
      },
    ])
  })
})
