// The OCI image of a release, from the same folder as the archive, made without a daemon and as anybody: an image is a few files of JSON
// and some archives, each named by its digest (OCI image specification 1.0). The same commit gives the same bytes.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { addLibraries } from './libraries.mjs'

const architectures = { x64: 'amd64', arm64: 'arm64' }
/** Whom the portal runs as: nobody on the host, and the number that images without a shell usually have. */
const user = 65_532
const port = '3000'

const digestOf = bytes => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const write = (folder, path, content) => {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

/** What Node asks of a system, and nothing to log in with: no shell, no package manager, no program. */
const layOutSystem = ({ root, folder }) => {
  addLibraries(root, folder)
  write(
    folder,
    'etc/passwd',
    `root:x:0:0:root:/:/none\nsesame:x:${user}:${user}:Sesame:/var/lib/sesame:/none\n`,
  )
  write(folder, 'etc/group', `root:x:0:\nsesame:x:${user}:\n`)
  write(folder, 'etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n')
  // Scanners compare the libraries with the faults that Debian knows of.
  write(
    folder,
    'etc/os-release',
    'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Sésame"\n',
  )
  for (const name of ['dev', 'proc', 'sys', 'etc/sesame', 'var/lib'])
    mkdirSync(join(folder, name), { recursive: true })
}

/** The folder of the archive, at the place that the documents name; its launcher needs a shell, so another takes its place. */
const layOutPortal = ({ root, tree, folder }) => {
  const home = join(folder, 'opt/sesame')
  cpSync(tree, home, { recursive: true })
  for (const [from, to] of [
    ['sesame.mjs', 'sesame'],
    ['health.mjs', 'health'],
  ])
    cpSync(join(root, 'scripts/release/image', from), join(home, 'bin', to))
  rmSync(join(home, 'bin/sesame.mjs'))
  mkdirSync(join(folder, 'usr/bin'), { recursive: true })
  symlinkSync('/opt/sesame/bin/sesame', join(folder, 'usr/bin/sesame'))
}

/** `owner`: who owns all of it in the image, whoever makes the image. */
const archive = ({ folder, epoch, owner = 0, mode = 'u=rwX,go=rX', paths = ['.'] }) =>
  execFileSync(
    'tar',
    [
      ...[
        '--sort=name',
        '--format=gnu',
        `--mtime=@${epoch}`,
        `--owner=${owner}`,
        `--group=${owner}`,
        '--numeric-owner',
      ],
      ...[`--mode=${mode}`, '-C', folder, '-cf', '-', ...paths],
    ],
    { maxBuffer: 1024 ** 3 },
  )

const labels = ({ version, revision, created }) => ({
  'org.opencontainers.image.created': created,
  'org.opencontainers.image.description': 'Self-service portal for the digital identities of a university',
  'org.opencontainers.image.licenses': 'Apache-2.0',
  'org.opencontainers.image.revision': revision,
  'org.opencontainers.image.title': 'Sésame',
  'org.opencontainers.image.version': version,
})

const second = 1_000_000_000

const configuration = ({ architecture, created, annotations, diffIds }) => ({
  created,
  architecture,
  os: 'linux',
  config: {
    User: `${user}:${user}`,
    ExposedPorts: { [`${port}/tcp`]: {} },
    Env: [
      'PATH=/usr/bin',
      'SESAME_CONFIG=/etc/sesame/sesame.yaml',
      'SESAME_DATA=/var/lib/sesame',
      // The only place that can be written: `sesame check` has a store for a moment, and SQLite files where a sort is large.
      'TMPDIR=/var/lib/sesame',
      `PORT=${port}`,
    ],
    Entrypoint: ['/usr/bin/sesame'],
    Cmd: ['serve'],
    Volumes: { '/var/lib/sesame': {} },
    WorkingDir: '/opt/sesame',
    Labels: annotations,
    StopSignal: 'SIGTERM',
    // No field of OCI, which keeps its name for Docker: Docker reads it, and Podman and Kubernetes are given the check by the operator.
    Healthcheck: {
      Test: ['CMD', '/opt/sesame/bin/health'],
      Interval: 30 * second,
      Timeout: 5 * second,
      StartPeriod: 60 * second,
    },
  },
  rootfs: { type: 'layers', diff_ids: diffIds },
  history: diffIds.map(() => ({ created, created_by: 'npm run release' })),
})

/** The files of an image: each blob has the name of its digest. */
const createLayout = folder => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  const add = (mediaType, bytes) => {
    const digest = digestOf(bytes)
    const file = join(folder, 'blobs', digest.replace(':', '/'))
    writeFileSync(file, bytes)
    return { mediaType, digest, size: statSync(file).size }
  }
  return {
    add,
    addJson: (kind, value) =>
      add(`application/vnd.oci.image.${kind}.v1+json`, Buffer.from(JSON.stringify(value))),
  }
}

/** The libraries, the portal, and the folder of the data: what changes seldom is fetched once from a registry. */
const layersOf = ({ root, tree, stage, epoch }) => {
  const [system, portal, data] = ['system', 'portal', 'data'].map(name => join(stage, name))
  layOutSystem({ root, folder: system })
  layOutPortal({ root, tree, folder: portal })
  mkdirSync(join(data, 'var/lib/sesame'), { recursive: true })
  return [
    archive({ folder: system, epoch }),
    archive({ folder: portal, epoch }),
    // A new volume takes its owner and its rights from here.
    archive({ folder: data, epoch, owner: user, mode: 'u=rwx,go=', paths: ['var/lib/sesame'] }),
  ]
}

/** Makes the image of the folder `tree` in `out`, as an archive of an OCI layout; gives its name. */
export const packImage = ({ root, tree, out, name, version, revision, epoch }) => {
  const architecture = architectures[process.arch]
  const stage = join(out, 'image')
  rmSync(stage, { recursive: true, force: true })
  const created = new Date(epoch * 1000).toISOString()
  const annotations = labels({ version, revision, created })
  const layout = createLayout(join(stage, 'layout'))
  const layers = layersOf({ root, tree, stage, epoch }).map(bytes => ({
    diffId: digestOf(bytes),
    // The program and not Node's zlib, whose bytes differ by processor.
    blob: layout.add(
      'application/vnd.oci.image.layer.v1.tar+gzip',
      execFileSync('gzip', ['-n', '-6'], { input: bytes, maxBuffer: 1024 ** 3 }),
    ),
  }))
  const diffIds = layers.map(({ diffId }) => diffId)
  const config = layout.addJson('config', configuration({ architecture, created, annotations, diffIds }))
  const manifest = layout.addJson('manifest', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: layers.map(({ blob }) => blob),
    annotations,
  })
  const named = {
    ...manifest,
    platform: { architecture, os: 'linux' },
    annotations: {
      'io.containerd.image.name': `localhost/sesame:${version}`,
      'org.opencontainers.image.ref.name': version,
    },
  }
  writeFileSync(
    join(stage, 'layout/index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [named],
    }),
  )
  const file = `${name}.oci.tar`
  const parts = ['blobs', 'index.json', 'oci-layout']
  writeFileSync(join(out, file), archive({ folder: join(stage, 'layout'), epoch, paths: parts }))
  rmSync(stage, { recursive: true })
  return file
}
