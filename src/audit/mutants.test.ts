import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditTables, createTestAudit } from '../../test/world/audit.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { days } from '../clock.ts'
import type { Tx } from '../store/store.ts'

/** A change by an attacker who can write the store and does not have the root key. */
type Mutant = {
  readonly what: string
  readonly alter: (tx: Tx, world: { readonly pre: string }) => Promise<unknown>
  /** Found only by a head that was kept outside the store: nothing in the store itself shows the change. */
  readonly onlyOutside?: true
}

const events = (tx: Tx, chain: string) => tx.selectFrom('audit_events').selectAll().where('chain', '=', chain)

const cutTail = async (tx: Tx, chain: string, after: number) => {
  for (const table of ['audit_events', 'audit_details'] as const)
    await tx.deleteFrom(table).where('chain', '=', chain).where('sequence', '>', after).execute()
}
const setHeadBack = async (tx: Tx, chain: string, to: number) => {
  const { sequence, link } = await events(tx, chain).where('sequence', '=', to).executeTakeFirstOrThrow()
  await tx.updateTable('audit_heads').set({ sequence, link }).where('chain', '=', chain).execute()
}
const erase = async (tx: Tx, chain: string, tables: readonly (typeof auditTables)[number][]) => {
  for (const table of tables)
    if (table !== 'audit_seals') await tx.deleteFrom(table).where('chain', '=', chain).execute()
}
const eraseDetailsOfSeals = async (tx: Tx) => {
  const seals = events(tx, 'system').clearSelect().select('sequence').where('kind', '=', 'system.sealed')
  await tx.deleteFrom('audit_details').where('chain', '=', 'system').where('sequence', 'in', seals).execute()
}
const lastOf = async (tx: Tx, chain: string) =>
  (await events(tx, chain).orderBy('sequence', 'desc').limit(1).executeTakeFirstOrThrow()).sequence

/** A change of every column of every table, each in a row that the verification reads. */
const changes = (
  [
    ['audit_events', { sequence: 9, at: 1, kind: 'joker.cleared', actor: 'system', digest: 'x', link: 'x' }],
    ['audit_events', { chain: 'c', subject: 'x' }],
    ['audit_details', { chain: 'c', sequence: 9, at: 1, body: '{}' }],
    ['audit_heads', { chain: 'c', sequence: 9, link: 'x' }],
    ['audit_sealed_heads', { chain: 'c', sequence: 1, link: 'x' }],
  ] as const
).flatMap(([table, columns]) =>
  Object.entries(columns).map(
    ([column, value]): Mutant => ({
      what: `${table}.${column} changed`,
      alter: tx => {
        const row = tx
          .updateTable(table as 'audit_events')
          .set({ [column]: value })
          .where('chain', '=', 'a')
        return (
          table === 'audit_events' || table === 'audit_details' ? row.where('sequence', '=', 3) : row
        ).execute()
      },
    }),
  ),
)
const changesOfOneRow = (
  [
    ['audit_seals', { sequence: 1, at: 1, body: '{"chains":1,"heads":"x"}', sum: 'x' }],
    ['audit_cuts', { chain: 'pre-xx', sequence: 9, link: 'x', newest: 1, cut_at: 1, seal: 'x' }],
  ] as const
).flatMap(([table, columns]) =>
  Object.entries(columns).map(
    ([column, value]): Mutant => ({
      what: `${table}.${column} changed`,
      alter: tx =>
        tx
          .updateTable(table as 'audit_cuts')
          .set({ [column]: value })
          .execute(),
    }),
  ),
)

const mutants: readonly Mutant[] = [
  ...changes,
  ...changesOfOneRow,
  {
    what: 'an event deleted',
    alter: async tx => {
      await tx.deleteFrom('audit_events').where('chain', '=', 'a').where('sequence', '=', 2).execute()
      await tx.deleteFrom('audit_details').where('chain', '=', 'a').where('sequence', '=', 2).execute()
    },
  },
  {
    what: 'two events in the other order',
    alter: async tx => {
      for (const [from, to] of [
        [2, 90],
        [3, 2],
        [90, 3],
      ] as const)
        for (const table of ['audit_events', 'audit_details'] as const)
          await tx
            .updateTable(table)
            .set({ sequence: to })
            .where('chain', '=', 'a')
            .where('sequence', '=', from)
            .execute()
    },
  },
  { what: 'the tail cut', alter: tx => cutTail(tx, 'a', 3) },
  {
    what: 'the tail cut, and the head set back',
    alter: async tx => {
      await setHeadBack(tx, 'a', 3)
      await cutTail(tx, 'a', 3)
    },
  },
  {
    what: 'the tail cut, the head and the sealed head set back',
    alter: async tx => {
      await setHeadBack(tx, 'a', 3)
      await cutTail(tx, 'a', 3)
      const { link } = await events(tx, 'a').where('sequence', '=', 3).executeTakeFirstOrThrow()
      await tx.updateTable('audit_sealed_heads').set({ sequence: 3, link }).where('chain', '=', 'a').execute()
    },
  },
  {
    what: 'the tail of a rolling chain cut, and the head set back',
    alter: async (tx, { pre }) => {
      const last = await lastOf(tx, pre)
      await setHeadBack(tx, pre, last - 1)
      await cutTail(tx, pre, last - 1)
    },
  },
  {
    what: 'young details gone',
    alter: tx => tx.deleteFrom('audit_details').where('chain', '=', 'a').where('sequence', '=', 4).execute(),
  },
  { what: 'the details of all seals gone', alter: eraseDetailsOfSeals },
  {
    what: 'details of no event added',
    alter: tx =>
      tx.insertInto('audit_details').values({ chain: 'c', sequence: 1, at: 1, body: '{}' }).execute(),
  },
  {
    what: 'a whole chain gone: events, details, head',
    alter: tx => erase(tx, 'a', ['audit_events', 'audit_details', 'audit_heads']),
  },
  {
    what: 'a whole chain gone, with its sealed head',
    alter: tx => erase(tx, 'a', ['audit_events', 'audit_details', 'audit_heads', 'audit_sealed_heads']),
  },
  {
    what: 'a whole chain gone, with its sealed head and the details of all seals',
    alter: async tx => {
      await erase(tx, 'a', ['audit_events', 'audit_details', 'audit_heads', 'audit_sealed_heads'])
      await eraseDetailsOfSeals(tx)
    },
  },
  {
    what: 'a whole chain gone, with its sealed head and the seal',
    alter: async tx => {
      await erase(tx, 'a', ['audit_events', 'audit_details', 'audit_heads', 'audit_sealed_heads'])
      await tx.deleteFrom('audit_seals').execute()
    },
  },
  {
    what: 'a whole rolling chain gone, with its cut and its sealed head',
    alter: (tx, { pre }) => erase(tx, pre, auditTables),
  },
  {
    what: 'an event moved to another subject',
    alter: (tx, { pre }) =>
      tx.updateTable('audit_events').set({ subject: 'somebody' }).where('chain', '=', pre).execute(),
  },
  {
    what: 'an event of a rolling chain that loses its subject',
    alter: (tx, { pre }) =>
      tx.updateTable('audit_events').set({ subject: null }).where('chain', '=', pre).execute(),
  },
  {
    what: 'an event moved to the end of another chain',
    alter: async tx => {
      const { sequence } = await tx
        .selectFrom('audit_heads')
        .select('sequence')
        .where('chain', '=', 'b')
        .executeTakeFirstOrThrow()
      for (const table of ['audit_events', 'audit_details'] as const)
        await tx
          .updateTable(table)
          .set({ chain: 'b', sequence: sequence + 1 })
          .where('chain', '=', 'a')
          .where('sequence', '=', 5)
          .execute()
      await setHeadBack(tx, 'a', 4)
      await setHeadBack(tx, 'b', sequence + 1)
    },
  },
  {
    what: 'a rolling chain cut above its retention, by deleting',
    alter: async (tx, { pre }) => {
      const { sequence } = await events(tx, pre).orderBy('sequence').limit(1).executeTakeFirstOrThrow()
      for (const table of ['audit_events', 'audit_details'] as const)
        await tx.deleteFrom(table).where('chain', '=', pre).where('sequence', '=', sequence).execute()
    },
  },
  {
    what: 'a rolling chain cut above its retention, with a cut that follows',
    alter: async (tx, { pre }) => {
      const { sequence, link } = await events(tx, pre).orderBy('sequence').limit(1).executeTakeFirstOrThrow()
      for (const table of ['audit_events', 'audit_details'] as const)
        await tx.deleteFrom(table).where('chain', '=', pre).where('sequence', '=', sequence).execute()
      await tx.updateTable('audit_cuts').set({ sequence, link }).where('chain', '=', pre).execute()
    },
  },
  {
    what: 'a cut forged for an account',
    alter: async tx => {
      const { sequence, link } = await events(tx, 'a').where('sequence', '=', 2).executeTakeFirstOrThrow()
      for (const table of ['audit_events', 'audit_details'] as const)
        await tx.deleteFrom(table).where('chain', '=', 'a').where('sequence', '<=', 2).execute()
      const cut = { chain: 'a', sequence, link, newest: 1, cut_at: 1, seal: 'x' }
      await tx.insertInto('audit_cuts').values(cut).execute()
    },
  },
  { what: 'a cut removed', alter: tx => tx.deleteFrom('audit_cuts').execute() },
  {
    what: 'the seal event and its head gone',
    alter: async tx => {
      const last = await lastOf(tx, 'system')
      await setHeadBack(tx, 'system', last - 1)
      await cutTail(tx, 'system', last - 1)
    },
  },
  { what: 'the seal gone', alter: tx => tx.deleteFrom('audit_seals').execute() },
  { what: 'the whole system chain gone', alter: tx => erase(tx, 'system', auditTables) },
  {
    what: 'everything gone',
    onlyOutside: true,
    alter: async tx => {
      for (const table of auditTables) await tx.deleteFrom(table).execute()
    },
  },
]

/** An audit with events of a year ago and of today, a cut, two seals, and a copy of the store at the first seal. */
const buildAudit = async ({ store }: Awaited<ReturnType<typeof newStore>>) => {
  const audit = createTestAudit(store)
  await audit.append('aged', 'joker.wrong', 3)
  const pre = await audit.rollingOf('aged')
  await audit.append('a', 'joker.set', 2)
  audit.clock.forward(days(366))
  await audit.cut()
  await audit.append('aged', 'joker.wrong', 3)
  await audit.append('a', 'joker.set', 3)
  await audit.append('b', 'joker.set', 4)
  await audit.append('system', 'mail.sent', 2)
  await audit.seal()
  const old = await audit.copy()
  await audit.append('b', 'joker.cleared', 1)
  await audit.seal()
  return { ...audit, old, pre, whole: await audit.copy() }
}
type World = Awaited<ReturnType<typeof buildAudit>>

const flavours = storeFlavours.filter(({ available }) => available)

describe.each(flavours)('an alteration of the audit on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let world: World
  beforeAll(async () => {
    opened = await newStore(flavour)
    world = await buildAudit(opened)
  })
  afterEach(async () => {
    await world.whole()
    world.heads.splice(2)
  })
  afterAll(() => opened?.forget())

  it('is not reported when nothing was altered, with external heads', async () => {
    expect(world.heads).toHaveLength(2)
    expect(await world.verify({ heads: world.newestHead() })).toMatchObject({
      broken: [],
      events: 3 + 5 + 5 + 4,
    })
  })

  it.each(mutants)('is found: $what', async ({ alter, onlyOutside }) => {
    await world.change(tx => alter(tx, world))
    expect((await world.verify({ heads: world.newestHead() })).broken).not.toEqual([])
    if (!onlyOutside) expect((await world.verify()).broken).not.toEqual([])
  })

  it.each(mutants.filter(({ onlyOutside }) => !onlyOutside))(
    'is still found after the portal went on and sealed again: $what',
    async ({ alter }) => {
      await world.change(tx => alter(tx, world))
      await world.cut().catch(() => {})
      await world.append('b', 'joker.set', 1).catch(() => {})
      await world.append('a', 'joker.set', 2).catch(() => {})
      await world.append('aged', 'joker.wrong', 2).catch(() => {})
      await world.seal().catch(() => {})
      await world.seal().catch(() => {})
      expect((await world.verify()).broken).not.toEqual([])
    },
  )
})

describe.each(flavours)('the audit on $flavour, as it goes on', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let world: World
  beforeEach(async () => {
    opened = await newStore(flavour)
    world = await buildAudit(opened)
  })
  afterEach(() => opened.forget())

  it('finds by an external head that the newest seal, its event and the events it sealed are gone', async () => {
    await world.old()
    expect((await world.verify()).broken).toEqual([])
    expect((await world.verify({ heads: world.newestHead() })).broken).toMatchObject([{ chain: 'system' }])
  })

  it('finds by an external head that an old copy of the store was restored and has gone on since', async () => {
    await world.old()
    await world.append('b', 'joker.set', 3)
    await world.seal()
    const [, second = ''] = world.heads
    const [sequence = '', link = ''] = second.split(':')
    expect((await world.verify()).broken).toEqual([])
    expect((await world.verify({ heads: new Map([[Number(sequence), link]]) })).broken).toMatchObject([
      { chain: 'system', sequence: Number(sequence) },
    ])
  })

  it('does not cut an event that was backdated', async () => {
    await world.change(tx =>
      tx.updateTable('audit_events').set({ at: 1 }).where('chain', '=', world.pre).execute(),
    )
    await expect(world.cut()).rejects.toThrow(/altered/)
    expect((await world.verify()).broken).toMatchObject([{ chain: world.pre }])
  })

  it('reports a cut made by a shorter retention, until the current one has passed', async () => {
    world.clock.forward(days(2))
    await world.cut({ ...world.limits, purgeDetails: days(1) })
    expect((await world.verify()).broken).toMatchObject([{ chain: world.pre }])
    world.clock.forward(days(365))
    expect((await world.verify()).broken).toEqual([])
  })

  it('reports a chain that goes on without its sealed head, each time it moves', async () => {
    await world.change(async tx => {
      await setHeadBack(tx, 'a', 3)
      await cutTail(tx, 'a', 3)
    })
    await world.append('a', 'joker.set', 4)
    await world.seal()
    expect(world.inconsistentChains).toEqual(['a'])
    expect((await world.verify()).broken).toMatchObject([{ chain: 'a', sequence: 5 }])
  })
})
