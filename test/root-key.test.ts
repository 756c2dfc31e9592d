import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openStore } from '../src/store/open.ts'
import { createDatabase } from './world/postgres.ts'
import { runSesame } from './world/run-sesame.ts'
import { scratchFolder } from './world/scratch.ts'
import { startProcess } from './world/start-process.ts'
import { migrations, storeFlavours } from './world/stores.ts'

const folder = scratchFolder('sesame-root-key-')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const writeKey = (name: string) => {
  const file = join(folder, name)
  writeFileSync(file, randomBytes(32), { mode: 0o600 })
  return file
}

describe.each(storeFlavours.filter(({ available }) => available))(
  'the root key of a store on $flavour',
  ({ flavour }) => {
    const [right, wrong] = [writeKey(`right-${flavour}`), writeKey(`wrong-${flavour}`)]
    const newPlace = async (name: string): Promise<Record<string, string>> => ({
      SESAME_DATA: join(folder, `${flavour}-${name}`),
      ...(flavour === 'PostgreSQL' && { DATABASE_URL: await createDatabase(inject('postgres')) }),
    })
    const run = (args: readonly string[], at: Record<string, string>, key: string) =>
      runSesame(args, { env: { PATH: process.env.PATH ?? '', ...at, SESAME_ROOT_KEY_FILE: key } })
    const open = ({ DATABASE_URL: url, SESAME_DATA: data }: Record<string, string>) =>
      openStore(url ? { url } : { file: join(data ?? '', 'sesame.sqlite') }, { migrations })
    const refusal =
      /rootKeyFile: the store was written under the root key [\w-]{8}…, and the configured one is [\w-]{8}…/

    let place: Record<string, string>
    const copy = join(folder, `backup-${flavour}.jsonl`)
    beforeAll(async () => {
      place = await newPlace('first')
      expect((await run(['audit', 'verify'], place, right)).status).toBe(0)
      expect((await run(['backup', copy], place, right)).status).toBe(0)
    })

    it('is refused by the start when it is another, and by each command that uses it', async () => {
      const started = await startProcess({ ...place, SESAME_ROOT_KEY_FILE: wrong })
      if (started.status === 'listening') await started.stop()
      expect([started.status, started.entries()]).toEqual([
        1,
        [
          expect.objectContaining({
            check: 'rootKeyFile',
            detail: expect.stringContaining('put the file of the right key in rootKeyFile'),
          }),
        ],
      ])
      const verified = await run(['audit', 'verify'], place, wrong)
      expect([verified.status, verified.said]).toEqual([1, ''])
      expect(verified.failed).toMatch(refusal)
      const checked = await run(['check'], place, wrong)
      expect([checked.status, checked.failed]).toEqual([1, expect.stringContaining('root key')])
      expect((await run(['audit', 'verify'], place, right)).status).toBe(0)
    })

    it('is told by the first line of a backup, which has nothing of the key', async () => {
      const header = JSON.parse(readFileSync(copy, 'utf8').split('\n')[0] ?? '{}')
      expect(header.rootKey).toMatch(/^[\w-]{22}$/)
      const bytes = readFileSync(right)
      for (const form of ['hex', 'base64', 'base64url'] as const)
        expect(readFileSync(copy, 'utf8')).not.toContain(bytes.toString(form).slice(0, 12))
    })

    it('is refused by a restore when it is not that of the backup; nothing is restored, and the right one is taken after', async () => {
      const empty = await newPlace('restored')
      const refused = await run(['restore', copy], empty, wrong)
      expect([refused.status, refused.failed]).toEqual([
        1,
        expect.stringMatching(/Nothing was restored: this backup was made under the root key/),
      ])
      expect(await run(['restore', copy], empty, right)).toMatchObject({ status: 0, failed: '' })
      expect((await run(['audit', 'verify'], empty, right)).status).toBe(0)
      expect((await run(['audit', 'verify'], empty, wrong)).failed).toMatch(refusal)
    })

    it('is recognised in a store from before its fingerprint was kept, by the key of its hashes', async () => {
      const store = await open(place)
      await store.transaction(tx => sql`delete from installation`.execute(tx))
      expect((await run(['audit', 'verify'], place, wrong)).failed).toMatch(refusal)
      expect((await run(['audit', 'verify'], place, right)).status).toBe(0)
      const { rows } = await sql<{ count: number }>`select count(*) as count from installation`.execute(
        store.read,
      )
      await store.close()
      expect(rows).toEqual([{ count: 1 }])
    })
  },
)
