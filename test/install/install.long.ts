import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDebootstrap } from './debian-root.ts'
import { blocksOf } from './document.ts'
import { makeRepository } from './institution.ts'
import { type Operator, resetByPerson, runBlocks, startOperator } from './operator.ts'

/** Serves the repository over HTTP, as a forge does. */
const serve = async (folder: string) => {
  const server = createServer((request, response) => {
    try {
      response.end(readFileSync(join(folder, new URL(request.url ?? '', 'http://forge').pathname)))
    } catch {
      response.writeHead(404).end()
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sesame.git` }
}

describe.skipIf(!hasDebootstrap() && process.env.CI !== 'true')('install.md in a bare Debian', () => {
  let operator: Operator
  const repository = makeRepository()
  let forge: Awaited<ReturnType<typeof serve>>

  beforeAll(async () => {
    forge = await serve(repository.folder)
    operator = await startOperator('bookworm')
  }, 900_000)
  afterAll(async () => {
    await operator?.debian.stop()
    forge?.server.close()
    repository.forget()
  })

  it('ends in a reset by a person, with no keystroke that it does not contain', {
    timeout: 1_800_000,
  }, async () => {
    const [first, ...others] = blocksOf('install.md')
    const installed = await operator.run(first?.text ?? '', 'root')
    expect(installed.status, installed.output).toBe(0)
    await runBlocks(
      operator,
      others.map(block => ({
        ...block,
        text: block.text.replace('https://forge.univ.example/sesame.git', forge.url),
      })),
    )
    await resetByPerson(operator, 'sesame')
  })
})
