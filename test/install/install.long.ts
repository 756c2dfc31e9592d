import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { demoPeople } from '../../src/demonstration/people.ts'
import { worldPeople } from '../world/people.ts'
import { root } from '../world/root.ts'
import { type DebianRoot, hasDebootstrap, startDebianRoot } from './debian-root.ts'
import { type Block, installBlocks } from './document.ts'
import { makeRepository, startDirectory } from './institution.ts'

const mailPassword = 'of-the-mail-server'
const configuration = '/etc/sesame/sesame.yaml'
/** What the operator has in the current folder, because the document says so. */
const work = '/srv/operator'

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

type Tree = { [key: string]: unknown }
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const merged = (before: Tree, more: Tree): Tree => {
  const all: Tree = { ...before }
  for (const [key, value] of Object.entries(more)) {
    const there = all[key]
    all[key] = isTree(there) && isTree(value) ? merged(there, value) : value
  }
  return all
}

describe.skipIf(!hasDebootstrap() && process.env.CI !== 'true')('install.md in a bare Debian', () => {
  let debian: DebianRoot
  let directory: string
  const repository = makeRepository()
  let forge: Awaited<ReturnType<typeof serve>>
  const mails: string[] = []

  beforeAll(async () => {
    forge = await serve(repository.folder)
    debian = await startDebianRoot()
    directory = await startDirectory(debian, worldPeople(40))
    const mailServer = debian.beside([
      process.execPath,
      join(import.meta.dirname, 'mail.ts'),
      directory,
      `sesame:${mailPassword}`,
    ])
    mailServer.stdout.setEncoding('utf8').on('data', part => mails.push(part))
    await once(mailServer.stdout, 'data')
    const folder = join(debian.folder, work)
    mkdirSync(folder)
    await debian.run(`useradd --create-home --groups sudo camille; chown camille ${work}`)
    for (const [name, from] of [
      ['ca.pem', 'ca.pem'],
      ['portal.pem', 'server.pem'],
      ['portal.key', 'server.key'],
    ] as const)
      copyFileSync(join(directory, from), join(folder, name))
    chmodSync(join(folder, 'portal.key'), 0o644)
    for (const language of ['fr', 'en'])
      writeFileSync(join(folder, `reglement.${language}.txt`), 'Charte\n\nUne seule règle.\n')
    writeFileSync(join(folder, 'pwned-passwords.txt'), `${'0123456789ABCDEF'.repeat(3).slice(0, 40)}:3\n`)
  }, 900_000)
  afterAll(async () => {
    await debian?.stop()
    forge?.server.close()
    repository.forget()
  })

  /** Commands run from the operator's folder; only those that fetch packages or the repository see the network outside. */
  const runCommands = (text: string, isFirst: boolean) =>
    debian.run(text.replace('<this repository>', forge.url), {
      as: isFirst ? 'root' : 'camille',
      folder: work,
      internet: /\b(apt-get|git clone|npm)\b/.test(text),
      input: text.includes('smtp.password') ? `${mailPassword}\n` : '',
    })

  /** The first settings as they are written; the others where they belong in them. */
  const writeSettings = async (text: string) => {
    const { output: before } = await debian.run(`cat ${configuration} 2> /dev/null || true`)
    const settings = before ? stringify(merged(parse(before), parse(text))) : text
    return debian.run(`sudo -u sesame tee ${configuration} > /dev/null`, { as: 'camille', input: settings })
  }

  const runBlock = ({ language, text }: Block, index: number) =>
    language === 'sh' ? runCommands(text, index === 0) : writeSettings(text)

  it('ends in a reset by a person, with no keystroke that it does not contain', {
    timeout: 1_800_000,
  }, async () => {
    const blocks = installBlocks()
    const checks: string[] = []
    for (const [index, block] of blocks.entries()) {
      const { status, output } = await runBlock(block, index)
      const isCheck = /sesame check\n$/.test(block.text)
      if (isCheck) checks.push(output)
      // Before the rights are given, the command says what lacks.
      if (!isCheck || checks.length > 1) expect(status, `${block.text}\n${output}`).toBe(0)
    }
    expect(checks).toHaveLength(2)
    expect(checks[0]).toMatch(/^wrong +connection: .*refuses the account of the portal/m)
    expect(checks[1]).toMatch(/^good +people staff: /m)
    expect(checks[1]).not.toMatch(/^wrong/m)

    const log = () => readFileSync(join(debian.folder, 'var/log/sesame.log'), 'utf8')
    await expect.poll(log, { timeout: 60_000 }).toContain('Sésame: http')
    const person = demoPeople.find(({ login }) => login === 'nhaddad')
    const typed = ['nhaddad', '198077', '2/5/1972', person?.password ?? '', 'Tr0mbone&Cascade-Bleue']
    const walk = debian.beside([
      '/usr/bin/env',
      `NODE_EXTRA_CA_CERTS=${join(directory, 'ca.pem')}`,
      process.execPath,
      join(root, 'test/install/reset.ts'),
      ...typed,
    ])
    const answers: string[] = []
    for (const stream of [walk.stdout, walk.stderr])
      stream.setEncoding('utf8').on('data', part => answers.push(part))
    const [status] = await once(walk, 'close')
    expect(status, `${answers.join('')}\n${log()}`).toBe(0)
    expect(answers.join('')).toMatch(
      /new password: .*termine\nsign-in with it: .*compte\nsign-in with the old one: 422/,
    )
    await expect.poll(() => mails.join(''), { timeout: 60_000 }).toContain('nhaddad@univ.example')
  })
})
