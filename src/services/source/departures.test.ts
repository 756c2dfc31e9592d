import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../../test/world/stores.ts'
import { createAudit } from '../../audit/chain.ts'
import { days } from '../../clock.ts'
import type { Directory, Person, PersonId } from '../../directory/directory.ts'
import { createDepartures } from './departures.ts'
import { newPerson } from './person-lock.ts'

const kept = days(365)

describe.each(storeFlavours.filter(({ available }) => available))('departures on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  const clock = movableClock()
  const entries = new Set<string>()
  let answers = true
  /** About whom the directory gives an error, as for an id that two entries have. */
  const faulty = new Set<string>()
  const doubts: number[] = []
  const erased: string[] = []

  const directory: { read: Directory['read'] } = {
    read: async id =>
      answers && !faulty.has(id)
        ? { ok: true, person: entries.has(id) ? ({ id } as Person) : null }
        : { ok: false, reason: 'directory-unavailable' },
  }

  beforeAll(async () => {
    opened = await newStore(flavour)
  })
  afterAll(() => opened?.forget())

  /** Lets a day pass and looks for everybody. */
  const nextDay = async (count = 1) => {
    const departures = createDepartures({
      store: opened.store,
      clock,
      limits: { departedKept: kept },
      directory,
      audit: createAudit(() => Buffer.alloc(32), clock),
      reportDoubt: missing => void doubts.push(missing),
      erase: async (tx, person) => {
        erased.push(person)
        await tx.deleteFrom('people').where('person', '=', person).execute()
      },
    })
    for (let day = 0; day < count; day += 1) {
      clock.forward(days(1) + 1)
      while ((await departures.run()) > 0);
    }
  }

  const arrive = (...people: string[]) =>
    opened.store.transaction(async tx => {
      for (const person of people) {
        entries.add(person)
        await tx
          .insertInto('people')
          .values(newPerson(person as PersonId))
          .execute()
      }
    })
  const left = async () => (await opened.store.read.selectFrom('people').select('person').execute()).length

  it('erase a person a year after the entry was first missed, once, and record it', async () => {
    await arrive('camille', 'yanis', 'zoe')
    entries.delete('yanis')
    await nextDay(365)
    expect(erased).toEqual([])
    await nextDay(2)
    expect(erased).toEqual(['yanis'])
    expect(await left()).toBe(2)
    const recorded = opened.store.read.selectFrom('audit_events').select('kind').where('chain', '=', 'yanis')
    expect(await recorded.execute()).toEqual([{ kind: 'account.erased' }])
  })

  it('begin anew when the entry was there meanwhile', async () => {
    await arrive('lea')
    entries.delete('lea')
    await nextDay(300)
    entries.add('lea')
    await nextDay()
    entries.delete('lea')
    await nextDay(300)
    expect(erased).toEqual(['yanis'])
    await nextDay(67)
    expect(erased).toEqual(['yanis', 'lea'])
  })

  it('are believed of nobody while the directory finds nobody, or does not answer', async () => {
    const before = [...entries]
    entries.clear()
    await nextDay(400)
    for (const person of before) entries.add(person)
    answers = false
    await nextDay(10)
    answers = true
    await nextDay(2)
    expect(erased).toEqual(['yanis', 'lea'])
    expect(await left()).toBe(2)
  })

  it('are noticed one by one, also when everybody looked for in a round has left', async () => {
    entries.delete('zoe')
    await nextDay(367)
    expect(erased).toEqual(['yanis', 'lea', 'zoe'])
    expect(await left()).toBe(1)
  })

  it('go on when the directory has a fault about one id', async () => {
    await arrive('twins', 'omar', 'nora')
    faulty.add('twins')
    entries.delete('omar')
    await nextDay(367)
    expect(erased).toEqual(['yanis', 'lea', 'zoe', 'omar'])
    faulty.clear()
  })

  it('are doubted and reported when half of the people are gone at once', async () => {
    const many = Array.from({ length: 20 }, (_, index) => `student ${index}`)
    await arrive(...many)
    await nextDay()
    for (const person of many) entries.delete(person)
    await nextDay(3)
    expect(doubts).toEqual([20, 20, 20])
    for (const person of many) entries.add(person)
    await nextDay(400)
    expect(erased).toHaveLength(4)
  })

  it('spare an entry that comes back at the last moment', async () => {
    entries.delete('nora')
    await nextDay(364)
    const before = erased.length
    // The round still finds her missing; the reading just before the erasure does not.
    let asked = 0
    const { read } = directory
    directory.read = async id => {
      if (id === 'nora') asked += 1
      return id === 'nora' && asked % 2 === 0 ? { ok: true, person: { id } as Person } : read(id)
    }
    await nextDay(3)
    expect(asked).toBeGreaterThan(1)
    expect(erased).toHaveLength(before)
    directory.read = read
  })
})
