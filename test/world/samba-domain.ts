import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { worldPeople } from './people.ts'
import { organisationLdif, ouOf, peopleLdif } from './samba-people.ts'

export const rootPassword = 'Root-Of-The-Tests-1'
const quiet = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] }

/** The access rights that the documentation recommends, so that tests use them too. */
const advisedRights = () =>
  readFileSync(join(import.meta.dirname, '../../docs/operate/active-directory.acl'), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('(OA;'))

/** Samba needs a broadcast address, which a /32 does not have; with these options it still binds to this address only. */
export const onLoopback = (address: string) => [
  `--option=interfaces=${address}/8`,
  '--option=bind interfaces only=yes',
]

export const configured = (folder: string) => ['-s', join(folder, 'etc/smb.conf')]
const samOf = (folder: string) => ['-H', join(folder, 'private/sam.ldb')]

const sambaTool = (...given: string[]) => execFileSync('/usr/bin/samba-tool', given, quiet)

/** Puts access rules in front of those of each organisational unit; PORTAL stands for the account of the portal. */
export const addRights = (folder: string, rules: string) => {
  const shown = execFileSync(
    '/usr/bin/samba-tool',
    ['user', 'show', 'portal', '--attributes=objectSid', ...configured(folder), ...samOf(folder)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const sid = /S-1-[\d-]+/.exec(shown)?.[0] ?? ''
  const rights = rules.replaceAll('PORTAL', sid)
  for (const population of ['student', 'staff', 'external'] as const)
    sambaTool(
      'dsacl',
      'set',
      `--objectdn=${ouOf(population)}`,
      `--sddl=${rights}`,
      ...configured(folder),
      ...samOf(folder),
    )
}

const provision = (folder: string) => {
  const address = '127.0.0.50'
  const empty = `${folder}.empty.conf`
  writeFileSync(empty, '')
  sambaTool(
    'domain',
    'provision',
    `--configfile=${empty}`,
    `--targetdir=${folder}`,
    '--realm=AD.UNIV.EXAMPLE',
    '--domain=ADUNIV',
    '--server-role=dc',
    '--dns-backend=NONE',
    `--adminpass=${rootPassword}`,
    '--host-name=dc1',
    `--host-ip=${address}`,
    ...onLoopback(address),
  )
  sambaTool(
    'domain',
    'passwordsettings',
    'set',
    '--min-pwd-age=0',
    '--min-pwd-length=8',
    '--history-length=3',
    ...configured(folder),
    ...samOf(folder),
  )
  for (const [name, text] of [
    ['organisation', organisationLdif()],
    ['people', peopleLdif(people)],
  ] as const) {
    const file = join(folder, `${name}.ldif`)
    writeFileSync(file, text, { mode: 0o600 })
    execFileSync(
      '/usr/bin/ldbadd',
      [`--configfile=${join(folder, 'etc/smb.conf')}`, ...samOf(folder), file],
      quiet,
    )
  }
  addRights(folder, advisedRights().join(''))
  rmSync(empty)
}

const people = worldPeople(0)

/**
 * The folder of a provisioned domain. Provisioning takes ten seconds and always gives the same result, so the folder stays on this
 * machine and each start copies it. Its name contains a digest of its sources.
 */
export const cachedDomain = () => {
  const digest = createHash('sha256').update(JSON.stringify(people))
  for (const source of ['samba-domain.ts', 'samba-people.ts', '../../docs/operate/active-directory.acl'])
    digest.update(readFileSync(join(import.meta.dirname, source)))
  const kept = join(tmpdir(), `sesame-domain-${digest.digest('hex').slice(0, 16)}`)
  if (existsSync(kept)) return kept
  const made = mkdtempSync(join(tmpdir(), 'sesame-domain-made-'))
  provision(join(made, 'd'))
  try {
    renameSync(join(made, 'd'), kept)
  } catch {
    // Another run created the same domain first.
  }
  rmSync(made, { recursive: true, force: true })
  return kept
}
