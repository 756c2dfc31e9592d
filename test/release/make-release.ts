import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../world/root.ts'

/** On the disk: the sandbox has a `/dev` of its own. */
export const newFolder = (prefix: string) => mkdtempSync(join(tmpdir(), prefix))

/** A copy of the committed files in another folder, with the same packages. */
export const cloneTree = (name: string) => {
  const tree = join(newFolder('sesame-release-'), name)
  execFileSync('git', ['clone', '--quiet', root, tree])
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

/** Makes the release of this tree; gives its folder. */
export const release = (tree: string, more: readonly string[] = [], env = process.env) => {
  execFileSync(process.execPath, [join(tree, 'scripts/release.mjs'), ...more], { env })
  return join(tree, 'release')
}

export const fileIn = (folder: string, ending: string) =>
  readdirSync(folder).find(name => name.endsWith(ending)) ?? ''

const newKeyring = () => {
  const home = newFolder('sesame-gpg-')
  const env = { ...process.env, GNUPGHOME: home }
  return {
    env,
    gpg: (...args: string[]) => spawnSync('gpg', ['--batch', ...args], { env, encoding: 'utf8' }),
    forget: () => {
      spawnSync('gpgconf', ['--kill', 'all'], { env })
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** What gpg says to somebody who trusts the releaser and has the files in this folder. */
export const verifiedSignature = (folder: string) => {
  const { gpg, forget } = newKeyring()
  gpg('--import', join(folder, publicKey))
  const { status, stderr } = gpg('--verify', join(folder, 'SHA256SUMS.asc'), join(folder, 'SHA256SUMS'))
  forget()
  return { status, stderr }
}

/** The key of the releaser, which people get elsewhere. */
export const publicKey = 'releaser.asc'

const makeSigned = (folder: string) => {
  const name = 'releaser@univ.example'
  const tree = cloneTree('one')
  const { env, gpg, forget } = newKeyring()
  gpg('--passphrase', '', '--quick-generate-key', name, 'default', 'default')
  const made = release(tree, ['--sign-with', name], env)
  writeFileSync(join(made, publicKey), gpg('--armor', '--export', name).stdout)
  forget()
  cpSync(made, `${folder}.new`, { recursive: true })
  renameSync(`${folder}.new`, folder)
  rmSync(join(tree, '..'), { recursive: true })
}

const isRunning = (id: number) => {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}

/** Only one process makes the release; where it was killed, another does. */
const takes = (lock: string) => {
  if (existsSync(lock) && !isRunning(Number(readFileSync(lock, 'utf8')))) rmSync(lock, { force: true })
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

/**
 * The folder of a signed release of this commit. It is compressed for minutes, so the test files share it, and the next run has it: that the
 * same commit gives the same bytes is a test of its own.
 */
export const signedRelease = async () => {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  const all = join(root, 'node_modules/.cache/sesame-releases')
  const folder = join(all, commit)
  const lock = `${folder}.lock`
  mkdirSync(all, { recursive: true })
  while (!existsSync(folder)) {
    if (takes(lock)) {
      for (const name of readdirSync(all).filter(one => !one.startsWith(commit)))
        rmSync(join(all, name), { recursive: true })
      makeSigned(folder)
      rmSync(lock)
    }
    await new Promise(resolve => setTimeout(resolve, 1000))
  }
  return folder
}
