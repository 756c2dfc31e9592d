import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCertificateAuthority } from '../world/authority.ts'
import type { WorldPerson } from '../world/people.ts'
import { root } from '../world/root.ts'
import { configLdif, dataLdif, serviceDn, serviceNames } from '../world/slapd-ldif.ts'
import { type DebianRoot, hostNames } from './debian-root.ts'

const administrator = 'gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth'

/** As an institution has it before Sésame: its own rules, no entry of the portal. */
const configOf = (people: readonly WorldPerson[]) =>
  configLdif({
    people,
    access: () => [`to * by dn.exact="${administrator}" manage by self write by anonymous auth by * read`],
    hidesIndexes: true,
    // Those of Debian's slapd and of most directories; the page adds the others.
    indexes: 'objectClass,entryUUID,uid eq',
    portalLimits: null,
    monitor: false,
  }).replace(
    'olcDatabase: {0}config\n',
    `olcDatabase: {0}config\nolcAccess: to * by dn.exact="${administrator}" manage by * break\n`,
  )

const dataOf = (people: readonly WorldPerson[]) =>
  dataLdif(Object.fromEntries(serviceNames.map(name => [name, 'of-the-institution'])) as never, people)
    .split('\n\n')
    .filter(entry => !entry.trimStart().startsWith(`dn: ${serviceDn('portal')}`))
    .join('\n\n')
    .replace(/^(objectClass: sambaSamAccount|samba\w+: .*)\n/gm, '')

/** The server of the directory with its people, in `/srv/directory` of the root. */
export const startDirectory = async ({ folder, run }: DebianRoot, people: readonly WorldPerson[]) => {
  const directory = join(folder, 'srv/directory')
  for (const part of ['conf', 'data']) mkdirSync(join(directory, part), { recursive: true })
  createCertificateAuthority(directory, '127.0.0.1', hostNames)
  writeFileSync(join(directory, 'config.ldif'), configOf(people))
  writeFileSync(join(directory, 'data.ldif'), dataOf(people))
  const install =
    'DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slapd ldap-utils'
  const installed = await run(`apt-get update -qq; ${install}`, { internet: true })
  const started = await run(
    'slapadd -n 0 -l config.ldif -F conf; slapadd -q -n 1 -l data.ldif -F conf; mkdir -p /run/slapd; slapd -F conf -h "ldaps:/// ldapi:///"',
    { folder: '/srv/directory' },
  )
  if (started.status !== 0) throw new Error(installed.output + started.output)
  return directory
}

/** This version of Sésame, committed or not, as a repository that is cloned over HTTP: the folder to serve. */
export const makeRepository = () => {
  const made = mkdtempSync(join(tmpdir(), 'sesame-repository-'))
  const git = (...given: string[]) =>
    execFileSync('git', given, { cwd: made, encoding: 'utf8', maxBuffer: 1e9 })
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of files.split('\0').filter(Boolean))
    cpSync(join(root, file), join(made, 'tree', file), { recursive: true })
  const author = ['-c', 'user.name=Tests', '-c', 'user.email=tests@univ.example']
  git('init', '-q', 'tree')
  git('-C', 'tree', 'add', '--all', '--force')
  git('-C', 'tree', ...author, 'commit', '-q', '-m', 'This version')
  git('clone', '-q', '--bare', 'tree', 'sesame.git')
  git('-C', 'sesame.git', 'update-server-info')
  return { folder: made, forget: () => rmSync(made, { recursive: true, force: true }) }
}
