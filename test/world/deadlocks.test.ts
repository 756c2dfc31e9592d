import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { findDeadlocks } from './deadlocks.ts'
import { newStore, storeFlavours } from './stores.ts'

it.skipIf(!storeFlavours[1].available)('a deadlock on PostgreSQL is found with its statements', async () => {
  const { store, forget } = await newStore('PostgreSQL')
  expect(await findDeadlocks(store)).toEqual([])
  const locks = ['first', 'second'] as const
  let holders = 0
  let release = () => {}
  const bothHold = new Promise<void>(resolve => {
    release = resolve
  })
  const inOrder = (order: readonly ('first' | 'second')[]) =>
    store.transaction(async tx => {
      const [own, other] = order
      await sql`select pg_advisory_xact_lock(hashtext(${own}))`.execute(tx)
      holders += 1
      if (holders === 2) release()
      await bothHold
      await sql`select pg_advisory_xact_lock(hashtext(${other}))`.execute(tx)
    })
  await Promise.allSettled([inOrder(locks), inOrder([...locks].reverse())])
  const found = await findDeadlocks(store)
  expect(found).toHaveLength(1)
  expect(found[0]).toContain('pg_advisory_xact_lock')
  await forget()
})
