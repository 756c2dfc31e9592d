// `npm run release`: puts the portal, its Node and the few packages that it loads into one archive, one Debian package and one OCI image,
// which need no registry, no compiler and no write access where they are installed. Beside them: a list of all components (CycloneDX),
// checksums, and with `--sign-with KEY` a detached signature by a key of gpg that the releaser holds. The same commit gives the same bytes.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { packDebian } from './release/debian.mjs'
import { packImage } from './release/image.mjs'
import { canFetchLibraries, libraryPackages } from './release/libraries.mjs'
import { licences } from './release/licences.mjs'
import { runtimePackages } from './release/packages.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = join(root, 'release')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const machine = `${process.platform}-${process.arch}`
export const releaseName = `sesame-${version}-${machine}`

const run = (command, args, options = {}) =>
  execFileSync(command, args, { cwd: root, maxBuffer: 64 * 1024 * 1024, ...options })

/** The Node of the lock file, whichever runs this script. */
const nodeFolder = () => {
  const name = readdirSync(join(root, 'node_modules')).find(
    one => one === `node-${machine}` || one === `node-bin-${machine}`,
  )
  if (!name) throw new Error(`No Node for ${machine} in node_modules: run « npm start » once.`)
  return join(root, 'node_modules', name)
}

/** Of what is not in the archive: tests of packages, their documents and their sources. */
const isNeeded = file =>
  !/\.(?:map|md|ts|mts|cts)$|\/(?:test|tests|docs|examples|benchmark|\.github)(?:\/|$)/i.test(file)

const copyPackage = (name, tree) =>
  cpSync(join(root, 'node_modules', name), join(tree, 'node_modules', name), {
    recursive: true,
    filter: source => isNeeded(source.slice(root.length)) || /licen[cs]e|notice/i.test(source),
  })

/** The folder that is unpacked on the server. */
const assemble = async tree => {
  rmSync(tree, { recursive: true, force: true })
  mkdirSync(join(tree, 'bin'), { recursive: true })
  const built = join(out, 'build')
  rmSync(built, { recursive: true, force: true })
  await build(built)
  cpSync(built, join(tree, 'dist'), {
    recursive: true,
    filter: source => !/\/(?:\.built|build-leaked\.js)$/.test(source),
  })
  for (const name of [
    'migrations',
    'docs/operate',
    'docs/dossier',
    'docs/reference',
    'LICENSE',
    'NOTICE',
    'CHANGELOG.md',
    'SECURITY.md',
  ])
    if (existsSync(join(root, name))) cpSync(join(root, name), join(tree, name), { recursive: true })
  for (const name of runtimePackages(root, built)) copyPackage(name, tree)
  const node = nodeFolder()
  mkdirSync(join(tree, 'node', 'bin'), { recursive: true })
  cpSync(join(node, 'bin', 'node'), join(tree, 'node', 'bin', 'node'))
  cpSync(join(node, 'LICENSE'), join(tree, 'node', 'LICENSE'))
  cpSync(join(root, 'scripts/release/sesame.sh'), join(tree, 'bin', 'sesame'))
  cpSync(join(root, 'scripts/release/sesame.mjs'), join(tree, 'bin', 'sesame.mjs'))
  writeFileSync(join(tree, 'LICENSES.txt'), licences(root))
  writeFileSync(
    join(tree, 'package.json'),
    `${JSON.stringify({ name: 'sesame', version, type: 'module' }, null, 2)}\n`,
  )
}

/** The libraries of Debian, which only the image has. */
const libraryComponents = () =>
  libraryPackages().map(({ architecture, digest, ...one }) => ({
    type: 'library',
    ...one,
    purl: `pkg:deb/debian/${one.name}@${encodeURIComponent(one.version)}?arch=${architecture}&distro=debian-12`,
    hashes: [{ alg: 'SHA-256', content: digest }],
  }))

/** Every component in the release, in the format that scanners read; without the time and the random number that npm adds. */
const components = ({ withImage }) => {
  const args = [
    'sbom',
    '--package-lock-only',
    '--omit=dev',
    '--sbom-format=cyclonedx',
    '--sbom-type=application',
  ]
  const { serialNumber: _, ...bom } = JSON.parse(
    run('npm', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString(),
  )
  const { timestamp: __, component, ...metadata } = bom.metadata
  // Npm names it after the folder.
  const own = { ...component, name: 'sesame' }
  const node = readFileSync(join(nodeFolder(), 'package.json'), 'utf8')
  const runtime = {
    type: 'platform',
    name: 'node',
    version: JSON.parse(node).version,
    purl: `pkg:generic/node@${JSON.parse(node).version}`,
  }
  const all = [runtime, ...(withImage ? libraryComponents() : []), ...bom.components]
  return `${JSON.stringify({ ...bom, metadata: { ...metadata, component: own }, components: all }, null, 2)}\n`
}

/** When the commit was made (seconds since 1970): the time of every file of the archive (reproducible-builds.org). */
const commitTime = () =>
  process.env.SOURCE_DATE_EPOCH ?? run('git', ['log', '-1', '--format=%ct']).toString().trim()

const commit = () => run('git', ['rev-parse', 'HEAD']).toString().trim()

const pack = archive => {
  const list = [
    '--sort=name',
    `--mtime=@${commitTime()}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
  ]
  const tar = run('tar', [...list, '-C', out, '-cf', '-', releaseName], { maxBuffer: 1024 ** 3 })
  writeFileSync(archive, run('xz', ['-6', '-T1', '-c'], { input: tar, maxBuffer: 1024 ** 3 }))
}

const digestOf = file => createHash('sha256').update(readFileSync(file)).digest('hex')

/** Makes the release under `release/`; gives the names of its files. */
export const release = async ({ signWith } = {}) => {
  const tree = join(out, releaseName)
  await assemble(tree)
  const archive = `${releaseName}.tar.xz`
  pack(join(out, archive))
  const epoch = Number(commitTime())
  const debian = existsSync('/usr/bin/dpkg-deb') ? [packDebian({ root, tree, out, version, epoch })] : []
  const withImage = canFetchLibraries()
  const image = withImage
    ? [packImage({ root, tree, out, name: releaseName, version, revision: commit(), epoch })]
    : []
  const list = `${releaseName}.cdx.json`
  writeFileSync(join(out, list), components({ withImage }))
  const files = [archive, ...debian, ...image, list]
  rmSync(tree, { recursive: true })
  rmSync(join(out, 'build'), { recursive: true })
  writeFileSync(
    join(out, 'SHA256SUMS'),
    files.map(name => `${digestOf(join(out, name))}  ${name}\n`).join(''),
  )
  rmSync(join(out, 'SHA256SUMS.asc'), { force: true })
  if (signWith)
    run('gpg', ['--batch', '--armor', '--local-user', signWith, '--detach-sign', join(out, 'SHA256SUMS')])
  return [...files, 'SHA256SUMS', ...(signWith ? ['SHA256SUMS.asc'] : [])].map(name => join(out, name))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { 'sign-with': { type: 'string' } } })
  for (const file of await release({ signWith: values['sign-with'] })) console.log(file)
}
