import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasCampus } from './world/campus.ts'
import { freePort } from './world/ports.ts'
import { root } from './world/root.ts'

const available = process.env.CI === 'true' || hasCampus()

describe.runIf(available)('npm run lab', () => {
  let lab: ChildProcess
  let said = ''
  let page = ''
  const ports = { portal: 0, lab: 0 }

  beforeAll(async () => {
    ports.portal = await freePort()
    ports.lab = await freePort()
    lab = spawn(process.execPath, [join(root, 'scripts/lab.mjs')], {
      cwd: root,
      env: { ...process.env, PORT: String(ports.portal), LAB_PORT: String(ports.lab) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    await new Promise<void>((resolve, reject) => {
      for (const stream of [lab.stdout, lab.stderr])
        stream?.on('data', data => {
          said += data
          if (said.includes('Ctrl-C')) resolve()
        })
      lab.once('exit', code => reject(new Error(`the lab ended with ${code}: ${said}`)))
    })
    page = await fetch(`http://localhost:${ports.lab}/`).then(answer => answer.text())
  }, 240_000)
  afterAll(() => {
    lab?.kill('SIGINT')
  })

  it('opens the portal on real servers, and a page that says what to try', async () => {
    const portal = await fetch(`http://localhost:${ports.portal}/readyz`)
    expect(portal.status).toBe(200)
    for (const expected of ['204518', '14/07/1985', 'Félix', 'eapol_test', 'ldapwhoami', `:${ports.portal}`])
      expect(page).toContain(expected)
  })

  it('stops at Ctrl-C, and leaves no server and no file behind', async () => {
    const folder = /-c (\S+)\/camille\.conf/.exec(page)?.[1] ?? ''
    expect(existsSync(folder)).toBe(true)
    lab.kill('SIGINT')
    const [code] = await once(lab, 'exit')
    expect([code, said.includes('Stopped.')]).toEqual([0, true])
    expect(existsSync(folder)).toBe(false)
    await expect(fetch(`http://localhost:${ports.portal}/readyz`)).rejects.toThrow()
    const url = /-H (ldaps:\/\/127\.0\.0\.1:\d+)/.exec(page)?.[1] ?? ''
    await expect(fetch(url.replace('ldaps', 'http'))).rejects.toThrow()
  }, 60_000)
})
