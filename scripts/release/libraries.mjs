// The libraries of Debian that the Node of a release needs where there is no Debian: in the image. Each package is named with its version
// and its digest, so the same commit takes the same bytes on every machine; the packages of this machine play no part.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const list = JSON.parse(readFileSync(join(import.meta.dirname, 'image/libraries.json'), 'utf8'))

const digestOf = file => createHash('sha256').update(readFileSync(file)).digest('hex')

const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch]

/** The packages with the digest for this kind of machine. */
export const libraryPackages = () =>
  list.packages.map(({ name, version, sha256 }) => ({
    name,
    version,
    architecture,
    digest: sha256[architecture],
  }))

export const canFetchLibraries = () =>
  ['/usr/bin/apt-get', '/usr/bin/dpkg-deb'].every(program => existsSync(program)) &&
  libraryPackages().every(({ digest }) => digest)

/** Asks the mirrors of Debian alone, in lists of its own: this machine may have another version of Debian. */
const download = ({ name, version }, folder) => {
  for (const part of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, part), { recursive: true })
  const of = (archive, suite) =>
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/${archive} ${suite} main\n`
  writeFileSync(
    join(folder, 'sources.list'),
    of('debian', list.suite) + of('debian-security', `${list.suite}-security`),
  )
  writeFileSync(join(folder, 'status'), '')
  const options = {
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': 'root',
  }
  const given = Object.entries(options).flatMap(([option, value]) => ['-o', `${option}=${value}`])
  const apt = (...args) =>
    execFileSync('apt-get', ['-qq', ...given, ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  if (!existsSync(join(folder, 'updated'))) apt('update')
  writeFileSync(join(folder, 'updated'), '')
  apt('download', `${name}=${version}`)
  return join(folder, `${name}_${version.replace(':', '%3a')}_${architecture}.deb`)
}

/** The files of the packages, kept beside the packages of npm: they are fetched once. */
const filesOf = root => {
  const kept = join(root, 'node_modules/.cache/sesame-libraries')
  mkdirSync(kept, { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'sesame-libraries-'))
  try {
    return libraryPackages().map(one => {
      const file = join(kept, `${one.name}_${one.version}_${architecture}.deb`)
      if (!existsSync(file)) {
        try {
          cpSync(download(one, folder), `${file}.${process.pid}`)
        } catch (cause) {
          throw new Error(
            `Debian does not give ${one.name} ${one.version}: name its newer version in scripts/release/image/libraries.json, or, to make an old release again, put the package of snapshot.debian.org at ${file}.`,
            { cause },
          )
        }
        renameSync(`${file}.${process.pid}`, file)
      }
      if (digestOf(file) !== one.digest)
        throw new Error(`${file} is not the package that scripts/release/image/libraries.json names.`)
      return { ...one, file }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Libraries, the loader, and what the licences ask for; no programs and no tables of other encodings. */
const isTaken = path =>
  /^(?:usr\/)?lib\/[^/]+-linux-gnu\/[^/]+\.so(?:\.[\d.]+)?$|^lib(?:64)?\/ld-linux[^/]*$|^usr\/share\/doc\/[^/]+(?:\/copyright)?$/.test(
    path,
  )

const pathsIn = file =>
  execFileSync('sh', ['-c', 'dpkg-deb --fsys-tarfile "$0" | tar -t', file], { encoding: 'utf8' })
    .split('\n')
    .map(path => path.replace(/^\.\//, ''))

/** Puts the libraries into the folder, with a record of each package where scanners of images look for it. */
export const addLibraries = (root, folder) => {
  const records = join(folder, 'var/lib/dpkg/status.d')
  mkdirSync(records, { recursive: true })
  for (const { name, file } of filesOf(root)) {
    const taken = pathsIn(file).filter(isTaken)
    const script = 'file=$0; folder=$1; shift; dpkg-deb --fsys-tarfile "$file" | tar -x -C "$folder" "$@"'
    execFileSync('sh', ['-c', script, file, folder, ...taken.map(path => `./${path}`)])
    writeFileSync(join(records, name), execFileSync('dpkg-deb', ['--field', file]))
  }
}
