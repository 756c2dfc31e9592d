import { createSocket } from 'node:dgram'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { worldPeople } from '../../../test/world/people.ts'
import { freePort } from '../../../test/world/ports.ts'
import { hasRadius, type Radius, realm, startRadius } from '../../../test/world/radius.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { openLdapEntries } from '../../directory/ldap/entries.ts'
import { openLdapDirectory } from '../../directory/ldap/ldap.ts'
import { createSambaWriter } from '../samba/samba.ts'
import { sambaSettings } from '../samba/settings.ts'
import type { AccountRef, Writer } from '../services.ts'
import { createEapCheck } from './eap.ts'
import { openRelay } from './relay.ts'
import { eapSettings } from './settings.ts'
import { verdictOf } from './verdict.ts'

const available = process.env.CI === 'true' || (hasSlapd() && hasRadius())
const refusedLogin = { ok: false, reason: 'login-refused' }
const unavailable = { ok: false, reason: 'service-unavailable' }

describe.runIf(available)('a login to eduroam, on a real FreeRADIUS', () => {
  let slapd: Slapd
  let radius: Radius
  let writer: Writer
  let camille: AccountRef
  const checkWith = (changes: Partial<Parameters<typeof eapSettings.parse>[0] & object> = {}) => {
    const { server, port, secretFile, caFile } = radius
    const defaults = { server, port, secretFile, caFile, realm, serverName: 'localhost', timeout: 6000 }
    return createEapCheck(eapSettings.parse({ ...defaults, ...changes }))
  }
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(30) })
    radius = await startRadius(slapd)
    writer = createSambaWriter(sambaSettings.parse({}), openLdapEntries(slapd.settings()))
    const directory = openLdapDirectory(slapd.settings())
    const found = await directory.findLogin('clefevre')
    await directory.close()
    if (!found.ok || !found.person) throw new Error('nobody')
    camille = { person: found.person.id, login: 'clefevre' }
  })
  afterAll(async () => {
    await writer?.close()
    await radius?.stop()
    await slapd?.stop()
  })

  it('accepts a written password at once, and no other', async () => {
    const check = checkWith()
    expect(await check.prove(camille, 'Bienvenue!2026c')).toEqual({ ok: true })
    expect(await writer.write(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
    expect(await check.prove(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
    expect(await check.prove(camille, 'Bienvenue!2026c')).toEqual(refusedLogin)
  })

  it.each([
    'quote"inside"12A',
    String.raw`back\slash\n12A`,
    "apostrophe's12A",
    ' spaces at both ends ',
    '#comment# 12A',
    'P"escaped"12A',
    'hash:0123456789abcdef0123456789abcdef',
    'ext:elsewhere12A',
    '}\nnetwork={',
    '!"#$%&()*+,-./:;<=>?@[]^_`{|}~aA1',
    'A1!'.repeat(42),
  ])('sends the password « %s » exactly', async password => {
    expect(await writer.write(camille, password)).toEqual({ ok: true })
    expect(await checkWith().prove(camille, password)).toEqual({ ok: true })
    expect(await checkWith().prove(camille, `${password}x`)).toEqual(refusedLogin)
  })

  it('refuses a person without an account, and an unknown login', async () => {
    for (const login of ['parti', 'nobody', 'a"b\n', ''])
      expect(await checkWith().prove({ ...camille, login }, 'Bienvenue!2026c')).toEqual(refusedLogin)
  })

  it('leaves no file behind, and shows neither the password nor the secret of the server to other users', async () => {
    const recorder = join(radius.folder, 'spy')
    const seen = join(radius.folder, 'seen')
    writeFileSync(
      recorder,
      `#!/bin/sh\necho "$@" > ${seen}\nenv >> ${seen}\nls -l /proc/$$/fd/3 >> ${seen}\nexec /usr/bin/eapol_test "$@"\n`,
      { mode: 0o755 },
    )
    const before = readdirSync(tmpdir()).filter(name => name.startsWith('sesame-eap-'))
    expect(await checkWith({ program: recorder }).prove(camille, 'A secret Of Camille 1')).toEqual(
      refusedLogin,
    )
    const shown = readFileSync(seen, 'utf8')
    expect(shown).toContain('-c /dev/fd/3')
    expect(shown).toContain('(deleted)')
    for (const secret of ['Camille', Buffer.from('Camille').toString('hex'), radius.secret])
      expect(shown).not.toContain(secret)
    expect(readdirSync(tmpdir()).filter(name => name.startsWith('sesame-eap-'))).toEqual(before)
  })

  describe('reports the service as unavailable in time when', () => {
    it('the certificate is from another authority, and sends no password', async () => {
      expect(await checkWith({ caFile: slapd.caFile }).prove(camille, 'Bienvenue!2026c')).toEqual(unavailable)
    })
    it('the certificate has another name', async () => {
      const check = checkWith({ serverName: 'radius.univ.example' })
      expect(await check.prove(camille, 'Bienvenue!2026c')).toEqual(unavailable)
    })
    it('the secret is wrong, so that the server does not answer', async () => {
      const secretFile = join(radius.folder, 'wrong')
      writeFileSync(secretFile, 'wrong')
      expect(await checkWith({ secretFile, timeout: 1500 }).prove(camille, 'x')).toEqual(unavailable)
    })
    it('the program is missing, or is not what it should be', async () => {
      for (const program of ['/nowhere/eapol_test', '/bin/true', '/bin/false', '/etc/hosts'])
        expect(await checkWith({ program }).prove(camille, 'x')).toEqual(unavailable)
    })
    it('nothing listens there, or under that name', async () => {
      const port = await freePort()
      expect(await checkWith({ port, timeout: 1500 }).prove(camille, 'x')).toEqual(unavailable)
      expect(await checkWith({ server: 'nowhere.invalid' }).prove(camille, 'x')).toEqual(unavailable)
    })
    it('the server hangs, and the next login works when it is back', async () => {
      await writer.write(camille, 'Tr0mbone&Cascade-3')
      radius.pause()
      expect(await checkWith({ timeout: 1500 }).prove(camille, 'Tr0mbone&Cascade-3')).toEqual(unavailable)
      radius.resume()
      expect(await checkWith().prove(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
    })
    it('the server was killed, and the next login works when it is back', async () => {
      await radius.kill()
      expect(await checkWith({ timeout: 1500 }).prove(camille, 'Tr0mbone&Cascade-3')).toEqual(unavailable)
      await radius.start()
      expect(await checkWith().prove(camille, 'Tr0mbone&Cascade-3')).toEqual({ ok: true })
    })
    it('another host answers instead of the server', async () => {
      const port = await freePort()
      const impostor = createSocket('udp4')
      impostor.on('message', (packet, { port: to }) => {
        const accept = Buffer.from(packet.subarray(0, 20))
        accept[0] = 2
        accept.writeUInt16BE(20, 2)
        impostor.send(accept, to, '127.0.0.1')
      })
      await new Promise<void>(resolve => impostor.bind(port, '127.0.0.1', resolve))
      expect(await checkWith({ port, timeout: 1500 }).prove(camille, 'x')).toEqual(unavailable)
      impostor.close()
    })
  })

  it('the relay forwards no packet that eapol_test did not sign', async () => {
    const port = await freePort()
    const server = createSocket('udp4')
    let reached = 0
    server.on('message', () => {
      reached += 1
    })
    await new Promise<void>(resolve => server.bind(port, '127.0.0.1', resolve))
    const relay = await openRelay({ host: '127.0.0.1', port, secret: Buffer.from('s') })
    const stranger = createSocket('udp4')
    for (const packet of ['', 'x', Buffer.alloc(20), Buffer.alloc(4096, 1)])
      await new Promise(resolve => stranger.send(packet, relay.port, '127.0.0.1', resolve))
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(reached).toBe(0)
    relay.close()
    stranger.close()
    server.close()
  })

  it('sesame check detects a server that does not check passwords', async () => {
    expect((await checkWith().check())[0]).toMatchObject({ level: 'good', what: 'eduroam' })
    expect((await checkWith({ caFile: slapd.caFile }).check())[0]).toMatchObject({ level: 'wrong' })
    expect((await checkWith({ program: '/nowhere' }).check())[0]?.detail).toContain('eapoltest')
  })
})

describe('the output of eapol_test', () => {
  const passwordSent = 'EAP-MSCHAPV2: TX identifier 7 mschapv2_id 7 (response)\n'
  it('is a success only by its last line, with exit status 0', () => {
    expect(verdictOf({ status: 0, output: 'SUCCESS\n' }, false)).toEqual({ ok: true })
    expect(verdictOf({ status: 252, output: 'SUCCESS\n' }, false)).toEqual(unavailable)
    expect(verdictOf({ status: 0, output: `SUCCESS\n${passwordSent}FAILURE\n` }, true)).toEqual(refusedLogin)
  })
  it.each([
    ['691', 'login-refused'],
    ['647', 'login-barred'],
    ['648', 'login-barred'],
  ])('MSCHAPv2 error %s is %s', (error, reason) => {
    const output = `${passwordSent}EAP-MSCHAPV2: failure message: 'no' (retry not allowed, error ${error})\nFAILURE\n`
    expect(verdictOf({ status: 252, output }, true)).toEqual({ ok: false, reason })
  })
})
