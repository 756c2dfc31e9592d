// Runs under any Node version (a fresh Debian has 20): installs the packages of the lockfile, once per lockfile.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'node_modules', '.sesame-installed')
const digest = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

/** npm 9, which Debian 12 has, makes no link to the Node that the portal runs on: its scripts would run on Debian's. */
const linkNode = () => {
  const link = join(root, 'node_modules', '.bin', 'node')
  const name = readdirSync(join(root, 'node_modules')).find(one => /^node-(bin-)?(linux|darwin)-/.test(one))
  if (name && !existsSync(link)) symlinkSync(join('..', name, 'bin', 'node'), link)
}

const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
if (!installed) {
  console.log('Installing the exact packages of package-lock.json (once)…')
  // Also with NODE_ENV=production: esbuild is needed to build, so development dependencies are included explicitly.
  const done = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=error'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  if (done.status !== 0) {
    console.error('npm could not install the packages. Is the npm registry reachable?')
    process.exit(done.status ?? 1)
  }
  linkNode()
  writeFileSync(stamp, digest)
}
