import { expect, it } from 'vitest'
import { createHeartbeat } from './heartbeat.ts'

const answering = (answer: boolean) => async () => answer

it('is ready when each part answered recently, and not when the answers are old', async () => {
  let now = 0
  const { runChecks, health } = createHeartbeat({ store: answering(true), mail: answering(true) }, () => now)
  expect(health()).toEqual({ ready: false, age: null, parts: {} })
  await runChecks()
  now = 4000
  expect(health()).toEqual({ ready: true, age: 4, parts: { store: true, mail: true } })
  now = 60_000
  expect(health()).toMatchObject({ ready: false, age: 60 })
})

it.each([
  ['answers no', answering(false)],
  ['throws', () => Promise.reject(new Error('gone'))],
])('a part that %s is down, and the others are not', async (_, mail) => {
  const { runChecks, health } = createHeartbeat({ store: answering(true), mail }, () => 0)
  await runChecks()
  expect(health()).toEqual({ ready: false, age: 0, parts: { store: true, mail: false } })
})

it('a part that never answers delays no round, and is not checked twice at once', async () => {
  let checks = 0
  let answer = (_: boolean) => {}
  const mail = () => {
    checks += 1
    return new Promise<boolean>(resolve => {
      answer = resolve
    })
  }
  const { runChecks, health } = createHeartbeat({ store: answering(true), mail }, () => 0)
  await runChecks()
  await runChecks()
  expect([checks, health().parts]).toEqual([1, { store: true, mail: false }])
  answer(true)
  await new Promise(setImmediate)
  const third = runChecks()
  answer(true)
  await third
  expect([checks, health().ready]).toEqual([2, true])
})
