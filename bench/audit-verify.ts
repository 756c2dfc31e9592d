import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestOfDetails, type LinkedEvent, linkOf } from '../src/audit/chain.ts'
import { sealAuditHeads } from '../src/audit/heads.ts'
import { rollingChains } from '../src/audit/rolling.ts'
import { verifyAudit } from '../src/audit/verify.ts'
import { days, systemClock } from '../src/clock.ts'
import { keysFrom } from '../src/crypto/keys.ts'
import { defaultLimits } from '../src/limits/limits.ts'
import { openStore, type StoreLocation } from '../src/store/open.ts'
import type { Store } from '../src/store/store.ts'
import { createDatabase, hasPostgres, startPostgres } from '../test/world/postgres.ts'
import type { Figure } from './figure.ts'
import { root } from './portal-process.ts'

const goal = 60
const flat = 1.5
const events = 1_000_000
const accounts = 31_800
const rows = 1000

const parts = { keys: keysFrom(Buffer.alloc(32, 7)), clock: systemClock, limits: defaultLimits }
const key = parts.keys.of('audit')

type Row = LinkedEvent & { link: string; body: string }

/** Half of the events are in chains of accounts, half in rolling chains, as in a portal after some years. */
const chainsOf = () => {
  const of = (chain: string, count: number, subject: string | null) => ({ chain, count, subject })
  const half = events / 2
  const each = Math.floor(half / accounts)
  return [
    ...Array.from({ length: accounts }, (_, index) =>
      of(`account-${index}`, each + (index < half - each * accounts ? 1 : 0), null),
    ),
    ...rollingChains.map((chain, index) =>
      of(chain, Math.floor(half / rollingChains.length) + (index < half % rollingChains.length ? 1 : 0), 's'),
    ),
  ]
}

const rowsOf = function* () {
  const at = Date.now() - days(30)
  for (const { chain, count, subject } of chainsOf()) {
    let link = ''
    for (let sequence = 1; sequence <= count; sequence += 1) {
      const body = JSON.stringify({ journey: 'password', by: 'student', salt: `${sequence}-${chain}` })
      const linked: LinkedEvent = {
        chain,
        sequence,
        at: at + sequence,
        kind: 'journey.opened',
        actor: 'anonymous',
        digest: digestOfDetails(key, body),
        subject: subject && `${subject}${sequence % 5000}`,
      }
      link = linkOf(key, linked, link)
      yield { row: { ...linked, link, body } satisfies Row, last: sequence === count }
    }
  }
}

const fill = async (store: Store) => {
  let waiting: Row[] = []
  let heads: { chain: string; sequence: number; link: string }[] = []
  const write = async () => {
    if (waiting.length === 0) return
    const [batch, ends] = [waiting, heads]
    ;[waiting, heads] = [[], []]
    await store.transaction(async tx => {
      await tx
        .insertInto('audit_events')
        .values(batch.map(({ body: _, ...event }) => event))
        .execute()
      await tx
        .insertInto('audit_details')
        .values(batch.map(({ chain, sequence, at, body }) => ({ chain, sequence, at, body })))
        .execute()
      if (ends.length > 0) await tx.insertInto('audit_heads').values(ends).execute()
    })
  }
  for (const { row, last } of rowsOf()) {
    waiting.push(row)
    if (last) heads.push({ chain: row.chain, sequence: row.sequence, link: row.link })
    if (waiting.length === rows) await write()
  }
  await write()
}

/** Memory after a tenth of the events was read, and the maximum afterwards: shows whether it grows with the number of events. */
const memoryOf = () => {
  let [early, most] = [0, 0]
  return {
    look: (read: number) => {
      const { rss } = process.memoryUsage()
      if (read <= events / 10) early = Math.max(early, rss)
      most = Math.max(most, rss)
    },
    figures: () => ({
      'rss-mb-at-a-tenth': Math.round(early / 2 ** 20),
      'rss-mb-most': Math.round(most / 2 ** 20),
    }),
  }
}

const measure = async (where: StoreLocation) => {
  const store = await openStore(where, { migrations: join(root, 'migrations') })
  const begun = performance.now()
  await fill(store)
  const filled = performance.now()
  await sealAuditHeads({ ...parts, store, report: () => {} })
  const sealed = performance.now()
  const memory = memoryOf()
  const verification = await verifyAudit({ ...parts, store }, { onProgress: memory.look })
  const seconds = Number(((performance.now() - sealed) / 1000).toFixed(1))
  if (verification.broken.length > 0 || verification.events !== events + 1)
    throw new Error(JSON.stringify(verification).slice(0, 400))
  await store.close()
  const { 'rss-mb-at-a-tenth': early, 'rss-mb-most': most } = memory.figures()
  return {
    seconds,
    chains: verification.chains,
    events: verification.events,
    ...memory.figures(),
    growth: Number((most / early).toFixed(2)),
    'fill-s': Math.round((filled - begun) / 1000),
    'first-seal-ms': Math.round(sealed - filled),
  }
}

/** Verifies a million events in some 32,000 chains with their details, on both stores: seconds of the slower one. */
export const auditVerify = async (): Promise<Figure> => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-bench-audit-'))
  const sqlite = await measure({ file: join(folder, 'sesame.sqlite') })
  if (existsSync(folder)) rmSync(folder, { recursive: true })
  const server = hasPostgres() ? await startPostgres() : null
  const postgresql = server && (await measure({ url: await createDatabase(server.url) }))
  await server?.stop()
  const all = [sqlite, ...(postgresql ? [postgresql] : [])]
  const value = Math.max(...all.map(({ seconds }) => seconds))
  return {
    figure: 'audit-verify-1m-s',
    value,
    goal: `<= ${goal}, memory <= ${flat} × that of the first tenth`,
    good: value <= goal && all.every(({ growth }) => growth <= flat),
    detail: { sqlite, postgresql },
  }
}
