import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkStore, locationOf } from './check-store.ts'
import { type Clock, systemClock } from './clock.ts'
import { checkOwner, checkSecretFiles } from './config/check-files.ts'
import { checkOverrides } from './config/check-overrides.ts'
import { type Settings, sendsMessages } from './config/load.ts'
import { readRootKeys } from './config/root-key.ts'
import { createDirectory } from './create-directory.ts'
import { createIdentityServer, signInReturns } from './create-identity-server.ts'
import { createServices } from './create-services.ts'
import { idOfFingerprint } from './crypto/keys.ts'
import type { Directory, Finding } from './directory/directory.ts'
import { checkImported, nobodyImported } from './directory/imported/check.ts'
import { openLdapEntries } from './directory/ldap/entries.ts'
import { openHashing } from './hashing/hashing.ts'
import { openSmtpTransport } from './notify/smtp.ts'
import { openLeaked } from './password/leaked/leaked.ts'
import { historyKeeperOf, policyFrom } from './password/settings.ts'
import { migrationsFolder, shippedFilter } from './portal.ts'
import { availableProofs } from './proofs/policy/policy.ts'
import { shortfallOf } from './proofs/policy/shortfalls.ts'
import { openRotation } from './root-key-check.ts'
import { checkUnwrittenHashes } from './services/samba/unwritten.ts'
import { checkStatements } from './statements/check.ts'
import { inspectStore } from './store/inspect.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'
import { collectorState } from './syslog/check.ts'

const finding = (level: Finding['level'], what: string, detail: string): Finding => ({ level, what, detail })

type MailCheck = {
  readonly mailFinding: Finding
  /** Whether the server takes addresses that are not ASCII before the @; `null`: it is not known. */
  readonly smtpUtf8: boolean | null
}

const checkMail = async ({ config }: Settings): Promise<MailCheck> => {
  if (config.mail.kind === 'demonstration')
    return {
      mailFinding: finding(
        'warning',
        'mail',
        'Mails go to the demonstration’s mailbox page, and nowhere else.',
      ),
      smtpUtf8: true,
    }
  const { host, port } = config.mail
  const transport = openSmtpTransport(config.mail)
  const outage = await transport.outage()
  const smtpUtf8 = outage === null ? await transport.smtpUtf8() : null
  await transport.close()
  const mailFinding =
    outage === null
      ? finding('good', 'mail', `${host}:${port} accepts the portal.`)
      : finding('wrong', 'mail', `${outage} No code and no notice reaches anybody.`)
  return { mailFinding, smtpUtf8 }
}

const checkSecurityText = ({ config }: Settings, now: number): Finding[] => {
  if (!config.securityText) return []
  const { expires } = config.securityText
  return Date.parse(expires) > now
    ? [finding('good', 'security.txt', `It is sent until ${expires}.`)]
    : [
        finding(
          'warning',
          'security.txt',
          `It has not been sent since ${expires}: check its contacts, then give securityText.expires a later date.`,
        ),
      ]
}

const checkSyslog = async ({ config }: Settings): Promise<Finding[]> => {
  const { syslog } = config.audit
  return syslog ? [finding(...(await collectorState(syslog)))] : []
}

const messageOf = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault))

const proofsFinding = finding(
  'warning',
  'proofs',
  'The joker question alone is refused by NIST 800-63B-4 and ASVS 6.4.2: see docs/decisions/003-joker.md for what limits its risk. `recovery.preset: renforce` asks for more (docs/operate/recovery.md).',
)

const checkProofs = ({ config }: Settings) =>
  shortfallOf(config.recovery, availableProofs({ messages: sendsMessages(config) })) ? [proofsFinding] : []

/** A fault of one part of the check is its finding, and does not stop the others. */
const findingsOf = async (what: string, work: () => Promise<Finding[]>): Promise<Finding[]> => {
  try {
    return await work()
  } catch (fault) {
    return [finding('wrong', what, messageOf(fault))]
  }
}

/** Whether the root key can be read, and is the one under which the store is written. */
const checkRootKey = async (settings: Settings): Promise<Finding[]> => {
  if (!settings.rootKeyFile) return []
  const state = await inspectStore(locationOf(settings), migrationsFolder())
  const stored = 'rootKey' in state ? state.rootKey : null
  const roots = await readRootKeys(settings)
  if (!('rootKey' in state) || stored === null) return []
  const { configured, new: next } = roots
  if (stored !== configured.fingerprint && stored !== next?.fingerprint)
    return [
      finding(
        'wrong',
        'root-key',
        `The store was written under the root key ${idOfFingerprint(stored)}…, and the configured one is ${configured.id}…: put the file of the right root key in rootKeyFile.`,
      ),
    ]
  const open = openRotation({ rootKey: stored, isRotating: state.isRotating }, roots)
  return open === null ? [] : [finding('warning', 'root-key', open)]
}

const checkLeakedLists = ({ config }: Settings): Finding[] => {
  const lists = openLeaked({ shipped: shippedFilter(), operator: config.leakedFilter, institutionWords: [] })
  const findings = lists.facts.map(({ name, entries, falsePositiveRate }) =>
    finding(
      'good',
      'leaked',
      `The ${name} list holds ${entries} words; it refuses a password wrongly ${falsePositiveRate} of the time.`,
    ),
  )
  lists.close()
  return findings
}

/**
 * Works with an empty store of its own, below the temporary folder. The adapters of the demonstration need a store, and the
 * portal's own is not touched by a check.
 */
const withScratchStore = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-check-'))
  try {
    const store = await openStore(
      { file: join(folder, 'scratch.sqlite') },
      { migrations: migrationsFolder() },
    )
    return await work(store).finally(store.close)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const checkHistory = async ({ config: { password } }: Settings, directory: Directory) =>
  historyKeeperOf(password) === 'directory' ? directory.checkHistory(policyFrom(password).history) : []

/** The store is read as it is; one that is not made or completed yet has nothing imported. */
const checkIdentification = async (settings: Settings, directory: Directory): Promise<Finding[]> => {
  if (settings.config.identification === 'directory') return []
  const state = await inspectStore(locationOf(settings), migrationsFolder())
  if (state.kind !== 'current') return [nobodyImported]
  const store = await openStore(locationOf(settings), { migrations: migrationsFolder() })
  return checkImported(directory, store.read).finally(store.close)
}

const checkConnections = async (
  settings: Settings,
  clock: Clock,
  smtpUtf8: boolean | null,
): Promise<Finding[]> =>
  withScratchStore(async store => {
    const hashing = openHashing()
    const directory = await createDirectory(settings)({ store, hashing, keys: null })
    const targets = createServices(settings)({ store, clock, hashing, directory })
    const parts = targets.flatMap(({ writer, check }) =>
      [...new Set([writer, check])].filter(part => part !== null),
    )
    const source = settings.config.directory
    const writesHashes = settings.config.services.some(({ writer }) => writer?.kind === 'samba')
    const hashes = async () =>
      source.kind === 'ldap' && !writesHashes ? checkUnwrittenHashes(openLdapEntries(source, clock.now)) : []
    const services = async () => (await Promise.all(parts.map(part => part.check()))).flat()
    try {
      return [
        ...(await findingsOf('directory', async () => [...(await directory.check(smtpUtf8))])),
        ...(await findingsOf('directory-history', async () => [
          ...(await checkHistory(settings, directory)),
        ])),
        ...(await findingsOf('imported', () => checkIdentification(settings, directory))),
        ...(await findingsOf('unwritten-hash', hashes)),
        ...(await findingsOf('services', services)),
      ]
    } finally {
      for (const part of parts) await part.close()
      await directory.close()
      await hashing.close()
    }
  })

const checkSignIn = async (settings: Settings, clock: Clock): Promise<Finding[]> => {
  const server = await createIdentityServer(settings, clock)
  return [...((await server?.check(signInReturns(settings))) ?? [])]
}

/**
 * `sesame check`: tries each connection, and asks of the whole population what a journey asks. It writes nothing but, where one
 * is configured, the canary's password; `docs/reference/check.md` lists what it finds. `uid`: the user of the command.
 */
export const checkPortal = async (
  settings: Settings,
  { uid, clock = systemClock }: { readonly uid?: number | undefined; readonly clock?: Clock } = {},
): Promise<readonly Finding[]> => {
  const otherUser = checkOwner(settings.data, uid)
  if (otherUser) return [otherUser]
  const { mailFinding, smtpUtf8 } = await checkMail(settings)
  return [
    ...checkSecretFiles(settings),
    ...(await findingsOf('root-key', () => checkRootKey(settings))),
    ...(await checkStore(settings, migrationsFolder(), clock.now)),
    ...(await findingsOf('start', () => checkConnections(settings, clock, smtpUtf8))),
    ...(await findingsOf('sign-in', () => checkSignIn(settings, clock))),
    mailFinding,
    ...(await findingsOf('syslog', () => checkSyslog(settings))),
    ...(await findingsOf('leaked', async () => checkLeakedLists(settings))),
    ...checkProofs(settings),
    ...checkStatements(settings),
    ...checkOverrides(settings),
    ...checkSecurityText(settings, clock.now()),
  ]
}

/**
 * `sesame check --start`: only what would keep the portal from starting, without a connection to the directory or the mail server,
 * for a unit of systemd to try before it stops an instance that runs.
 */
export const checkStart = async (
  settings: Settings,
  { uid, clock = systemClock }: { readonly uid?: number | undefined; readonly clock?: Clock } = {},
): Promise<readonly Finding[]> => {
  const otherUser = checkOwner(settings.data, uid)
  if (otherUser) return [otherUser]
  return [
    ...(await findingsOf('root-key', () => checkRootKey(settings))),
    ...(await checkStore(settings, migrationsFolder(), clock.now)),
    ...(await findingsOf('leaked', async () => checkLeakedLists(settings))),
  ]
}

/** The exit status of the command: 1, something is wrong; 2, something could not be tried; 0, neither. */
export const exitStatus = (findings: readonly Finding[]) => {
  const has = (level: Finding['level']) => findings.some(one => one.level === level)
  if (has('wrong')) return 1
  return has('untried') ? 2 : 0
}
