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

const rigFor = (choose: (slapd: Slapd) => Directory) => async () => {
  const slapd = await startSlapd({ people: worldPeople() })
  const directory = choose(slapd)
  return {
    directory,
    ...numbers,
    // What the set-up's default policy says.
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
  rigFor(slapd => openLdapDirectory(slapd.settings())),
)
directoryContract(
  'OpenLDAP over StartTLS',
  available,
  rigFor(slapd => openLdapDirectory(slapd.settings({ urls: [slapd.urls.ldap], startTls: true }))),
)

describe.runIf(available)('OpenLDAP', () => {
  let slapd: Slapd
  let directory: Directory
  const open: Directory[] = []
  const another = (changes: Parameters<Slapd['settings']>[0]) => {
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
    directory = another({})
  })
  afterAll(async () => {
    for (const one of open) await one.close()
    await slapd?.stop()
  })

  describe('the rule by which it locks accounts', () => {
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

    it('is the strictest of its policies, whoever has which', async () => {
      await set('slow', 'pwdMaxFailure', ['4'])
      await set('reset', 'pwdFailureCountInterval', ['600'])
      expect(await rule(another({}))).toEqual({ maxFailures: 4, interval: 0 })
      for (const name of ['default', 'slow']) await set(name, 'pwdFailureCountInterval', ['900'])
      expect(await rule(another({}))).toEqual({ maxFailures: 4, interval: 900_000 })
      await set('slow', 'pwdLockout', ['FALSE'])
      const whole = another({})
      expect(await rule(whole)).toEqual({ maxFailures: 10, interval: 900_000 })
      expect(await found(whole)).toMatchObject({
        level: 'good',
        detail: expect.stringContaining('after 10 wrong passwords, forgotten after 900 s'),
      })
    })

    it('is not known where the portal’s account may not read it, unless it is configured', async () => {
      const { dn, passwordFile } = slapd.service('sso')
      const blind = { bindDn: dn, passwordFile }
      expect(await rule(another(blind))).toBe(null)
      expect(await found(another(blind))).toMatchObject({ level: 'warning' })
      const told = another({ ...blind, lockout: { maxFailures: 6, interval: 60_000 } })
      expect(await rule(told)).toEqual({ maxFailures: 6, interval: 60_000 })
      expect(await found(told)).toMatchObject({ level: 'good' })
    })
  })

  describe('refuses in words that the person can act upon', () => {
    it('a password of the history', async () => {
      const id = await idOf('204518')
      expect((await directory.write(id, 'Premier-Essai-2026')).ok).toBe(true)
      expect(await directory.write(id, 'Premier-Essai-2026')).toEqual({
        ok: false,
        reason: 'directory-in-history',
      })
    })
    it('a change too soon after the last', async () => {
      const id = await idOf('777004')
      const first = await directory.write(id, 'Premier-Essai-2026')
      const second = await directory.write(id, 'Second-Essai-2026')
      expect([first.ok, second]).toContainEqual({ ok: false, reason: 'directory-too-young' })
    })
    it('an account that must change its password is not a login', async () => {
      const id = await idOf('175230')
      const set = (type: string, value: string) =>
        new Change({ operation: 'add', modification: new Attribute({ type, values: [value] }) })
      const changes = [set('pwdReset', 'TRUE'), set('pwdPolicySubentry', `cn=reset,ou=policies,${suffix}`)]
      await slapd.asRoot(client => client.modify(`uid=tpetit,${bases.staff}`, changes))
      expect(await directory.bind(id, 'Bienvenue!2026t')).toEqual({ ok: false, reason: 'must-change' })
    })
  })

  describe('follows an entry that is renamed', () => {
    const rename = (from: string, to: string) =>
      slapd.asRoot(client => client.modifyDN(`uid=${from},${bases.staff}`, `uid=${to},${bases.staff}`))

    it('between the reading under the lock and the write, and between the write and its proof', async () => {
      const id = await idOf('198077')
      await directory.read(id)
      await rename('nhaddad', 'nadia')
      const written = await directory.write(id, 'Premier-Essai-2026')
      if (!written.ok) throw new Error(written.reason)
      await rename('nadia', 'nhaddad')
      expect(await directory.bind(id, 'Premier-Essai-2026', written.server)).toEqual({ ok: true })
    })
  })

  describe('its faults are values, told within the time-outs', () => {
    it('a server that refuses connections', async () => {
      const dead = another({ urls: ['ldaps://127.0.0.1:1'] })
      expect(await dead.find('staff-number', '204518')).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      expect(await dead.write('x' as PersonId, 'Tr0mbone&Cascade-3')).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      expect(await dead.ping()).toBe(false)
    })
    it('a dead server is passed over for the next one', async () => {
      const { urls } = slapd
      const pair = another({ urls: ['ldaps://127.0.0.1:1', urls.ldaps] })
      expect((await pair.find('staff-number', '204518')).ok).toBe(true)
    })
    it('a certificate of another authority is not trusted', async () => {
      const { caFile: _, ...settings } = slapd.settings()
      const distrustful = openLdapDirectory(settings)
      open.push(distrustful)
      expect(await distrustful.ping()).toBe(false)
    })
    it.each(['ldaps', 'ldap'] as const)(
      'a certificate for another name is not trusted (%s)',
      async scheme => {
        // 127.0.0.2 is the same machine under a name that the certificate does not bear.
        const server = createServer(incoming => {
          const outgoing = connect(Number(new URL(slapd.urls[scheme]).port), '127.0.0.1')
          incoming.pipe(outgoing).pipe(incoming)
          for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy())
        })
        await new Promise<void>(resolve => server.listen(0, '127.0.0.2', resolve))
        const { port } = server.address() as { port: number }
        const stranger = another({ urls: [`${scheme}://127.0.0.2:${port}`], startTls: scheme === 'ldap' })
        expect(await stranger.ping()).toBe(false)
        server.close()
      },
    )
    it('a server that hangs', async () => {
      await directory.find('staff-number', '204518')
      slapd.pause()
      expect(await directory.find('staff-number', '204518')).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      slapd.resume()
      expect((await directory.find('staff-number', '204518')).ok).toBe(true)
    })
    it('a server killed and back: the pool recovers', async () => {
      await directory.find('staff-number', '204518')
      await slapd.kill()
      expect(await directory.find('staff-number', '204518')).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      await slapd.start()
      expect((await directory.find('staff-number', '204518')).ok).toBe(true)
    })
    it('a connection that dies after the write was sent leaves the outcome unknown, and a bind tells it', async () => {
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
      const cut = another({ urls: [`ldap://127.0.0.1:${port}`] })
      const id = await idOf('198077')
      await cut.read(id)
      cutting = true
      expect(await cut.write(id, 'Coupe-Au-Milieu-7')).toEqual({ ok: false, reason: 'outcome-unknown' })
      expect(await directory.bind(id, 'Coupe-Au-Milieu-7')).toEqual({ ok: true })
      for (const socket of sockets) socket.destroy()
      proxy.close()
    })
  })

  it('clear text is written only to a server that was seen to hash it', async () => {
    const canaryDn = `cn=canary,ou=services,${suffix}`
    const id = await idOf('204518')
    expect((await another({ passwordWrite: 'modify', canaryDn }).write(id, 'Ecrit-En-Clair-77')).ok).toBe(
      true,
    )
    expect(await directory.bind(id, 'Ecrit-En-Clair-77')).toEqual({ ok: true })
    expect(await another({ passwordWrite: 'modify' }).write(id, 'Ecrit-En-Clair-78')).toEqual({
      ok: false,
      reason: 'directory-not-allowed',
    })
  })

  it('sesame check tells what an operator should know', async () => {
    const findings = await directory.check()
    expect(findings.find(({ what }) => what === 'connection')?.level).toBe('good')
    expect(findings.filter(({ level }) => level === 'wrong')).toEqual([])
    const narrow = await another({ bindDn: `cn=nobody,${suffix}` }).check()
    expect(narrow).toEqual([expect.objectContaining({ level: 'wrong', what: 'connection' })])
  })
})

/** RFC 4511 §4.1.1: after the sequence and the message's number comes the operation; [APPLICATION 24] is this one. */
const isExtendedResponse = (data: Buffer | string) => {
  const bytes = Buffer.from(data)
  return bytes[4 + (bytes[3] ?? 0)] === 0x78
}
