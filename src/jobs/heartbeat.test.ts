import { expect, it } from 'vitest'
import { createHeartbeat } from './heartbeat.ts'

const answering = (cause: string | null) => async () => cause

it('is ready when each part answered recently, and not when the answers are old', async () => {
  let now = 0
  const { runChecks, health } = createHeartbeat({ store: answering(null), mail: answering(null) }, () => now)
  expect(health()).toEqual({ ready: false, age: null, parts: {}, durations: {} })
  await runChecks()
  now = 4000
  expect(health()).toMatchObject({ ready: true, age: 4, parts: { store: true, mail: true } })
  now = 60_000
  expect(health()).toMatchObject({ ready: false, age: 60 })
})

it.each([
  ['says why it is down', answering('The mail server refuses.')],
  ['throws', () => Promise.reject(new Error('gone'))],
])('a part that %s is down, and the others are not', async (_, mail) => {
  const { runChecks, health } = createHeartbeat({ store: answering(null), mail }, () => 0)
  await runChecks()
  expect(health()).toMatchObject({ ready: false, age: 0, parts: { store: true, mail: false } })
})

it('says how long each part took to answer', async () => {
  let now = 0
  const slow = async () => {
    now += 1250
    return null
  }
  const { runChecks, health } = createHeartbeat({ directory: slow }, () => now)
  await runChecks()
  expect(health().durations).toEqual({ directory: 1.25 })
})

it('a part that never answers delays no round, and is not checked twice at once', async () => {
  let checks = 0
  let answer = (_: string | null) => {}
  const mail = () => {
    checks += 1
    return new Promise<string | null>(resolve => {
      answer = resolve
    })
  }
  const { runChecks, health } = createHeartbeat({ store: answering(null), mail }, () => 0)
  await runChecks()
  await runChecks()
  expect([checks, health().parts]).toEqual([1, { store: true, mail: false }])
  answer(null)
  await new Promise(setImmediate)
  const third = runChecks()
  answer(null)
  await third
  expect([checks, health().ready]).toEqual([2, true])
})

it('says when a part fails, with its cause, and when it is back, once each', async () => {
  let now = 0
  let cause: string | null = null
  const changes: unknown[] = []
  const { runChecks } = createHeartbeat(
    { mail: async () => cause },
    () => now,
    change => changes.push(change),
  )
  await runChecks()
  cause = 'mail.univ.example:587 refuses the connection.'
  for (now = 5000; now < 20_000; now += 5000) await runChecks()
  cause = null
  await runChecks()
  await runChecks()
  expect(changes).toEqual([
    { part: 'mail', cause: 'mail.univ.example:587 refuses the connection.' },
    { part: 'mail', lasted: 15_000 },
  ])
})
