import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'ldapts'
import type { z } from 'zod'
import { type LdapSettings, ldapSettings } from '../../src/directory/ldap/settings.ts'
import { createCertificateAuthority } from './authority.ts'
import { bases, suffix } from './people.ts'
import { freePort } from './ports.ts'
import { scratchFolder } from './scratch.ts'
import {
  configLdif,
  dataLdif,
  type Passwords,
  rootDn,
  rootPassword,
  type SlapdOptions,
  serviceDn,
  serviceNames,
} from './slapd-ldif.ts'
import { suspendProcess } from './suspend-process.ts'
import { copyTemplate } from './template.ts'

/** A real OpenLDAP with SupAnn people, in a temporary folder, on the loopback. */
export type Slapd = Awaited<ReturnType<typeof startSlapd>>

const program = '/usr/sbin/slapd'
export const hasSlapd = () => existsSync(program)

const portalDn = serviceDn('portal')
const passwordFileOf = (folder: string, name: string) => join(folder, `${name}.password`)

/** Fills the folder with the configuration, the people, the certificates and the passwords. */
const fillFolder = (options: SlapdOptions) => (folder: string) => {
  for (const part of ['conf', 'data']) mkdirSync(join(folder, part))
  createCertificateAuthority(folder)
  const passwords = Object.fromEntries(
    serviceNames.map(name => [name, randomBytes(12).toString('base64url')]),
  ) as Passwords
  for (const [name, password] of Object.entries(passwords))
    writeFileSync(passwordFileOf(folder, name), `${password}\n`, { mode: 0o600 })
  writeFileSync(join(folder, 'config.ldif'), configLdif(options))
  writeFileSync(join(folder, 'data.ldif'), dataLdif(passwords, options.people))
  const add = (...given: string[]) =>
    execFileSync('/usr/sbin/slapadd', [...given, '-F', 'conf'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  add('-n', '0', '-l', 'config.ldif')
  add('-q', '-n', '1', '-l', 'data.ldif')
}

/** `port`: where it listens without TLS; otherwise at any free port. */
export const startSlapd = async ({ port, ...options }: SlapdOptions & { readonly port?: number }) => {
  const folder = options.durable
    ? mkdtempSync(join(tmpdir(), 'sesame-slapd-'))
    : scratchFolder('sesame-slapd-')
  copyTemplate(folder, [configLdif(options), JSON.stringify(options.people)], fillFolder(options))
  const passwords = Object.fromEntries(
    serviceNames.map(name => [name, readFileSync(passwordFileOf(folder, name), 'utf8').trim()]),
  ) as Passwords
  const plain = port ?? (await freePort())
  const secure = await freePort()
  const urls = { ldap: `ldap://127.0.0.1:${plain}`, ldaps: `ldaps://127.0.0.1:${secure}` }
  let child: ChildProcess

  const launch = async () => {
    child = spawn(program, ['-F', 'conf', '-h', `${urls.ldap} ${urls.ldaps}`, '-d', '0'], {
      cwd: folder,
      stdio: 'ignore',
    })
    for (let tries = 0; ; tries += 1) {
      const client = new Client({ url: urls.ldap, connectTimeout: 500 })
      try {
        await client.bind(rootDn, rootPassword)
        await client.unbind()
        return
      } catch (fault) {
        if (tries > 1000) throw fault
        await new Promise(resolve => setTimeout(resolve, 10))
      }
    }
  }
  await launch()

  const bound = async <T>(dn: string, password: string, work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url: urls.ldap, strictDN: false })
    await client.bind(dn, password)
    try {
      return await work(client)
    } finally {
      await client.unbind()
    }
  }

  const exited = () =>
    new Promise<void>(resolve =>
      child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()),
    )

  return {
    urls,
    caFile: join(folder, 'ca.pem'),
    portalDn,
    passwordFile: passwordFileOf(folder, 'portal'),
    settings: (changes: Partial<z.input<typeof ldapSettings>> = {}): LdapSettings =>
      ldapSettings.parse({
        urls: [urls.ldaps],
        caFile: join(folder, 'ca.pem'),
        bindDn: portalDn,
        passwordFile: passwordFileOf(folder, 'portal'),
        connectTimeout: 1000,
        answerTimeout: 1500,
        populations: {
          student: { base: bases.student },
          staff: { base: bases.staff },
          external: { base: bases.external },
        },
        privilegedGroups: [`cn=admins,ou=groups,${suffix}`],
        ...changes,
      }),
    /** Works as the root DN, which no access rule restricts, to prepare a test. */
    asRoot: <T>(work: (client: Client) => Promise<T>) => bound(rootDn, rootPassword, work),
    /** Works as the administrator of cn=config, where `changesConfig` made one. */
    asConfig: <T>(work: (client: Client) => Promise<T>) => bound('cn=config', rootPassword, work),
    as: <T>(name: keyof Passwords, work: (client: Client) => Promise<T>) =>
      bound(serviceDn(name), passwords[name], work),
    pause: () => suspendProcess(child.pid ?? 0),
    resume: () => child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL')
      await exited()
    },
    start: launch,
    stop: async () => {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await exited()
      rmSync(folder, { recursive: true, force: true })
    },
    /** The bind DN and password of a service account. */
    service: (name: keyof Passwords) => ({
      dn: serviceDn(name),
      password: passwords[name],
      passwordFile: passwordFileOf(folder, name),
    }),
  }
}
