import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { parse, stringify } from 'yaml'
import { demoPeople } from '../../src/demonstration/people.ts'
import { worldPeople } from '../world/people.ts'
import { root } from '../world/root.ts'
import { type Suite, startDebianRoot } from './debian-root.ts'
import type { Block } from './document.ts'
import { startDirectory } from './institution.ts'

const mailPassword = 'of-the-mail-server'
const configuration = '/etc/sesame/sesame.yaml'
/** What the operator has in the current folder, because the document says so. */
export const work = '/srv/operator'

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

/** The files that an operator has at hand: certificates, the charter, a list of leaked passwords. */
const fillFolder = (folder: string, directory: string) => {
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
}

/**
 * A bare Debian with the directory and the mail server of an institution, and an operator who runs the blocks of a document in it. With
 * `settings: 'given'` the file of the settings is there before the first of them, and is replaced.
 */
export const startOperator = async (suite: Suite, settings: 'absent' | 'given' = 'absent') => {
  const debian = await startDebianRoot(suite)
  const directory = await startDirectory(debian, worldPeople(40))
  const mails: string[] = []
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
  fillFolder(folder, directory)
  let isFirst = settings === 'given'

  /** The first settings as they are written; the others where they belong in them. */
  const writeSettings = async (text: string) => {
    const { output: before } = await debian.run(`cat ${configuration} 2> /dev/null || true`)
    const whole = before && !isFirst ? stringify(merged(parse(before), parse(text))) : text
    isFirst = false
    return debian.run(`sudo -u sesame tee ${configuration} > /dev/null`, { as: 'camille', input: whole })
  }

  /** Commands run from the operator's folder; only those that fetch packages or the repository see the network outside. */
  const run = (text: string, as: 'root' | 'camille' = 'camille') =>
    debian.run(text, {
      as,
      folder: work,
      internet: /\b(apt-get|git clone|npm)\b/.test(text),
      input: text.includes('smtp.password') ? `${mailPassword}\n` : '',
    })

  return {
    debian,
    directory,
    mails,
    run,
    runBlock: ({ language, text }: Block) => (language === 'sh' ? run(text) : writeSettings(text)),
  }
}

export type Operator = Awaited<ReturnType<typeof startOperator>>

/**
 * Runs the blocks in their order. Each must end with 0, but the first `sesame check`: before the rights are given it says what lacks, and
 * the second is content.
 */
export const runBlocks = async (operator: Operator, blocks: readonly Block[]) => {
  const checks: string[] = []
  for (const block of blocks) {
    const { status, output } = await operator.runBlock(block)
    const isCheck = /sesame check\n$/.test(block.text)
    if (isCheck) checks.push(output)
    if (!isCheck || checks.length > 1) expect(status, `${block.text}\n${output}`).toBe(0)
  }
  expect(checks).toHaveLength(2)
  expect(checks[0]).toMatch(/^wrong +connection: .*refuses the account of the portal/m)
  expect(checks[1]).toMatch(/^good +people staff: /m)
  expect(checks[1]).not.toMatch(/^wrong/m)
}

/** A person of the institution resets a password by the portal whose log this is, behind nginx. */
export const resetByPerson = async ({ debian, directory, mails }: Operator, unit: string) => {
  const log = () => readFileSync(join(debian.folder, `var/log/${unit}.log`), 'utf8')
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
}
