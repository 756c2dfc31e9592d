import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { minutes } from '../clock.ts'
import type { Tx } from '../store/store.ts'
import type { Audit } from './audit.ts'
import { auditWith } from './chain.ts'
import { chainHeads } from './heads.ts'
import { verifyAudit } from './verify.ts'

const key = Buffer.alloc(32, 7)

describe.each(storeFlavours.filter(({ available }) => available))('the audit on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let audit: Audit
  const clock = movableClock()
  beforeEach(async () => {
    opened = await newStore(flavour)
    audit = auditWith(key, clock)
  })
  afterEach(() => opened.forget())

  const tell = (chain: string, count = 1) =>
    Array.from({ length: count }, (_, index) =>
      opened.store.transaction(tx =>
        audit.append(tx, { chain, kind: 'joker.wrong', by: { kind: 'anonymous' }, details: { index } }),
      ),
    )
  const verify = () => verifyAudit(opened.store, key)
  const change = (work: (tx: Tx) => Promise<unknown>) => opened.store.transaction(work)
  const brokenAfter = async (work: (tx: Tx) => Promise<unknown>) => {
    await Promise.all([...tell('a', 5), ...tell('b', 2)])
    await change(work)
    return (await verify()).broken
  }

  it('never forks, however many write one chain at once', async () => {
    await Promise.all([...tell('a', 60), ...tell('b', 60)])
    expect(await verify()).toEqual({ chains: 2, events: 120, broken: [] })
    const last = await opened.store.read.selectFrom('audit_heads').select('sequence').execute()
    expect(last).toEqual([{ sequence: 60 }, { sequence: 60 }])
  })

  it('exists exactly when what it tells was committed', async () => {
    const failing = change(async tx => {
      await audit.append(tx, { chain: 'a', kind: 'joker.right', by: { kind: 'system' } })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect((await verify()).events).toBe(0)
  })

  it('names an event that was altered', async () => {
    const broken = await brokenAfter(tx =>
      tx
        .updateTable('audit_events')
        .set({ actor: 'system' })
        .where('chain', '=', 'a')
        .where('sequence', '=', 3)
        .execute(),
    )
    expect(broken).toEqual([{ chain: 'a', sequence: 3, why: 'the event was altered, moved or inserted' }])
  })

  it('names an event that was removed', async () => {
    const broken = await brokenAfter(tx =>
      tx.deleteFrom('audit_events').where('chain', '=', 'a').where('sequence', '=', 2).execute(),
    )
    expect(broken).toEqual([{ chain: 'a', sequence: 2, why: 'an event is missing' }])
  })

  it('names the first events when they were removed', async () => {
    const broken = await brokenAfter(tx =>
      tx.deleteFrom('audit_events').where('chain', '=', 'a').where('sequence', '<', 3).execute(),
    )
    expect(broken[0]).toMatchObject({ chain: 'a' })
  })

  it('names the tail when it was cut', async () => {
    const broken = await brokenAfter(tx =>
      tx.deleteFrom('audit_events').where('chain', '=', 'a').where('sequence', '>', 3).execute(),
    )
    expect(broken).toEqual([{ chain: 'a', sequence: 4, why: 'the last events are missing' }])
  })

  it('names details that were altered', async () => {
    const broken = await brokenAfter(tx =>
      tx
        .updateTable('audit_details')
        .set({ body: '{"index":9}' })
        .where('chain', '=', 'a')
        .where('sequence', '=', 1)
        .execute(),
    )
    expect(broken).toEqual([{ chain: 'a', sequence: 1, why: 'its details were altered' }])
  })

  it('names an event that somebody without the key inserted', async () => {
    const broken = await brokenAfter(async tx => {
      const forged = auditWith(Buffer.alloc(32, 8), clock)
      await forged.append(tx, { chain: 'a', kind: 'joker.right', by: { kind: 'anonymous' } })
    })
    expect(broken).toEqual([{ chain: 'a', sequence: 6, why: 'the event was altered, moved or inserted' }])
  })

  it('notices a chain that was erased whole, or cut back with its head, once the minute recorded it', async () => {
    await Promise.all([...tell('a', 3), ...tell('b', 2)])
    await chainHeads({ store: opened.store, audit, clock })
    clock.forward(minutes(2))
    await change(async tx => {
      for (const table of ['audit_events', 'audit_details', 'audit_heads'] as const)
        await tx.deleteFrom(table).where('chain', '=', 'a').execute()
    })
    expect((await verify()).broken).toMatchObject([{ chain: 'a', sequence: 3 }])
  })

  it('records the heads once a minute, whoever runs the job', async () => {
    await Promise.all(tell('a', 3))
    for (let run = 0; run < 4; run += 1) await chainHeads({ store: opened.store, audit, clock })
    const told = () =>
      opened.store.read.selectFrom('audit_events').select('kind').where('chain', '=', 'system').execute()
    expect(await told()).toHaveLength(1)
    clock.forward(minutes(2))
    await Promise.all(tell('a', 1))
    await chainHeads({ store: opened.store, audit, clock })
    expect(await told()).toHaveLength(2)
  })
})
