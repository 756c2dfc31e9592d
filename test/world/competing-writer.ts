import { setImmediate as immediate } from 'node:timers/promises'
import { openPostgres } from '../../src/store/postgres.ts'
import { openSqlite } from '../../src/store/sqlite.ts'

/** A process that competes for the store until it is killed. Mode `write` writes without pause; `hang` stays in one transaction. */
const [storeJson = '{}', name = '', mode = 'write'] = process.argv.slice(2)
const location = JSON.parse(storeJson) as { file: string } | { url: string }
const store = 'url' in location ? openPostgres(location.url) : openSqlite(location.file)
const insert = (index: number) => ({ name: 'd', key: `${name}${index}`, bucket: 1, count: 1, expires_at: 0 })

/** How long each write holds the lock, in milliseconds, so that few writes fit in one turn. */
const lockMilliseconds = 5

if (mode === 'hang')
  await store.transaction(async tx => {
    await tx.insertInto('counters').values(insert(0)).execute()
    process.send?.('inside')
    await new Promise(resolve => setTimeout(resolve, 600_000))
  })

for (let written = 0; ; written += 1) {
  await store.transaction(async tx => {
    await tx.insertInto('counters').values(insert(written)).execute()
    for (const until = performance.now() + lockMilliseconds; performance.now() < until; ) await immediate()
  })
  if (written === 0) process.send?.('writing')
}
