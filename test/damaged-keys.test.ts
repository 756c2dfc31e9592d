import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratchFolder } from './world/scratch.ts'
import { startProcess } from './world/start-process.ts'

it('a portal starts, and makes its key of the day anew, where a fault of the disk emptied it', async () => {
  const data = scratchFolder('sesame-damaged-')
  const first = await startProcess({ SESAME_DATA: data })
  await first.stop()
  const halves = join(data, 'rotating-keys', 'private-halves')
  const files = readdirSync(halves).map(name => join(halves, name))
  expect(files).toHaveLength(1)
  for (const file of [...files, join(data, 'rotating-keys', 'host-id')]) truncateSync(file)
  const second = await startProcess({ SESAME_DATA: data })
  expect([second.status, await second.stop()]).toEqual(['listening', 0])
  expect(files.map(file => statSync(file).size)).toEqual([48])
  expect(second.entries().filter(({ level }) => level === 'error')).toEqual([])
})
