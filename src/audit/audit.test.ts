import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { minutes } from '../clock.ts'
import { keysFrom } from '../crypto/keys.ts'
import { defaultLimits } from '../limits/limits.ts'
import { beforeCommit } from '../store/before-commit.ts'
import type { Tx } from '../store/store.ts'
import type { Audit } from './audit.ts'
import { createAudit, writeEvents } from './chain.ts'
import { sealAuditHeads } from './heads.ts'
import { eventsOf } from './subject-events.ts'
import { verifyAudit } from './verify.ts'

const keys = keysFrom(Buffer.alloc(32, 7))

const rollBack = async () => {
  throw new Error('rolled back')
}

describe.each(storeFlavours.filter(({ available }) => available))('the audit on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let audit: Audit
  const clock = movableClock()
  beforeEach(async () => {
    opened = await newStore(flavour)
    audit = createAudit(() => keys.of('audit'), clock)
  })
  afterEach(() => opened.forget())

  const appendEvents = (chain: string, count = 1) =>
    Array.from({ length: count }, (_, index) =>
      opened.store.transaction(tx =>
        audit.append(tx, { chain, kind: 'joker.set', by: { kind: 'system' }, details: { index } }),
      ),
    )
  const verify = () => verifyAudit({ store: opened.store, keys, clock, limits: defaultLimits })
  const seal = () => sealAuditHeads({ store: opened.store, keys, clock, report: () => {} })
  const change = (work: (tx: Tx) => Promise<unknown>) => opened.store.transaction(work)
  const brokenAfter = async (work: (tx: Tx) => Promise<unknown>) => {
    await Promise.all([...appendEvents('a', 5), ...appendEvents('b', 2)])
    await change(work)
    return (await verify()).broken
  }

  it('never forks, however many transactions write one chain concurrently', async () => {
    await Promise.all([...appendEvents('a', 60), ...appendEvents('b', 60)])
    expect(await verify()).toEqual({ chains: 2, events: 120, broken: [] })
    const last = await opened.store.read.selectFrom('audit_heads').select('sequence').execute()
    expect(last).toEqual([{ sequence: 60 }, { sequence: 60 }])
  })

  it('continues from the stored head when another process moved it, or when its own last event was rolled back', async () => {
    const other = createAudit(() => keys.of('audit'), clock)
    const write = (by: Audit, fails = false) =>
      change(async tx => {
        await by.append(tx, { chain: 'a', kind: 'joker.set', by: { kind: 'system' } })
        // The events are written before the rollback, and the head that they give is remembered.
        if (fails) beforeCommit(tx, rollBack, null)
      }).catch(() => {})
    for (const by of [audit, other, other, audit]) await write(by)
    await write(audit, true)
    for (const by of [audit, other]) await write(by)
    expect(await verify()).toEqual({ chains: 1, events: 6, broken: [] })
  })

  it('keeps an event exactly when its transaction is committed', async () => {
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
        .set({ actor: 'anonymous' })
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

  it('names an event that was inserted without the key', async () => {
    const broken = await brokenAfter(async tx => {
      const forged = createAudit(() => Buffer.alloc(32, 8), clock)
      await forged.append(tx, { chain: 'a', kind: 'joker.right', by: { kind: 'anonymous' } })
    })
    expect(broken).toEqual([{ chain: 'a', sequence: 6, why: 'the event was altered, moved or inserted' }])
  })

  it('notices a chain that was erased whole, or cut back with its head, once the minute recorded it', async () => {
    await Promise.all([...appendEvents('a', 3), ...appendEvents('b', 2)])
    await seal()
    clock.forward(minutes(2))
    await change(async tx => {
      for (const table of ['audit_events', 'audit_details', 'audit_heads'] as const)
        await tx.deleteFrom(table).where('chain', '=', 'a').execute()
    })
    expect((await verify()).broken).toMatchObject([{ chain: 'a', sequence: 3 }])
  })

  it('seals the heads once a minute, however often the job runs', async () => {
    await Promise.all(appendEvents('a', 3))
    for (let run = 0; run < 4; run += 1) await seal()
    const systemEvents = () =>
      opened.store.read.selectFrom('audit_events').select('kind').where('chain', '=', 'system').execute()
    expect(await systemEvents()).toHaveLength(1)
    clock.forward(minutes(2))
    await Promise.all(appendEvents('a', 1))
    await seal()
    expect(await systemEvents()).toHaveLength(2)
  })

  it('writes an event with four statements, and one more chain with two', async () => {
    const one = (chain: string) => ({
      chain,
      subject: null,
      at: clock.now(),
      kind: 'joker.set',
      actor: 'system',
      body: '{}',
    })
    const statements = (chains: readonly string[]) =>
      change(async tx => {
        let count = 0
        const counting = tx.withPlugin({
          transformQuery: ({ node }) => {
            count += 1
            return node
          },
          transformResult: async ({ result }) => result,
        }) as Tx
        await writeEvents(counting, keys.of('audit'), chains.map(one))
        return count
      })
    expect(await statements(['a'])).toBe(4)
    expect(await statements(['a', 'a', 'a'])).toBe(4)
    expect(await statements(['a', 'b', 'a'])).toBe(6)
    expect((await verify()).broken).toEqual([])
  })

  it('never deadlocks when unrelated requests write a rolling chain and a counter, in any order', async () => {
    const subjects = Array.from({ length: 200 }, (_, index) => `nobody ${index}`)
    const count = (tx: Tx) =>
      tx
        .insertInto('counters')
        .values({ name: 'd', key: 'network', bucket: 0, count: 1, expires_at: 1 })
        .onConflict(conflict =>
          conflict
            .columns(['name', 'key', 'bucket'])
            .doUpdateSet(eb => ({ count: eb('counters.count', '+', 1) })),
        )
        .execute()
    const event = (tx: Tx, chain: string, kind: 'journey.opened' | 'mail.sent') =>
      audit.append(tx, { chain, kind, by: { kind: 'anonymous' } })
    let runs = 0
    const openedEvent = (subject: string) => (tx: Tx) => event(tx, subject, 'journey.opened')
    const sent = (tx: Tx) => event(tx, 'system', 'mail.sent')
    const orders = [
      (subject: string) => [count, openedEvent(subject), sent],
      (subject: string) => [openedEvent(subject), count, sent],
      (subject: string) => [sent, openedEvent(subject), count],
    ] as const
    const request = (subject: string, index: number) =>
      change(async tx => {
        runs += 1
        for (const write of orders[index % 3]?.(subject) ?? []) await write(tx)
      })
    await Promise.all(subjects.map(request))
    // The store tries a transaction again when PostgreSQL finds a deadlock: then the work ran more often than that.
    expect(runs).toBe(subjects.length)
    const { chains, events, broken } = await verify()
    expect({ events, broken }).toEqual({ events: subjects.length * 2, broken: [] })
    // At most sixty-four rolling chains and the system chain, however many subjects there are.
    expect(chains).toBeLessThanOrEqual(65)
  })

  it('keeps events from before a proof in rolling chains, and finds them by their subject', async () => {
    await Promise.all(appendEvents('somebody', 2))
    for (const kind of ['journey.opened', 'joker.wrong', 'joker.suspended', 'sign-in.refused'] as const)
      await change(tx => audit.append(tx, { chain: 'somebody', kind, by: { kind: 'anonymous' } }))
    clock.forward(minutes(1))
    await Promise.all(appendEvents('somebody', 1))
    const own = await opened.store.read
      .selectFrom('audit_events')
      .select('kind')
      .where('chain', '=', 'somebody')
      .execute()
    expect(own.map(({ kind }) => kind)).toEqual(['joker.set', 'joker.set', 'joker.set'])
    const found = await eventsOf(opened.store, 'somebody', { own: 100, beforeProof: 100 })
    expect(found.map(({ kind }) => kind)[0]).toBe('joker.set')
    expect(found.map(({ kind }) => kind).sort()).toEqual(
      [
        'joker.set',
        'joker.set',
        'joker.set',
        'journey.opened',
        'joker.suspended',
        'joker.wrong',
        'sign-in.refused',
      ].sort(),
    )
    expect(found.map(({ at }) => at)).toEqual(found.map(({ at }) => at).sort((a, b) => b - a))
    const most = { own: 2, beforeProof: 1 }
    const isOwn = ({ kind }: { readonly kind: string }) => kind === 'joker.set'
    const kept = [...found.filter(isOwn).slice(0, 2), found.find(event => !isOwn(event))]
    expect(await eventsOf(opened.store, 'somebody', most)).toEqual(
      found.filter(event => kept.includes(event)),
    )
    expect(await eventsOf(opened.store, 'somebody else', most)).toEqual([])
  })

  it('still verifies what older versions wrote: chains of unknown subjects, and recorded heads', async () => {
    const older = (chain: string, body: string, kind = 'joker.wrong') =>
      opened.store.transaction(tx =>
        writeEvents(tx, keys.of('audit'), [
          { chain, subject: null, at: clock.now(), kind, actor: 'anonymous', body },
        ]),
      )
    const heads = await older('digest of nobody', '{}')
    const recorded = [...heads].map(([chain, { sequence, link }]) => [chain, sequence, link])
    await older('system', JSON.stringify({ heads: JSON.stringify(recorded) }), 'system.heads')
    expect((await verify()).broken).toEqual([])
    await change(async tx => {
      for (const table of ['audit_events', 'audit_details', 'audit_heads'] as const)
        await tx.deleteFrom(table).where('chain', '=', 'digest of nobody').execute()
    })
    expect((await verify()).broken).toMatchObject([{ chain: 'digest of nobody', sequence: 1 }])
  })

  it('verifies a snapshot while others write, and delays none of them', async () => {
    await Promise.all(appendEvents('a', 3))
    await opened.store.snapshot(async db => {
      const lengths = () => db.selectFrom('audit_events').select('sequence').execute()
      expect(await lengths()).toHaveLength(3)
      await Promise.all(appendEvents('b', 5))
      expect(await lengths()).toHaveLength(3)
    })
    expect(await verify()).toMatchObject({ events: 8, broken: [] })
  })
})
