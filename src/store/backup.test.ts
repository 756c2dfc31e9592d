import { describe, expect, it } from 'vitest'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { readBackup, writeBackup } from './backup.ts'
import type { Store } from './store.ts'

const delivery = (id: string, kind: string, settled: number | null) => ({
  ...{ id, kind, person: id, service: 'telephony', attempt: id, generation: 1, host: 'h', key_name: 'k' },
  ...{ state: settled === null ? 'waiting' : 'proved', reason: null, sealed: null, lease_holder: null },
  ...{ lease_until: 0, due_at: 0, writes: 0, logins: 0, created_at: 0, written_at: null, proved_at: null },
  ...{ settled_at: settled, desk_notified: 0 },
})
const attempt = (id: string, kind: string, settled: number | null) => ({
  ...{ id, kind, person: id, journey: null, generation: 1, sealed: null, key_name: 'k', facts: '{}' },
  ...{ state: settled === null ? 'open' : 'accepted', history_hash: null, lease_until: 0, tries: 0 },
  ...{ started_at: 0, settled_at: settled, notified_at: null },
})
const cases = [
  ['freeze-open', 'freeze', null],
  ['freeze-settled', 'freeze', 5],
  ['reset-open', 'reset', null],
  ['reset-settled', 'reset', 5],
] as const

const idsOf = async (store: Store, table: 'attempts' | 'deliveries') =>
  (await store.read.selectFrom(table).select('id').orderBy('id').execute()).map(({ id }) => id)

describe.each(storeFlavours.filter(({ available }) => available))('a backup on $flavour', ({ flavour }) => {
  it('gives back no write of a freeze that waited, to the source or to a service', async () => {
    const [from, to] = [await newStore(flavour), await newStore(flavour)]
    await from.store.transaction(async tx => {
      for (const [id, kind, settled] of cases) {
        await tx
          .insertInto('attempts')
          .values(attempt(id, kind, settled))
          .execute()
        await tx
          .insertInto('deliveries')
          .values(delivery(id, kind, settled))
          .execute()
      }
    })
    const lines: string[] = []
    await readBackup(from.store, async line => void lines.push(line))
    await writeBackup(to.store, lines, ['key'], async () => {})
    const kept = ['freeze-settled', 'reset-open', 'reset-settled']
    expect(await idsOf(to.store, 'attempts')).toEqual(kept)
    expect(await idsOf(to.store, 'deliveries')).toEqual(kept)
    for (const opened of [from, to]) await opened.forget()
  })
})
