import { connect, createServer, type Socket } from 'node:net'
import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { directoryContract } from '../contract.ts'
import type { Directory, PersonId } from '../directory.ts'
import { openLdapDirectory } from './ldap.ts'

const available = process.env.CI === 'true' || hasSlapd()

const numbers = { twinNumber: '777001', adminNumber: '777002', leaverNumber: '77700003' }
const rename = (slapd: Slapd) => (from: string, to: string) =>
  slapd.asRoot(async client => {
    await client.modifyDN(`uid=${from},${bases.student}`, `uid=${to}`)
  })

const setUpWith = (choose: (slapd: Slapd) => Directory) => async () => {
  const slapd = await startSlapd({ people: worldPeople() })
  const directory = choose(slapd)
  return {
    directory,
    ...numbers,
    // The default policy of the test server.
    lockout: { maxFailures: 10, interval: 0 },
    rename: rename(slapd),
    stop: async () => {
      await directory.close()
      await slapd.stop()
    },
  }
}

directoryContract(
  'OpenLDAP over LDAPS, 12,000 people',
  available,
  setUpWith(slapd => openLdapDirectory(slapd.settings())),
)
directoryContract(
  'OpenLDAP over StartTLS',
  available,
  setUpWith(slapd => openLdapDirectory(slapd.settings({ urls: [slapd.urls.ldap], startTls: true }))),
)

describe.runIf(available)('OpenLDAP', () => {
  let slapd: Slapd
  let directory: Directory
  const open: Directory[] = []
  const openWith = (changes: Parameters<Slapd['settings']>[0]) => {
    const made = openLdapDirectory(slapd.settings(changes))
    open.push(made)
    return made
  }
  const idOf = async (number: string, kind: 'staff-number' | 'student-number' = 'staff-number') => {
    const found = await directory.find(kind, number)
    const person = found.ok ? found.people[0] : undefined
    if (!person) throw new Error(`${number} is nobody`)
    return person.id
  }
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(50) })
    directory = openWith({})
  })
  afterAll(async () => {
    for (const one of open) await one.close()
    await slapd?.stop()
  })

  describe('the lockout policy', () => {
    const rule = async (made: Directory) => {
      const found = await made.findLogin('clefevre')
      return found.ok ? found.lockout : found.reason
    }
    const found = async (made: Directory) => (await made.check()).find(({ what }) => what === 'lock-out')
    const set = (name: string, type: string, values: string[]) =>
      slapd.asRoot(client =>
        client.modify(
          `cn=${name},ou=policies,${suffix}`,
          new Change({ operation: 'replace', modification: new Attribute({ type, values }) }),
        ),
      )

    it('is the strictest policy of the directory', async () => {
      await set('slow', 'pwdMaxFailure', ['4'])
      await set('reset', 'pwdFailureCountInterval', ['600'])
      expect(await rule(openWith({}))).toEqual({ maxFailures: 4, interval: 0 })
      for (const name of ['default', 'slow']) await set(name, 'pwdFailureCountInterval', ['900'])
      expect(await rule(openWith({}))).toEqual({ maxFailures: 4, interval: 900_000 })
      await set('slow', 'pwdLockout', ['FALSE'])
      const whole = openWith({})
      expect(await rule(whole)).toEqual({ maxFailures: 10, interval: 900_000 })
      expect(await found(whole)).toMatchObject({
        level: 'good',
        detail: expect.stringContaining('after 10 wrong passwords, forgotten after 900 s'),
      })
    })

    it('is unknown when the portal’s account may not read it, unless it is configured', async () => {
      const { dn, passwordFile } = slapd.service('sso')
      const restricted = { bindDn: dn, passwordFile }
      expect(await rule(openWith(restricted))).toBe(null)
      expect(await found(openWith(restricted))).toMatchObject({ level: 'warning' })
      const configured = openWith({ ...restricted, lockout: { maxFailures: 6, interval: 60_000 } })
      expect(await rule(configured)).toEqual({ maxFailures: 6, interval: 60_000 })
      expect(await found(configured)).toMatchObject({ level: 'good' })
    })
  })

  describe('refuses with a specific reason', () => {
    it('a password that is in the history', async () => {
      const id = await idOf('204518')
      expect((await directory.write(id, 'Premier-Essai-2026')).ok).toBe(true)
      expect(await directory.write(id, 'Premier-Essai-2026')).toEqual({
        ok: false,
        reason: 'password-in-history',
      })
    })
    it('a change too soon after the last one', async () => {
      const id = await idOf('777004')
      const first = await directory.write(id, 'Premier-Essai-2026')
      const second = await directory.write(id, 'Second-Essai-2026')
      expect([first.ok, second]).toContainEqual({ ok: false, reason: 'directory-too-young' })
    })
    it('a bind to an account that must change its password', async () => {
      const id = await idOf('175230')
      const set = (type: string, value: string) =>
        new Change({ operation: 'add', modification: new Attribute({ type, values: [value] }) })
      const changes = [set('pwdReset', 'TRUE'), set('pwdPolicySubentry', `cn=reset,ou=policies,${suffix}`)]
      await slapd.asRoot(client => client.modify(`uid=tpetit,${bases.staff}`, changes))
      expect(await directory.bind(id, 'Bienvenue!2026t')).toEqual({ ok: false, reason: 'must-change' })
    })
  })

  describe('finds an entry that is renamed', () => {
    const renameEntry = (from: string, to: string) =>
      slapd.asRoot(client => client.modifyDN(`uid=${from},${bases.staff}`, `uid=${to},${bases.staff}`))

    it('between the read and the write, and between the write and its proof', async () => {
      const id = await idOf('198077')
      await directory.read(id)
      await renameEntry('nhaddad', 'nadia')
      const written = await directory.write(id, 'Premier-Essai-2026')
      if (!written.ok) throw new Error(written.reason)
      await renameEntry('nadia', 'nhaddad')
      expect(await directory.bind(id, 'Premier-Essai-2026', written.server)).toEqual({ ok: true })
    })
  })

  describe('returns faults as refusals within the timeouts', () => {
    it('when a server refuses connections', async () => {
      const dead = openWith({ urls: ['ldaps://127.0.0.1:1'] })
      expect(await dead.find('staff-number', '204518')).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      expect(await dead.write('x' as PersonId, 'Tr0mbone&Cascade-3')).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      expect(await dead.outage()).toBe(
        'ldaps://127.0.0.1:1 refuses the connection: start it, or correct the address.',
      )
    })
    it('and uses the next server when one is down', async () => {
      const { urls } = slapd
      const pair = openWith({ urls: ['ldaps://127.0.0.1:1', urls.ldaps] })
      expect((await pair.find('staff-number', '204518')).ok).toBe(true)
    })
    it('when the certificate is of another authority', async () => {
      const { caFile: _, ...settings } = slapd.settings()
      const untrusting = openLdapDirectory(settings)
      open.push(untrusting)
      expect(await untrusting.outage()).toContain('a certificate of an authority that is not known here')
    })
    it.each(['ldaps', 'ldap'] as const)('when the certificate is for another name (%s)', async scheme => {
      // 127.0.0.2 is the same machine under a name that is not in the certificate.
      const server = createServer(incoming => {
        const outgoing = connect(Number(new URL(slapd.urls[scheme]).port), '127.0.0.1')
        incoming.pipe(outgoing).pipe(incoming)
        for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy())
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.2', resolve))
      const { port } = server.address() as { port: number }
      const stranger = openWith({ urls: [`${scheme}://127.0.0.2:${port}`], startTls: scheme === 'ldap' })
      expect(await stranger.outage()).toContain('has a certificate for another name')
      server.close()
    })
    it('when a server hangs', async () => {
      await directory.find('staff-number', '204518')
      slapd.pause()
      expect(await directory.find('staff-number', '204518')).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      slapd.resume()
      expect((await directory.find('staff-number', '204518')).ok).toBe(true)
    })
    it('when a server is killed, and recovers when it is back', async () => {
      await directory.find('staff-number', '204518')
      await slapd.kill()
      expect(await directory.find('staff-number', '204518')).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      await slapd.start()
      expect((await directory.find('staff-number', '204518')).ok).toBe(true)
    })
    it('with an unknown outcome when the connection breaks after the write was sent; a bind then finds it out', async () => {
      const sockets = new Set<Socket>()
      let cutting = false
      const proxy = createServer(incoming => {
        const outgoing = connect(Number(new URL(slapd.urls.ldap).port), '127.0.0.1')
        sockets.add(incoming)
        incoming.on('data', data => outgoing.write(data))
        outgoing.on('data', data =>
          cutting && isExtendedResponse(data) ? incoming.destroy() : incoming.write(data),
        )
        for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy())
        incoming.on('close', () => outgoing.destroy())
      })
      await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
      const { port } = proxy.address() as { port: number }
      const cut = openWith({ urls: [`ldap://127.0.0.1:${port}`] })
      const id = await idOf('198077')
      await cut.read(id)
      cutting = true
      expect(await cut.write(id, 'Coupe-Au-Milieu-7')).toEqual({ ok: false, reason: 'outcome-unknown' })
      expect(await directory.bind(id, 'Coupe-Au-Milieu-7')).toEqual({ ok: true })
      for (const socket of sockets) socket.destroy()
      proxy.close()
    })
  })

  it('writes clear text only to a server that is verified to hash it', async () => {
    const canaryDn = `cn=canary,ou=services,${suffix}`
    const id = await idOf('204518')
    expect((await openWith({ passwordWrite: 'modify', canaryDn }).write(id, 'Ecrit-En-Clair-77')).ok).toBe(
      true,
    )
    expect(await directory.bind(id, 'Ecrit-En-Clair-77')).toEqual({ ok: true })
    expect(await openWith({ passwordWrite: 'modify' }).write(id, 'Ecrit-En-Clair-78')).toEqual({
      ok: false,
      reason: 'directory-not-allowed',
    })
  })

  it('reports findings to sesame check', async () => {
    const findings = await directory.check()
    expect(findings.find(({ what }) => what === 'connection')?.level).toBe('good')
    expect(findings.filter(({ level }) => level === 'wrong')).toEqual([])
    const narrow = await openWith({ bindDn: `cn=nobody,${suffix}` }).check()
    expect(narrow).toEqual([expect.objectContaining({ level: 'wrong', what: 'connection' })])
  })
})

/** RFC 4511 §4.1.1: the operation follows the sequence and the message id; [APPLICATION 24] is an extended response. */
const isExtendedResponse = (data: Buffer | string) => {
  const bytes = Buffer.from(data)
  return bytes[4 + (bytes[3] ?? 0)] === 0x78
}
