import type { AuditKind } from '../../src/audit/audit.ts'
import { createAudit } from '../../src/audit/chain.ts'
import { cutRollingChains } from '../../src/audit/cut.ts'
import { readHead } from '../../src/audit/external-heads.ts'
import { sealAuditHeads } from '../../src/audit/heads.ts'
import { rollingChains } from '../../src/audit/rolling.ts'
import { type VerifyOptions, verifyAudit } from '../../src/audit/verify.ts'
import { minutes } from '../../src/clock.ts'
import { keysFrom } from '../../src/crypto/keys.ts'
import { defaultLimits } from '../../src/limits/limits.ts'
import type { Store, Tx } from '../../src/store/store.ts'
import { movableClock } from './clock.ts'

export const auditTables = [
  'audit_events',
  'audit_details',
  'audit_heads',
  'audit_cuts',
  'audit_sealed_heads',
  'audit_seals',
] as const

/** An audit log on this store. The test runs the jobs that the portal runs by itself: seals and cuts. */
export const createTestAudit = (store: Store) => {
  const clock = movableClock()
  const parts = { store, keys: keysFrom(Buffer.alloc(32, 7)), clock, limits: defaultLimits }
  const audit = createAudit(() => parts.keys.of('audit'), clock)
  const heads: string[] = []
  const inconsistentChains: string[] = []

  const append = (chain: string, kind: AuditKind, count = 1) =>
    store.transaction(async tx => {
      for (let index = 0; index < count; index += 1)
        await audit.append(tx, { chain, kind, by: { kind: 'anonymous' }, details: { index } })
    })

  return {
    ...parts,
    audit,
    heads,
    inconsistentChains,
    append,
    /** Moves the clock forward and runs the job that seals the chain heads each minute. */
    seal: async () => {
      clock.forward(minutes(2))
      await sealAuditHeads({
        ...parts,
        report: sealed => {
          heads.push(sealed.head)
          inconsistentChains.push(...sealed.inconsistent)
        },
      })
    },
    cut: (limits = defaultLimits) => cutRollingChains({ ...parts, limits }),
    change: (work: (tx: Tx) => Promise<unknown>) => store.transaction(work),
    verify: (asked: VerifyOptions = {}) => verifyAudit(parts, asked),
    newestHead: () => new Map([readHead(heads.at(-1) ?? '') ?? [0, '']]),
    /** The rolling chain with the events of this subject. */
    rollingOf: async (subject: string) => {
      const event = await store.read
        .selectFrom('audit_events')
        .select('chain')
        .where('subject', '=', subject)
        .executeTakeFirstOrThrow()
      if (!rollingChains.includes(event.chain)) throw new Error(`${event.chain} is no rolling chain`)
      return event.chain
    },
    /** Copies every row of the audit. The returned function restores the copy, as an attacker with a backup could. */
    copy: async () => {
      const rows = await Promise.all(
        auditTables.map(
          async table => [table, await store.read.selectFrom(table).selectAll().execute()] as const,
        ),
      )
      return () =>
        store.transaction(async tx => {
          for (const [table, held] of rows) {
            await tx.deleteFrom(table).execute()
            for (const row of held)
              await tx
                .insertInto(table)
                .values(row as never)
                .execute()
          }
        })
    },
  }
}
