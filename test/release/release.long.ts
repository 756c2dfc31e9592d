import { execFileSync, spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../world/ports.ts'
import { root } from '../world/root.ts'
import { nobody } from '../world/start-process.ts'

const unit = join(root, 'docs/operate/release@.service')
/** A release is compressed for a minute on an idle machine. */
const patience = 30 * 60_000

/** On the disk: the sandbox has a `/dev` of its own. */
const newFolder = (prefix: string) => mkdtempSync(join(tmpdir(), prefix))

/** A copy of the committed files in another folder, with the same packages. */
const cloneTree = (name: string) => {
  const tree = join(newFolder('sesame-release-'), name)
  execFileSync('git', ['clone', '--quiet', root, tree])
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

const release = (tree: string, more: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
  execFileSync(process.execPath, [join(tree, 'scripts/release.mjs'), ...more], {
    env: { ...process.env, ...env },
  })
  return join(tree, 'release')
}

const archiveIn = (folder: string) => readdirSync(folder).find(name => name.endsWith('.tar.xz')) ?? ''

describe('a release', { timeout: patience }, () => {
  let folder: string
  let installed: string
  const trees: string[] = []
  beforeAll(() => {
    trees.push(cloneTree('one'), cloneTree('a folder with another name'))
    folder = release(trees[0] ?? '')
    const target = newFolder('sesame-installed-')
    execFileSync('tar', ['-xf', join(folder, archiveIn(folder)), '-C', target])
    execFileSync('chmod', ['-R', 'a-w,go+rX', target])
    installed = join(target, readdirSync(target)[0] ?? '')
  }, patience)
  afterAll(() => {
    for (const tree of [...trees, installed]) rmSync(join(tree, '..'), { recursive: true, force: true })
  })

  it('has at most 75 MB, its Node and nothing that only builds or tests', () => {
    expect(statSync(join(folder, archiveIn(folder))).size).toBeLessThanOrEqual(75_000_000)
    expect(existsSync(join(installed, 'node/bin/node'))).toBe(true)
    for (const name of ['esbuild', 'vitest', 'typescript', '@biomejs'])
      expect(existsSync(join(installed, 'node_modules', name))).toBe(false)
  })

  it('is the same, byte for byte, from another folder', () => {
    const other = release(trees[1] ?? '')
    expect(readFileSync(join(other, 'SHA256SUMS'), 'utf8')).toBe(
      readFileSync(join(folder, 'SHA256SUMS'), 'utf8'),
    )
  })

  it('lists its components, with the Node that it brings', () => {
    const file = readdirSync(folder).find(name => name.endsWith('.cdx.json')) ?? ''
    const { bomFormat, components } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    expect(bomFormat).toBe('CycloneDX')
    const names = components.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['node', 'fastify', 'ldapts', '@node-rs/argon2']))
    expect(names).not.toContain('vitest')
  })

  it('is signed by the key of the releaser, and gpg accepts it', () => {
    const home = newFolder('sesame-gpg-')
    const env = { ...process.env, GNUPGHOME: home }
    const gpg = (...args: string[]) => spawnSync('gpg', ['--batch', ...args], { env, encoding: 'utf8' })
    gpg('--passphrase', '', '--quick-generate-key', 'releaser@univ.example', 'default', 'default')
    const signed = release(trees[0] ?? '', ['--sign-with', 'releaser@univ.example'], env)
    const verified = gpg('--verify', join(signed, 'SHA256SUMS.asc'), join(signed, 'SHA256SUMS'))
    expect(verified.stderr).toContain('Good signature')
    spawnSync('gpgconf', ['--kill', 'all'], { env })
    rmSync(home, { recursive: true, force: true })
  })

  it('runs as nobody, without a network, without write access to its files, under the system calls of the unit', async () => {
    const work = newFolder('sesame-run-')
    const filter = join(work, 'filter')
    execFileSync('/usr/bin/python3', [join(import.meta.dirname, 'syscall-filter.py'), unit, filter])
    const data = join(work, 'data')
    mkdirSync(data, { mode: 0o700 })
    chownSync(data, nobody, nobody)
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
