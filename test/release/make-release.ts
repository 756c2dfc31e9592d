import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
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
export const release = (tree: string, more: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
  execFileSync(process.execPath, [join(tree, 'scripts/release.mjs'), ...more], {
    env: { ...process.env, ...env },
  })
  return join(tree, 'release')
}

export const fileIn = (folder: string, ending: string) =>
  readdirSync(folder).find(name => name.endsWith(ending)) ?? ''

/** Somebody who signs releases, with a key of their own. */
export const createReleaser = () => {
  const name = 'releaser@univ.example'
  const home = newFolder('sesame-gpg-')
  const env = { ...process.env, GNUPGHOME: home }
  const gpg = (...args: string[]) => spawnSync('gpg', ['--batch', ...args], { env, encoding: 'utf8' })
  gpg('--passphrase', '', '--quick-generate-key', name, 'default', 'default')
  return {
    name,
    env,
    gpg,
    publicKey: () => gpg('--armor', '--export', name).stdout,
    forget: () => {
      spawnSync('gpgconf', ['--kill', 'all'], { env })
      rmSync(home, { recursive: true, force: true })
    },
  }
}
