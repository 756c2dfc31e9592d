// The Debian package of a release, from the same folder as the archive. The same commit gives the same bytes.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const architectures = { x64: 'amd64', arm64: 'arm64' }
const maintainer = 'The maintainers of Sésame <security@sesame.example>'
/** Where the package has what the documents name below `/opt/sesame`. */
const home = 'usr/lib/sesame'

/** A version that is not released comes before the release in the order of Debian. */
const debianVersion = version => version.replace('-', '~')

const filesUnder = folder =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()

const write = (stage, path, content) => {
  const file = join(stage, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

/** Paths of the documents, as the package has them. */
const relocated = text =>
  text.replaceAll('/opt/sesame/bin/sesame', '/usr/bin/sesame').replaceAll('/opt/sesame', `/${home}`)

/** The settings of the document, which do not start before an operator has put in those of the institution. */
const settingsOf = root => {
  const [, yaml] =
    /```yaml\n(.*?)```/s.exec(readFileSync(join(root, 'docs/operate/install.md'), 'utf8')) ?? []
  return relocated(yaml)
}

/** « Mon, 30 Nov 2026 05:27:00 +0000 ». */
const rfcDate = epoch => new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')

const changelog = (version, epoch) =>
  `sesame (${debianVersion(version)}) stable; urgency=medium\n\n  * What changed: /${home}/CHANGELOG.md\n\n -- ${maintainer}  ${rfcDate(epoch)}\n`

const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Sésame

Files: *
Copyright: 2026 the authors of Sésame
License: Apache-2.0
 On Debian the licence is in /usr/share/common-licenses/Apache-2.0. What the
 portal contains of others: /${home}/NOTICE, /${home}/LICENSES.txt and
 /${home}/node/LICENSE.
`

const control = ({ version, architecture, size }) => `Package: sesame
Version: ${debianVersion(version)}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${size}
Depends: libc6 (>= 2.36), libstdc++6 (>= 12), libgcc-s1, libatomic1, passwd, debconf (>= 0.5) | debconf-2.0
Suggests: nginx | apache2, postgresql
Section: web
Priority: optional
Description: self-service portal for the digital identities of a university
 A person who forgot the password proves who they are and chooses a new one,
 which the directory accepts and the services receive. Activation of accounts,
 recovery of identifiers, proofs, and commands for the helpdesk.
 .
 The package brings its own Node, and needs no registry.
`

const layOut = ({ root, tree, stage, version, epoch }) => {
  cpSync(tree, join(stage, home), { recursive: true })
  mkdirSync(join(stage, 'usr/bin'), { recursive: true })
  symlinkSync('../lib/sesame/bin/sesame', join(stage, 'usr/bin/sesame'))
  const unit = readFileSync(join(root, 'docs/operate/release@.service'), 'utf8')
  write(stage, 'usr/lib/systemd/system/sesame@.service', relocated(unit).replace(/^# \S+ of an/, '# Of an'))
  // Not a file of /etc in the package: dpkg would remove it at a purge, and stop an upgrade to ask about each change of it.
  write(stage, 'usr/share/sesame/sesame.yaml', settingsOf(root))
  const documents = 'usr/share/doc/sesame'
  write(stage, `${documents}/copyright`, copyright)
  write(stage, `${documents}/changelog.gz`, gzipSync(changelog(version, epoch), { level: 9 }))
  write(
    stage,
    'usr/share/lintian/overrides/sesame',
    readFileSync(join(root, 'scripts/release/debian/overrides')),
  )
}

const digestLine = (stage, file) =>
  `${createHash('md5').update(readFileSync(file)).digest('hex')}  ${file.slice(stage.length + 1)}\n`

const describe = ({ root, stage, version, architecture }) => {
  const files = filesUnder(stage)
  const size = Math.ceil(files.reduce((sum, file) => sum + lstatSync(file).size, 0) / 1024)
  write(stage, 'DEBIAN/md5sums', files.map(file => digestLine(stage, file)).join(''))
  write(stage, 'DEBIAN/control', control({ version, architecture, size }))
  for (const name of ['templates', 'config', 'postinst', 'prerm', 'postrm'])
    write(stage, `DEBIAN/${name}`, readFileSync(join(root, 'scripts/release/debian', name)))
}

const isProgram = path => /\/(?:bin\/(?:sesame|node)|DEBIAN\/(?:config|postinst|prerm|postrm))$/.test(path)

/** The same mode and time for every file, whatever the folder that it was made in. */
const normalise = (stage, epoch) => {
  const entries = readdirSync(stage, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isSymbolicLink()) chmodSync(path, entry.isDirectory() || isProgram(path) ? 0o755 : 0o644)
    lutimesSync(path, epoch, epoch)
  }
  chmodSync(stage, 0o755)
  lutimesSync(stage, epoch, epoch)
}

/** Makes the package of the folder `tree` in `out`; gives its name. */
export const packDebian = ({ root, tree, out, version, epoch }) => {
  const architecture = architectures[process.arch]
  const name = `sesame_${debianVersion(version)}_${architecture}.deb`
  const stage = join(out, 'debian')
  rmSync(stage, { recursive: true, force: true })
  layOut({ root, tree, stage, version, epoch })
  describe({ root, stage, version, architecture })
  // After the list of files, which follows links to folders.
  symlinkSync('../../../lib/sesame/docs/operate', join(stage, 'usr/share/doc/sesame/operate'))
  normalise(stage, epoch)
  // Several threads of xz would give other bytes than one.
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z6', '--build', stage, join(out, name)], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch), DPKG_DEB_THREADS_MAX: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  rmSync(stage, { recursive: true })
  return name
}
