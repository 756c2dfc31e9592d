import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { bases, suffix, worldPeople } from '../world/people.ts'
import { freePort } from '../world/ports.ts'
import { root } from '../world/root.ts'
import { type Slapd, startSlapd } from '../world/slapd.ts'
import { newVisitor } from '../world/visitor.ts'
import { createContainer, unpackImage } from './container.ts'
import { createJourney } from './journey.ts'
import { fileIn, newFolder, signedRelease, verifiedSignature } from './make-release.ts'

/** A release is compressed for a minute on an idle machine. */
const patience = 30 * 60_000
const user = 65_532
const chosen = 'Tr0mbone&Cascade-Bleue'

type Ports = Readonly<Record<'portal' | 'admin' | 'mail', number>>

/** The settings and secrets of an institution, as an operator puts them where the container may only read them. */
const writeSettings = (folder: string, slapd: Slapd, ports: Ports) => {
  const at = (name: string) => join('/etc/sesame', name)
  writeFileSync(join(folder, 'root.key'), randomBytes(32), { mode: 0o600 })
  writeFileSync(join(folder, 'charter.txt'), 'Une règle.')
  copyFileSync(slapd.caFile, join(folder, 'ca.pem'))
  copyFileSync(slapd.passwordFile, join(folder, 'ldap.password'))
  const value = {
    publicUrl: `http://127.0.0.1:${ports.portal}`,
    listen: { host: '127.0.0.1', admin: { port: ports.admin } },
    rootKeyFile: at('root.key'),
    charter: { version: '1', fr: at('charter.txt'), en: at('charter.txt') },
    branding: { helpdesk: { phone: '03 27 00 00 00', mail: 'assistance@univ.example' } },
    directory: {
      kind: 'ldap',
      urls: [slapd.urls.ldaps],
      caFile: at('ca.pem'),
      bindDn: slapd.portalDn,
      passwordFile: at('ldap.password'),
      populations: Object.fromEntries(Object.entries(bases).map(([kind, base]) => [kind, { base }])),
      privilegedGroups: [`cn=admins,ou=groups,${suffix}`],
    },
    mail: { kind: 'smtp', host: '127.0.0.1', port: ports.mail, tls: 'none', from: 'portail@univ.example' },
    limits: { ...unlimited, ...unlimitedJourneys },
  }
  writeFileSync(join(folder, 'sesame.yaml'), stringify(value), { mode: 0o640 })
  for (const name of ['.', ...readdirSync(folder)]) chownSync(join(folder, name), user, user)
}

/** What the process of the portal may do, and what its system gives it, asked from inside. */
const question = `
const { readFileSync, writeFileSync } = require('node:fs')
const status = readFileSync('/proc/1/status', 'utf8')
const field = name => new RegExp('^' + name + ':\\\\s+(.*)$', 'm').exec(status)[1]
const write = path => {
  try {
    writeFileSync(path, '')
    return 'written'
  } catch (fault) {
    return fault.code
  }
}
const may = ['/x', '/opt/sesame/x', '/etc/sesame/x', '/var/lib/sesame/x'].map(write)
const paris = new Date(0).toLocaleTimeString('fr', { timeZone: 'Europe/Paris' })
require('node:dns').lookup('localhost', { family: 4 }, (fault, address) =>
  console.log(JSON.stringify({
    may, paris, address, capabilities: ['CapBnd', 'CapEff', 'CapPrm', 'CapAmb'].map(field),
    user: field('Uid').split(/\\s+/)[0], noNewPrivileges: field('NoNewPrivs'),
  })))`

describe('the image of a release', { timeout: patience }, () => {
  const folder = newFolder('sesame-image-')
  const [settings, volume, layout] = ['settings', 'volume', 'layout'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  let made: string
  let image: string
  let slapd: Slapd
  let mails: MailServer
  let ports: Ports
  const containers: ReturnType<typeof createContainer>[] = []
  const contain = (command?: readonly string[]) => {
    const env = { PORT: String(ports.portal) }
    const container = createContainer({ image, settings, volume, env, ...(command && { command }) })
    containers.push(container)
    return container
  }
  const blob = (digest: string) =>
    JSON.parse(readFileSync(join(layout, 'blobs', digest.replace(':', '/')), 'utf8'))
  const manifest = () =>
    blob(JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0].digest)

  beforeAll(async () => {
    made = await signedRelease()
    for (const name of [settings, volume, layout]) mkdirSync(name, { mode: 0o700 })
    chownSync(volume, user, user)
    execFileSync('tar', ['-xf', join(made, fileIn(made, '.oci.tar')), '-C', layout])
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    image = `${layout}:${version}`
    slapd = await startSlapd({ people: worldPeople(40) })
    ports = { portal: await freePort(), admin: await freePort(), mail: await freePort() }
    mails = await startMailServer({ port: ports.mail, tls: 'none', folder })
    writeSettings(settings, slapd, ports)
  }, patience)
  afterAll(async () => {
    for (const container of containers) await container.forget()
    await mails?.stop()
    await slapd?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('runs as somebody without rights, with one volume, and says what it is', () => {
    const { config, created } = blob(manifest().config.digest)
    expect(config).toMatchObject({
      User: `${user}:${user}`,
      Entrypoint: ['/usr/bin/sesame'],
      Cmd: ['serve'],
      Volumes: { '/var/lib/sesame': {} },
      StopSignal: 'SIGTERM',
      Healthcheck: { Test: ['CMD', '/opt/sesame/bin/health'] },
    })
    const commit = execFileSync('git', ['log', '-1', '--format=%H %ct'], { cwd: root, encoding: 'utf8' })
    const [revision, seconds] = commit.trim().split(' ')
    expect(config.Labels['org.opencontainers.image.revision']).toBe(revision)
    expect(Date.parse(created)).toBe(Number(seconds) * 1000)
    expect(manifest().annotations).toEqual(config.Labels)
  })

  it('is read by the tool that copies images to a registry', () => {
    const from = `oci-archive:${join(made, fileIn(made, '.oci.tar'))}`
    const read = JSON.parse(execFileSync('skopeo', ['inspect', from], { encoding: 'utf8' }))
    expect(read).toMatchObject({ Architecture: process.arch === 'x64' ? 'amd64' : process.arch, Os: 'linux' })
    expect(read.Layers).toHaveLength(3)
    const copied = join(folder, 'copied')
    execFileSync('skopeo', ['copy', '--quiet', from, `dir:${copied}`])
    expect(JSON.parse(readFileSync(join(copied, 'manifest.json'), 'utf8'))).toEqual(manifest())
  })

  it('is among what is listed, what has a checksum and what the releaser signs', () => {
    const file = fileIn(made, '.oci.tar')
    execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: made, stdio: 'pipe' })
    expect(readFileSync(join(made, 'SHA256SUMS'), 'utf8')).toContain(`  ${file}\n`)
    expect(verifiedSignature(made).status).toBe(0)
    const { components } = JSON.parse(readFileSync(join(made, fileIn(made, '.cdx.json')), 'utf8'))
    const purls = components.map(({ purl }: { purl: string }) => purl)
    for (const name of ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'])
      expect(purls).toContainEqual(expect.stringMatching(`^pkg:deb/debian/${name.replaceAll('+', '\\+')}@`))
  })

  it('has no shell and no program but its Node, no file that it may write, and the licences of the libraries', () => {
    const rootFolder = join(unpackImage(image, join(folder, 'bundle')), 'rootfs')
    const found = (...test: string[]) =>
      execFileSync('find', [rootFolder, '-xdev', ...test], { encoding: 'utf8' })
        .split('\n')
        .filter(Boolean)
        .map(path => path.slice(rootFolder.length))
    expect(existsSync(join(rootFolder, 'bin'))).toBe(false)
    const programs = found('-type', 'f', '-perm', '/111', '!', '-name', '*.so*')
    expect(programs.filter(path => !path.includes('/node_modules/')).sort()).toEqual([
      '/opt/sesame/bin/health',
      '/opt/sesame/bin/sesame',
      '/opt/sesame/node/bin/node',
    ])
    expect(found('-perm', '/6000')).toEqual([])
    expect(found('-user', String(user))).toEqual(['/var/lib/sesame'])
    expect(found('!', '-type', 'l', '-perm', '/022')).toEqual([])
    expect(found('-name', 'copyright', '-size', '+0').length).toBeGreaterThanOrEqual(2)
  })

  it('checks itself, serves people, and lets a person reset a password', async () => {
    const check = contain(['check'])
    await check.ended
    const said = check.lines.join('\n')
    expect(said).toMatch(/^good +people staff: /m)
    expect(said).not.toMatch(/^wrong/m)

    const container = contain()
    expect(await container.started).toBe('listening')
    const base = () => `http://127.0.0.1:${ports.portal}`
    const { withJoker, atNewPassword } = createJourney(base)
    await withJoker('nhaddad')
    const done = await atNewPassword('198077', '2/5/1972')
    expect((await done.choose(chosen)).location).toContain('/termine')
    expect((await newVisitor(base).signIn('nhaddad', chosen)).location).toContain('/fr/compte')

    const health = '/opt/sesame/bin/health'
    expect(container.exec(health)).toEqual({ status: 0, output: '' })
    const probe = ['probe', '--url', `http://127.0.0.1:${ports.admin}`]
    await expect.poll(() => container.exec('/usr/bin/sesame', ...probe).output).toMatch(/^SESAME OK: /)
    const asked = container.exec('/opt/sesame/node/bin/node', '-e', question)
    expect(asked.status, asked.output).toBe(0)
    expect(JSON.parse(asked.output)).toEqual({
      may: ['EROFS', 'EROFS', 'EROFS', 'written'],
      paris: '01:00:00',
      address: '127.0.0.1',
      capabilities: Array(4).fill('0000000000000000'),
      user: String(user),
      noNewPrivileges: '1',
    })

    expect(await container.stop()).toBe(0)
    expect(statSync(join(volume, 'sesame.sqlite')).uid).toBe(user)
  })

  it('keeps in the volume what another container goes on with', async () => {
    const first = contain()
    expect(await first.started).toBe('listening')
    const base = () => `http://127.0.0.1:${ports.portal}`
    const signedIn = await createJourney(base).withJoker('clefevre')
    expect(await first.stop()).toBe(0)
    await first.forget()
    const next = contain()
    expect(await next.started).toBe('listening')
    const { status, location } = await signedIn.get('/fr/compte/premier-jour')
    expect({ status, location }).toEqual({ status: 200, location: null })
    expect(await next.stop()).toBe(0)
  })
})
