import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDebootstrap } from '../install/debian-root.ts'
import { type Block, blocksOf } from '../install/document.ts'
import { type Operator, resetByPerson, runBlocks, startOperator, work } from '../install/operator.ts'
import { fileIn, newFolder, publicKey, signedRelease } from './make-release.ts'

/** A release is compressed for a minute, and a bare root is filled for some minutes. */
const patience = 30 * 60_000

/** What a server of Debian has before: its administrator's `sudo`, the proxy, and gpg with the key of the releaser. */
const prepared =
  'apt-get install -y -qq --no-install-recommends sudo ca-certificates nginx-light gnupg libatomic1 xz-utils'

const [verify, install, makeKey, start, unpack] = blocksOf('release.md').map(({ text }) => text)

/** Steps 2 to 7 of install.md, as release.md changes them. */
const laterSteps = (home: string): readonly Block[] =>
  blocksOf('install.md')
    .slice(2)
    .map(({ language, text }) => ({
      language,
      text: text
        .replace(
          /^.* \/etc\/systemd\/system\/sesame\.service\n.* daemon-reload\n.* --now sesame\n/m,
          start ?? '',
        )
        .replaceAll('/opt/sesame', home),
    }))

/** The same package with a higher version. */
const newerPackage = (file: string) => {
  const folder = newFolder('sesame-newer-')
  execFileSync('dpkg-deb', ['--raw-extract', file, join(folder, 'tree')])
  const control = join(folder, 'tree/DEBIAN/control')
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, 'Version: 99.0.0'))
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', join(folder, 'tree'), folder])
  return { folder, file: join(folder, fileIn(folder, '.deb')) }
}

describe.skipIf(!hasDebootstrap() && process.env.CI !== 'true')('release.md', { timeout: patience }, () => {
  let made: string
  beforeAll(async () => {
    made = await signedRelease()
  }, patience)

  /** The files of the release in the folder of the operator, who trusts the releaser. */
  const handOver = async (operator: Operator) => {
    const folder = join(operator.debian.folder, work)
    for (const name of readdirSync(made)) copyFileSync(join(made, name), join(folder, name))
    const { status, output } = await operator.run(prepared, 'root')
    expect(status, output).toBe(0)
    await operator.run(`gpg --batch --import ${publicKey}`)
  }

  const runWhole = async (operator: Operator, text = '', as: 'root' | 'camille' = 'camille') => {
    const { status, output } = await operator.run(text, as)
    expect(status, `${text}\n${output}`).toBe(0)
    return output
  }

  const version = () => /^sesame_(.*)_/.exec(fileIn(made, '.deb'))?.[1] ?? ''

  describe.each(['bookworm', 'trixie'] as const)('by the package, in a bare Debian %s', suite => {
    let operator: Operator
    beforeAll(async () => {
      operator = await startOperator(suite, 'given')
      await handOver(operator)
    }, patience)
    afterAll(() => operator?.debian.stop())
    const exists = (path: string) => existsSync(join(operator.debian.folder, path))

    it('ends in a reset by a person, without a network', async () => {
      await runWhole(operator, verify)
      await runWhole(operator, install?.replaceAll('VERSION', version()))
      expect(
        await runWhole(operator, 'stat -c "%U %a" /var/lib/sesame /etc/sesame/sesame.yaml', 'root'),
      ).toBe('sesame 700\nsesame 640\n')
      await runWhole(operator, makeKey)
      await runBlocks(operator, laterSteps('/usr/lib/sesame'))
      await resetByPerson(operator, 'sesame@3000')
      expect(await runWhole(operator, 'sesame probe')).toMatch(/^SESAME OK: /)
    })

    it('makes a backup before an upgrade, changes nothing without one, and restarts what runs', async () => {
      // The scripts of the package ask Debian's own program for a restart; here it writes down what it is asked.
      const asked = join(operator.debian.folder, 'var/log/asked')
      const program = join(operator.debian.folder, 'usr/local/bin/deb-systemd-invoke')
      writeFileSync(program, '#!/bin/sh\necho "$@" >> /var/log/asked\n', { mode: 0o755 })
      mkdirSync(join(operator.debian.folder, 'run/systemd/system'), { recursive: true })
      const newer = newerPackage(join(made, fileIn(made, '.deb')))
      copyFileSync(newer.file, join(operator.debian.folder, work, 'newer.deb'))
      rmSync(newer.folder, { recursive: true })
      const upgrade = () => operator.run('dpkg --install newer.deb', 'root')
      const installed = async () =>
        (await runWhole(operator, 'dpkg-query --show sesame')).trim().split('\t')[1]

      await runWhole(operator, 'mv /etc/sesame/root.key /etc/sesame/root.hidden', 'root')
      const refused = await upgrade()
      expect(refused.status).not.toBe(0)
      expect(refused.output).toContain('no backup could be made, so nothing was upgraded')
      expect(await installed()).toBe(version())
      expect(existsSync(asked)).toBe(false)

      await runWhole(operator, 'mv /etc/sesame/root.hidden /etc/sesame/root.key', 'root')
      const done = await upgrade()
      expect(done.status, done.output).toBe(0)
      expect(await installed()).toBe('99.0.0')
      expect(readFileSync(asked, 'utf8')).toBe('restart sesame@3000.service\n')
      const backups = readdirSync(join(operator.debian.folder, 'var/backups/sesame'))
      expect(backups).toEqual([expect.stringMatching(/^before-99\.0\.0-.*\.jsonl$/)])
      expect(await runWhole(operator, 'cat /etc/sesame/sesame.yaml', 'root')).toContain('ldaps://ldap1')
    })

    it('keeps data and root key at a purge, unless the answer is to remove them', async () => {
      const purge = 'DEBIAN_FRONTEND=noninteractive dpkg --purge sesame'
      await runWhole(operator, purge, 'root')
      expect([exists('usr/bin/sesame'), exists('usr/lib/sesame')]).toEqual([false, false])
      const asked = readFileSync(join(operator.debian.folder, 'var/log/asked'), 'utf8')
      expect(asked).toContain('stop sesame@*.service\n')
      expect([exists('var/lib/sesame/sesame.sqlite'), exists('etc/sesame/root.key')]).toEqual([true, true])
      await runWhole(operator, 'dpkg --install newer.deb', 'root')
      const answer = 'echo sesame sesame/remove-data boolean true | debconf-set-selections'
      await runWhole(operator, `${answer}; ${purge}`, 'root')
      expect([exists('var/lib/sesame'), exists('etc/sesame')]).toEqual([false, false])
      expect(exists('var/backups/sesame')).toBe(true)
    })
  })

  it('by the archive, in a bare Debian 12, ends in a reset by a person', async () => {
    const operator = await startOperator('bookworm')
    try {
      await handOver(operator)
      await runWhole(operator, verify)
      await runWhole(operator, unpack?.replaceAll('VERSION', version()))
      await runWhole(operator, makeKey)
      await runBlocks(operator, laterSteps('/opt/sesame'))
      await resetByPerson(operator, 'sesame@3000')
    } finally {
      await operator.debian.stop()
    }
  })
})
