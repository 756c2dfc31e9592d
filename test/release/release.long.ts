import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../world/ports.ts'
import { root } from '../world/root.ts'
import { nobody } from '../world/start-process.ts'
import { cloneTree, fileIn, newFolder, release, signedRelease, verifiedSignature } from './make-release.ts'

const unit = join(root, 'docs/operate/release@.service')
/** A release is compressed for a minute on an idle machine. */
const patience = 30 * 60_000

const archiveIn = (folder: string) => fileIn(folder, '.tar.xz')

describe('a release', { timeout: patience }, () => {
  let folder: string
  let installed: string
  beforeAll(async () => {
    folder = await signedRelease()
    const target = newFolder('sesame-installed-')
    execFileSync('tar', ['-xf', join(folder, archiveIn(folder)), '-C', target])
    execFileSync('chmod', ['-R', 'a-w,go+rX', target])
    installed = join(target, readdirSync(target)[0] ?? '')
  }, patience)
  afterAll(() => {
    rmSync(join(installed, '..'), { recursive: true, force: true })
  })

  it('has at most 75 MB, its Node and nothing that only builds or tests', () => {
    expect(statSync(join(folder, archiveIn(folder))).size).toBeLessThanOrEqual(75_000_000)
    expect(existsSync(join(installed, 'node/bin/node'))).toBe(true)
    for (const name of ['esbuild', 'vitest', 'typescript', '@biomejs'])
      expect(existsSync(join(installed, 'node_modules', name))).toBe(false)
  })

  it('is the same, byte for byte, from another folder', () => {
    const tree = cloneTree('a folder with another name')
    const other = release(tree)
    expect(readFileSync(join(other, 'SHA256SUMS'), 'utf8')).toBe(
      readFileSync(join(folder, 'SHA256SUMS'), 'utf8'),
    )
    rmSync(join(tree, '..'), { recursive: true })
  })

  it('lists its components, with the Node that it brings', () => {
    const file = join(folder, fileIn(folder, '.cdx.json'))
    const { bomFormat, components } = JSON.parse(readFileSync(file, 'utf8'))
    expect(bomFormat).toBe('CycloneDX')
    const names = components.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['node', 'fastify', 'ldapts', '@node-rs/argon2']))
    expect(names).not.toContain('vitest')
  })

  it('is signed by the key of the releaser, and gpg accepts it', () => {
    expect(verifiedSignature(folder).stderr).toContain('Good signature')
  })

  it('has the licence of each package that is in it', () => {
    const text = readFileSync(join(installed, 'LICENSES.txt'), 'utf8')
    for (const name of ['fastify', 'ldapts', '@node-rs/argon2', 'preact', 'Literata'])
      expect(text).toMatch(new RegExp(`^${name}( [\\d.]+)?$`, 'm'))
    expect(text).not.toMatch(/^(vitest|esbuild|typescript) /m)
  })

  it('has a Debian package in which lintian finds no error', () => {
    const { stdout, status } = spawnSync(
      'lintian',
      [
        '--allow-root',
        '--fail-on',
        'error',
        '--tag-display-limit',
        '0',
        join(folder, fileIn(folder, '.deb')),
      ],
      { encoding: 'utf8' },
    )
    expect(stdout).not.toMatch(/^E: /m)
    expect(status).toBe(0)
  })

  it('runs as nobody, without a network, without write access to its files, under the system calls of the unit', async () => {
    const work = newFolder('sesame-run-')
    const filter = join(work, 'filter')
    execFileSync('/usr/bin/python3', [join(import.meta.dirname, 'syscall-filter.py'), unit, filter])
    const data = join(work, 'data')
    // The user outside is that of the sandbox inside.
    mkdirSync(data, { mode: 0o700 })
    execFileSync('chmod', ['755', work])
    const port = await freePort()
    const inside = `
      env -i PATH=/usr/bin:/bin SESAME_CONFIG= SESAME_DATA=${data} PORT=${port} ${installed}/bin/sesame serve &
      portal=$!
      ${process.execPath} ${join(import.meta.dirname, 'reset.ts')} http://127.0.0.1:${port}
      echo nice: $(sort -u <(for thread in /proc/$portal/task/*/stat; do sed 's/.*) //' $thread | cut -d' ' -f17; done))
      touch ${installed}/bin/sesame 2>&1
      kill $portal; wait $portal`
    const sandbox = [
      '--ro-bind',
      '/',
      '/',
      '--bind',
      data,
      data,
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--tmpfs',
      '/run',
    ]
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        `exec bwrap ${sandbox.join(' ')} --unshare-net --unshare-pid --die-with-parent --uid ${nobody} --unshare-user --seccomp 9 bash -c "$INSIDE" 9< ${filter}`,
      ],
      { encoding: 'utf8', env: { ...process.env, INSIDE: inside } },
    )
    const output = stdout + stderr
    expect(output).toContain('/fr/mot-de-passe/termine')
    expect(output).toContain('/fr/compte')
    // The workers that hash have a lower priority than the thread that answers.
    expect(output).toMatch(/nice: 0 10$/m)
    expect(output).toMatch(/touch: .*(?:Read-only|Permission)/)
    rmSync(work, { recursive: true, force: true })
  })

  it('has a unit whose exposure systemd calls 1.5 or less', () => {
    const said = execFileSync('systemd-analyze', ['security', '--offline=true', unit], { encoding: 'utf8' })
    expect(Number(/exposure level[^:]*: ([\d.]+)/.exec(said)?.[1])).toBeLessThanOrEqual(1.5)
  })
})
