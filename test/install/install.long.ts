import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDebootstrap } from './debian-root.ts'
import { blocksOf, commandIn } from './document.ts'
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

  const shown = (page: string, index: number) => blocksOf(page)[index]?.text ?? ''
  const runs = async (script: string) => {
    const { status, output } = await operator.run(script)
    expect(status, `${script}\n${output}`).toBe(0)
    return output
  }

  it('goes on with the backup, the verification of the log and the drawing of other pages, in French', {
    timeout: 600_000,
  }, async () => {
    await runs(`sudo ${commandIn('fr/upgrade.md', 'install -d')}`)
    await runs(shown('fr/upgrade.md', 0))
    await runs(shown('fr/upgrade.md', 1))
    expect(await runs(commandIn('fr/upgrade.md', 'sudo -u sesame sesame audit verify'))).toMatch(
      /^\d+ chains, \d+ events, 0 broken$/m,
    )
    await runs(shown('../dossier/README.md', 0))
    expect(await runs('cat flux.svg tableaux.md')).toMatch(
      /^<svg .*ldaps:\/\/ldap1\.univ\.example.*\| `sessions` \|/s,
    )
  })

  it('leaves nothing on the host once the page on reversibility was followed', {
    timeout: 600_000,
  }, async () => {
    for (const { text } of blocksOf('../dossier/reversibilite.md')) await runs(text)
    const left = await operator.debian.run(
      'id sesame; find / -xdev -nouser -not -path "/proc/*"; ls -d /etc/sesame* /var/lib/sesame* /opt/sesame* /usr/local/bin/sesame /var/backups/sesame* 2> /dev/null || true',
    )
    expect(left.output.trim()).toBe('id: ‘sesame’: no such user')
  })
})
