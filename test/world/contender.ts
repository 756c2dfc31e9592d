import { openPostgres } from '../../src/store/postgres.ts'
import { openSqlite } from '../../src/store/sqlite.ts'

/** A process of its own that competes for the store: writes for a second, or dies holding a transaction. */
const [where = '{}', name = '', mode = 'write'] = process.argv.slice(2)
const place = JSON.parse(where) as { file: string } | { url: string }
const store = 'url' in place ? openPostgres(place.url) : openSqlite(place.file)
const insert = (index: number) => ({ door: 'd', key: `${name}${index}`, bucket: 1, count: 1, expires_at: 0 })

if (mode === 'hang')
  await store.transaction(async tx => {
    await tx.insertInto('counters').values(insert(0)).execute()
    process.send?.('inside')
    await new Promise(resolve => setTimeout(resolve, 60_000))
  })

// Both begin at the same second, however long each took to start.
const start = Math.ceil((Date.now() + 500) / 1000) * 1000
await new Promise(resolve => setTimeout(resolve, start - Date.now()))

let written = 0
const until = start + 1500
while (Date.now() < until) {
  await store.transaction(tx => tx.insertInto('counters').values(insert(written)).execute())
  written += 1
}
process.send?.(written)
await store.close()
process.disconnect?.()
