import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { minutes } from '../clock.ts'
import { type Doors, openDoors } from './doors.ts'

const door = { name: 'identification', window: minutes(10) }

describe.each(storeFlavours.filter(({ available }) => available))('doors on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let doors: Doors
  const clock = movableClock()
  beforeEach(async () => {
    opened = await newStore(flavour)
    doors = openDoors(opened.store, clock)
  })
  afterEach(() => opened.forget())
  const pass = (key = 'n') => opened.store.transaction(tx => doors.pass(tx, door, key))

  it('count everybody who passes, together', async () => {
    const told = await Promise.all(Array.from({ length: 24 }, () => pass()))
    expect([...told].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1))
    expect(await doors.seen(door, 'n')).toBe(24)
  })

  it('count each network apart', async () => {
    await pass('a')
    expect(await pass('b')).toBe(1)
  })

  it('forget one tenth of the window at a time: a burst at its edge does not pass twice', async () => {
    for (let passed = 0; passed < 6; passed += 1) await pass()
    clock.forward(minutes(8))
    expect(await pass()).toBe(7)
    clock.forward(minutes(3))
    expect(await pass()).toBe(2)
  })

  it('admit as many as there is room for, side by side, over several limits and at the edge of a bucket', async () => {
    const wide = { name: 'wide', window: minutes(10) }
    const admit = (key: string) => {
      // Each is a second later than the one before: they fall into several buckets of the window.
      clock.forward(1000)
      return opened.store.transaction(tx =>
        doors.admit(tx, [
          { door: wide, key: 'whole', limit: 12, reason: 'whole' },
          { door, key, limit: 8, reason: 'one' },
        ]),
      )
    }
    const reasons = await Promise.all(
      Array.from({ length: 120 }, (_, index) => admit(index % 2 === 0 ? 'a' : 'b')),
    )
    expect(reasons.filter(reason => reason === null)).toHaveLength(12)
    expect(await doors.seen(wide, 'whole')).toBe(12)
    expect((await doors.seen(door, 'a')) + (await doors.seen(door, 'b'))).toBe(12)
  })

  it('do not count what they refuse: whoever goes on asking is admitted when the window is over', async () => {
    const request = () =>
      opened.store.transaction(tx => doors.admit(tx, [{ door, key: 'n', limit: 2, reason: 'full' }]))
    expect([await request(), await request()]).toEqual([null, null])
    for (let minute = 0; minute < 12; minute += 1) {
      if (minute < 9) expect(await request()).toBe('full')
      clock.forward(minutes(1))
    }
    expect(await request()).toBe(null)
  })

  it('tell when there is room again, to the millisecond', async () => {
    expect(await doors.opensAt(door, 'n', 2)).toBeLessThanOrEqual(clock.now())
    for (let passed = 0; passed < 3; passed += 1) {
      await pass()
      clock.forward(minutes(3))
    }
    for (const limit of [1, 2, 3]) {
      const opensAt = await doors.opensAt(door, 'n', limit)
      const later = (at: number) => ({ ...clock, now: () => at })
      const seenAt = (at: number) => openDoors(opened.store, later(at)).seen(door, 'n')
      expect(await seenAt(opensAt - 1)).toBeGreaterThanOrEqual(limit)
      expect(await seenAt(opensAt)).toBeLessThan(limit)
    }
  })

  it('a look does not pass', async () => {
    await doors.seen(door, 'n')
    expect(await pass()).toBe(1)
  })
})
