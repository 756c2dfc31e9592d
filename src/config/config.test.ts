import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readEnvironment } from './environment.ts'
import { explain } from './explain.ts'
import { loadSettings } from './load.ts'
import { readRootKey } from './root-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const load = (yaml: string | null, env: Record<string, string> = {}) => {
  const file = join(folder, 'sesame.yaml')
  if (yaml !== null) writeFileSync(file, yaml)
  return loadSettings(readEnvironment({ ...(yaml !== null && { SESAME_CONFIG: file }), ...env }))
}
const settings = (yaml: string | null, env: Record<string, string> = {}) => {
  const loaded = load(yaml, env)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return loaded.settings
}
const problems = (yaml: string, env: Record<string, string> = {}) => {
  const loaded = load(yaml, env)
  return loaded.ok ? [] : loaded.problems
}

describe('the configuration', () => {
  it('is a demonstration by default', () => {
    const { config, demonstration, publicUrl } = settings(null)
    expect({ demonstration, kind: config.directory.kind, url: publicUrl.href }).toEqual({
      demonstration: true,
      kind: 'embedded',
      url: 'http://localhost:3000/',
    })
  })

  it('uses PORT and SESAME_DATA', () => {
    const { config, data, publicUrl } = settings(null, { PORT: '8123', SESAME_DATA: '/tmp/elsewhere' })
    expect({ port: config.listen.port, data, url: publicUrl.href }).toEqual({
      port: 8123,
      data: '/tmp/elsewhere',
      url: 'http://localhost:8123/',
    })
  })

  it.each([
    ['at 900 more than PORT', '', '3001', { host: '127.0.0.1', port: 3901 }],
    ['also at another address', 'admin: { host: 192.0.2.1 }', '3001', { host: '192.0.2.1', port: 3901 }],
    [
      'at its own port where one is given',
      'admin: { port: 4000 }',
      '3001',
      { host: '127.0.0.1', port: 4000 },
    ],
    ['at the default where no port is so high', '', '65000', { host: '127.0.0.1', port: 3900 }],
    ['at the default where PORT is any free one', '', '0', { host: '127.0.0.1', port: 3900 }],
    ['nowhere where it is off', "admin: 'off'", '3001', 'off'],
  ])('has the listener of the operator %s', (_, admin, PORT, expected) => {
    expect(settings(`listen: { ${admin} }`, { PORT }).config.listen.admin).toEqual(expected)
  })

  it('refuses a listener of the operator that is no section, with PORT too', () => {
    for (const admin of ['[]', 'null', '5'])
      expect(problems(`listen: { admin: ${admin} }`, { PORT: '3001' })).not.toEqual([])
  })

  it('reports every problem at once, each with its path and what to write', () => {
    const found = problems(
      `publicUrl: http://sesame.univ.example
branding: { primary: green, timeZone: Mars/Olympus }
listen: { port: 99999 }
unknown: 1
limits: { jokerTries: -1, nothing: 3 }
mail: { kind: smtp, host: mail.univ.example, from: a@b }`,
    )
    const paths = found.map(({ path }) => path)
    for (const path of [
      'branding.primary',
      'branding.timeZone',
      'listen.port',
      '(file)',
      'limits.jokerTries',
      'limits',
    ])
      expect(paths).toContain(path)
    expect(found.every(({ sentence }) => sentence.length > 5)).toBe(true)
  })

  it.each([
    ['publicUrl: http://sesame.univ.example', 'publicUrl', 'must start with https://'],
    ['publicUrl: https://sesame.univ.example/?a=1', 'publicUrl', 'must be an address alone'],
    ['campusNetworks: [192.0.2.0/24, 192.0.2/24]', 'campusNetworks.1', 'must be an address or a network'],
    ['trustedProxies: [proxy.univ.example]', 'trustedProxies.0', 'must be an address or a network'],
    ['limits: { postsPerSecond: 10 }', 'limits.postsPerSecondPerNetwork', 'is above limits.postsPerSecond'],
    [
      'limits: { postsPerSecondPerNetwork: 51 }',
      'limits.postsPerSecondPerNetwork',
      'is above limits.postsPerSecond',
    ],
    ['rootKeyFile: /nowhere/root.key', 'rootKeyFile', 'does not exist'],
    [
      'signIn: { server: { kind: oidc, issuer: https://idp.univ.example, clientId: sesame, clientSecretFile: /nowhere/secret } }',
      'signIn.server.clientSecretFile',
      'does not exist',
    ],
    [
      'signIn: { server: { kind: cas, url: https://sso.univ.example/cas, caFile: /nowhere/ca.pem } }',
      'signIn.server.caFile',
      'does not exist',
    ],
    ['signIn: { server: { kind: cas, url: http://sso.univ.example/cas } }', 'signIn.server.url', 'https://'],
    ['charter: { fr: /nowhere/a, en: /nowhere/b }', 'charter.fr', 'does not exist'],
    ['mail: { kind: smtp, host: mail.univ.example, from: a@b.c, tls: none }', 'mail.tls', 'loopback only'],
  ])('%s is refused', (yaml, path, sentence) => {
    const found = problems(yaml).find(problem => problem.path === path)
    expect(found?.sentence).toContain(sentence)
  })

  it.each([
    ['populations.staff.base', 'populations: { staff: { base: personnels } }', 'must be a DN'],
    [
      'populations.staff.filter',
      'populations: { staff: { base: o=x, filter: (a=b)) } }',
      'must be an RFC 4515',
    ],
    [
      'populations.staff.filter',
      'populations: { staff: { base: o=x, filter: "(&(a=b)(c=d)" } }',
      'must be an RFC 4515',
    ],
    [
      'populations.staff.filter',
      'populations: { staff: { base: o=x, filter: (objectClass person) } }',
      'must be an RFC 4515',
    ],
    [
      'attributes.birthDate',
      'attributes: { birthDate: date naissance }',
      'must be the name of one attribute',
    ],
    ['attributes.addresses.0', 'attributes: { addresses: ["mail, courriel"] }', 'must be the name of one'],
    ['numbers.uid.attribute', 'numbers: { uid: { attribute: "" } }', 'must be the name of one attribute'],
    ['canaryDn', 'canaryDn: canary', 'must be a DN'],
  ])('a directory with a wrong %s is refused', (path, yaml, sentence) => {
    for (const kind of path === 'canaryDn' ? ['ldap'] : ['ldap', 'active-directory'])
      expect(
        problems(`directory:\n  kind: ${kind}\n  ${yaml}`).find(one => one.path === `directory.${path}`)
          ?.sentence,
      ).toContain(sentence)
  })

  it('requires a root key, a charter and a help desk for a real directory', () => {
    const yaml = `directory:
  kind: ldap
  urls: [ldaps://ldap.univ.example]
  bindDn: cn=sesame
  passwordFile: /etc/sesame/ldap
  populations:
    student: { base: ou=people }
    staff: { base: ou=people }
    external: { base: ou=people }`
    const paths = problems(yaml).map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['rootKeyFile', 'charter', 'branding.helpdesk']))
  })

  it('takes the parts of a number that a file does not give from the defaults', () => {
    const charter = join(folder, 'charter.txt')
    const key = join(folder, 'numbers.key')
    writeFileSync(charter, 'Règles')
    writeFileSync(key, 'k'.repeat(40), { mode: 0o600 })
    const { config } = settings(`rootKeyFile: ${key}
charter: { fr: ${charter}, en: ${charter} }
branding: { helpdesk: { phone: 03 27 00 00 00, mail: aide@univ.example } }
directory:
  kind: ldap
  urls: [ldaps://ldap.univ.example]
  bindDn: cn=sesame
  passwordFile: ${key}
  populations: { student: { base: ou=people }, staff: { base: ou=people }, external: { base: ou=people } }
  numbers: { student-number: { widths: [8] } }`)
    expect(config.directory).toMatchObject({
      numbers: {
        'student-number': { attribute: 'supannEtuId', population: 'student', widths: [8], prefixes: [] },
        ine: { attribute: 'supannCodeINE', widths: [11] },
      },
    })
  })

  it('reports YAML that does not parse in a sentence, without a stack trace', () => {
    expect(problems('a: [')[0]?.path).toBe('(file)')
  })

  it('explains the effective settings, and shows no secret', () => {
    const key = join(folder, 'root.key')
    writeFileSync(key, 'k'.repeat(40), { mode: 0o600 })
    const found = explain(
      settings(`rootKeyFile: ${key}\nlimits: { jokerTries: 3 }`, {
        DATABASE_URL: 'postgres://user:hunter2@db.example/x',
      }),
    )
    expect(found).toContain('limits.jokerTries = 3  (given)')
    expect(found).toContain('limits.postsPerSecond = 50  (default)')
    expect(found).toContain('PostgreSQL at db.example')
    expect(found).not.toContain('hunter2')
    expect(found).not.toContain('kkkk')
  })

  it('refuses a root key that others can read, or that is too short', async () => {
    const file = join(folder, 'open.key')
    writeFileSync(file, 'k'.repeat(40), { mode: 0o604 })
    const given = { rootKeyFile: file, data: folder, demonstration: false }
    await expect(readRootKey(given)).rejects.toThrow(/chmod 600/)
    const short = join(folder, 'short.key')
    writeFileSync(short, 'k', { mode: 0o600 })
    await expect(readRootKey({ ...given, rootKeyFile: short })).rejects.toThrow(/at least 32/)
  })
})
