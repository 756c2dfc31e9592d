import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { figureNames, figureOf } from '../src/commands/probe-figures.ts'
import { type PortalFixture, startPortal } from './world/portal.ts'
import { freePort } from './world/ports.ts'
import { root } from './world/root.ts'
import { runSesame } from './world/run-sesame.ts'

/** As the account of a monitor runs it: without the settings of the portal. */
const probe = (...args: string[]) =>
  runSesame(['probe', ...args], {
    env: { PATH: process.env.PATH ?? '', SESAME_CONFIG: '/absent/sesame.yaml' },
  })

const page = readFileSync(join(root, 'docs/operate/probe.md'), 'utf8')

describe('sesame probe', () => {
  let fixture: PortalFixture
  let url: string
  beforeAll(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
    url = fixture.portal.adminUrl ?? ''
    await vi.waitUntil(async () => (await fetch(`${url}/readyz`)).ok, { timeout: 30_000 })
  })
  afterAll(() => fixture?.stop())

  it('reads every figure of a portal that runs, and ends with 0', async () => {
    const { status, said, failed } = await probe('--url', url)
    expect([status, failed]).toEqual([0, ''])
    expect(said).toMatch(/^SESAME OK: directory, store, disk, keys, mail can be used \| \S.*\n$/)
    const [, figures = ''] = said.trim().split(' | ')
    expect(figures.split(' ').map(one => one.split('=')[0])).toEqual(figureNames)
    for (const one of figures.split(' ')) expect(one).toMatch(/^[a-z-]+=[\d.]+(s|B)?;[\d.]*;[\d.]*;0$/)
  })

  it('ends with 1 and 2 above the thresholds that are given', async () => {
    expect(await probe('--url', url, '--warning', 'memory=1')).toMatchObject({ status: 1 })
    const { status, said } = await probe('--url', url, '--critical', 'memory=1')
    expect(status).toBe(2)
    expect(said).toMatch(/^SESAME CRITICAL: memory is \d+B, above 1B \| /)
  })

  it('ends with 2 where nothing answers, and where the answer does not come in time', async () => {
    const absent = `http://127.0.0.1:${await freePort()}`
    expect(await probe('--url', absent)).toMatchObject({
      status: 2,
      said: `SESAME CRITICAL: the portal does not answer at ${absent}\n`,
    })
    const silent = createServer(() => {})
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const { port } = silent.address() as AddressInfo
    const late = await probe('--url', `http://127.0.0.1:${port}`, '--timeout', '1')
    expect(late).toMatchObject({ status: 2, said: expect.stringContaining('within 1 s') })
    silent.close()
    silent.closeAllConnections()
  })

  it.each([
    ['an unknown option', ['--loud']],
    ['an unknown figure', ['--warning', 'queue=5']],
    ['a warning above what is critical', ['--warning', 'sealed=9', '--critical', 'sealed=5']],
    ['no address', ['--url', 'portal']],
    ['no time', ['--timeout', 'soon']],
    ['an address where no operator’s listener is', ['--url', 'PUBLIC']],
  ])('ends with 3 and one line for %s', async (_, args) => {
    const given = args.map(arg => (arg === 'PUBLIC' ? fixture.url : arg))
    const { status, said, failed } = await probe(...given)
    expect([status, failed]).toEqual([3, ''])
    expect(said).toMatch(/^SESAME UNKNOWN: [^\n]+\n$/)
  })

  it('runs by the command line of the document', async () => {
    const [, command = ''] = /^ *command_line +(.*)$/m.exec(page) ?? []
    expect(command).toMatch(/^\/usr\/bin\/sesame probe /)
    const line = command
      .replace('/usr/bin/sesame', `"${process.execPath}" bin/sesame.mjs`)
      .replace('http://127.0.0.1:3900', url)
    // A status other than 0 is thrown.
    const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: root })
    expect(stdout).toMatch(/^SESAME OK: /)
  })

  it('reads the figures that the document lists, with these thresholds', () => {
    const lines = figureNames.map(name => {
      const { unit, warning, critical, what } = figureOf(name)
      return `| \`${name}\` | ${what} | ${unit} | ${warning ?? ''} | ${critical ?? ''} |`
    })
    expect(page).toContain(`|---|---|---|---|---|\n${lines.join('\n')}\n`)
  })
})
