import { afterEach, beforeEach, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore } from '../../test/world/stores.ts'
import { systemClock } from '../clock.ts'
import { openDoors } from './doors.ts'
import { wholeDoor } from './whole.ts'

let opened: Awaited<ReturnType<typeof newStore>>
beforeEach(async () => {
  opened = await newStore()
})
afterEach(() => opened.forget())

it('two processes together let no more in a second than one may, but for what they have not told yet', async () => {
  const clock = movableClock()
  const parts = { store: opened.store, doors: openDoors(opened.store, clock), clock, limit: 50 }
  const [one, two] = [wholeDoor(parts), wholeDoor(parts)]
  const passed = [1, 2].map(() => 0)
  for (let round = 0; round < 4; round += 1) {
    for (let sent = 0; sent < 20; sent += 1) {
      if (one.admits()) passed[0] = (passed[0] ?? 0) + 1
      if (two.admits()) passed[1] = (passed[1] ?? 0) + 1
    }
    await systemClock.sleep(130)
  }
  const all = (passed[0] ?? 0) + (passed[1] ?? 0)
  expect(all).toBeGreaterThanOrEqual(50)
  expect(all).toBeLessThanOrEqual(100)
  expect(one.admits()).toBe(false)
  clock.forward(1500)
  expect(one.admits()).toBe(true)
  await one.close()
  await two.close()
})
