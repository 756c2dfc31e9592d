import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { startRefusingProxy } from '../../../test/world/refusing-proxy.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { Directory, NumberKind, PersonId, Population } from '../directory.ts'
import { openLdapDirectory } from './ldap.ts'

const available = process.env.CI === 'true' || hasSlapd()

/** Camille's. */
const [staffNumber, studentNumber, login] = ['204518', '55500001', 'clefevre']
const nobody = '999999'
/** One base for all, written in two ways. The default filter finds everybody. */
const oneBase = {
  student: { base: suffix, filter: '(supannEtuId=*)' },
  staff: { base: 'DC=univ, dc=example', filter: '(supannEmpId=*)' },
  external: { base: suffix },
}
const add = (type: string, value: string) =>
  new Change({ operation: 'add', modification: new Attribute({ type, values: [value] }) })

describe.runIf(available)('the populations of a person, on OpenLDAP', () => {
  let slapd: Slapd
  const open: Directory[] = []
  /** Each is a host of its own, which remembers nothing. */
  const openWith = (...[changes, use]: [Parameters<Slapd['settings']>[0], { everyPopulation: boolean }?]) => {
    const made = openLdapDirectory(slapd.settings(changes), Date.now, use)
    open.push(made)
    return made
  }
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(20) })
    await slapd.asRoot(client =>
      client.modify(`uid=${login},${bases.staff}`, add('supannEtuId', studentNumber)),
    )
  })
  afterAll(async () => {
    for (const one of open) await one.close()
    await slapd?.stop()
  })

  const foundBy = async (directory: Directory, kind: NumberKind, number: string) => {
    const found = await directory.find(kind, number)
    const person = found.ok ? found.people[0] : undefined
    if (!person) throw new Error(`${number} is nobody`)
    return person
  }
  const sorted = (populations: readonly Population[] | undefined) => populations?.toSorted()
  const all = ['external', 'staff', 'student']

  it.each([
    ['student-number', studentNumber],
    ['staff-number', staffNumber],
    ['uid', login],
  ] as const)('are all those whose base and filter hold the entry, found by %s', async (kind, number) => {
    const directory = openWith({ populations: oneBase })
    const { id, populations } = await foundBy(directory, kind, number)
    expect(sorted(populations)).toEqual(all)
    for (const host of [directory, openWith({ populations: oneBase })]) {
      const read = await host.read(id)
      expect(read.ok && sorted(read.person?.populations)).toEqual(all)
    }
  })

  it('are all of them when the login is typed at the sign-in', async () => {
    const found = await openWith({ populations: oneBase }).findLogin(login)
    expect(found.ok && sorted(found.person?.populations)).toEqual(all)
  })

  it('are the own one alone where each has its base', async () => {
    expect((await foundBy(openWith({}), 'staff-number', staffNumber)).populations).toEqual(['staff'])
  })

  it('are every one that shares a base and a filter', async () => {
    const scope = { base: suffix, filter: '(objectClass=supannPerson)' }
    const shared = { student: scope, staff: { ...scope, base: 'DC=univ, dc=example' }, external: scope }
    for (const everyPopulation of [true, false]) {
      const directory = openWith({ populations: shared }, { everyPopulation })
      expect(sorted((await foundBy(directory, 'uid', login)).populations)).toEqual(all)
    }
  })

  it('are counted where an answer is full, and one more entry may be missing in it', async () => {
    const filter = '(objectClass=supannPerson)'
    const populations = {
      ...oneBase,
      staff: { base: bases.staff, filter },
      student: { base: suffix, filter },
    }
    // A number that everybody has.
    const attribute = { attribute: 'objectClass', population: 'external' as const }
    const directory = openWith({ populations, numbers: { uid: attribute } })
    const found = await directory.find('uid', 'supannperson')
    expect(found.ok && found.people.map(one => sorted(one.populations))).toEqual([all, all])
  })

  it('find nobody by a number of another population', async () => {
    const found = await openWith({}).find('student-number', studentNumber)
    expect(found).toEqual({ ok: true, people: [] })
  })

  it('begin with that of the typed number, as the settings say', () => {
    const directory = openWith({ numbers: { uid: { attribute: 'uid', population: 'staff' } } })
    expect([directory.populationOf('uid'), directory.populationOf('ine')]).toEqual(['staff', 'student'])
  })

  describe('cost', () => {
    const counting = async (everyPopulation: boolean) => {
      const proxy = await startRefusingProxy(slapd.urls.ldap, { requests: [], code: 0 })
      const directory = openWith({ urls: [proxy.url], populations: oneBase }, { everyPopulation })
      await directory.find('staff-number', nobody)
      const searchesOf = async (work: () => Promise<unknown>) => {
        const before = proxy.searches()
        await work()
        return proxy.searches() - before
      }
      return { directory, searchesOf, stop: () => proxy.stop() }
    }

    it.each([
      { everyPopulation: true, searches: 3 },
      { everyPopulation: false, searches: 1 },
    ])('$searches searches for known and unknown numbers, $everyPopulation', async one => {
      const { directory, searchesOf, stop } = await counting(one.everyPopulation)
      for (const number of [staffNumber, nobody])
        expect(await searchesOf(() => directory.find('staff-number', number))).toBe(one.searches)
      const { id } = await foundBy(directory, 'staff-number', staffNumber)
      expect(await searchesOf(() => directory.read(id))).toBe(one.searches)
      expect(await searchesOf(() => directory.read('nobody' as PersonId))).toBe(3)
      stop()
    })
  })
})
