import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, worldPeople } from '../../../test/world/people.ts'
import { startRefusingProxy } from '../../../test/world/refusing-proxy.ts'
import { scratchFolder } from '../../../test/world/scratch.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { rootDn, rootPassword } from '../../../test/world/slapd-ldif.ts'
import type { Directory, PersonId } from '../directory.ts'
import { openLdapEntries } from './entries.ts'
import { openLdapDirectory } from './ldap.ts'
import type { LdapSettings } from './settings.ts'

const camille = `uid=clefevre,${bases.staff}`
describe.runIf(process.env.CI === 'true' || hasSlapd())('a write to several servers', () => {
  let slapd: Slapd
  const replicas: Slapd[] = []
  const proxies: { stop(): unknown }[] = []
  const opened: { close(): Promise<void> }[] = []
  let made = 0
  const newPassword = () => {
    made += 1
    return `Premier-Essai-${made}-2026`
  }
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(50) })
  })
  afterAll(async () => {
    for (const one of opened) await one.close()
    for (const proxy of proxies) proxy.stop()
    for (const one of [slapd, ...replicas]) await one?.stop()
  })

  /** The real server behind a proxy that answers each write itself, with this code. */
  const serverThatAnswersWrites = async (code: number) => {
    const proxy = await startRefusingProxy(slapd.urls.ldap, { requests: ['modify', 'extended'], code })
    proxies.push(proxy)
    return proxy.url
  }

  const open = (changes: Partial<LdapSettings> & { urls: string[] }): Directory => {
    const directory = openLdapDirectory(slapd.settings(changes))
    opened.push(directory)
    return directory
  }

  const idOf = async (directory: Directory): Promise<PersonId> => {
    const found = await directory.find('staff-number', '204518')
    const person = found.ok ? found.people[0] : undefined
    if (!person) throw new Error('204518 is nobody')
    return person.id
  }

  const hasPassword = async (password: string) => {
    const client = new Client({ url: slapd.urls.ldap })
    const bound = await client.bind(camille, password).then(
      () => true,
      () => false,
    )
    await client.unbind()
    return bound
  }

  describe.each([
    [10, 'a referral'],
    [51, 'busy'],
    [53, 'unwilling'],
  ])('of which the first answers %i (%s)', code => {
    it('is carried out by the next, where it is proved', async () => {
      const pair = open({ urls: [await serverThatAnswersWrites(code), slapd.urls.ldap] })
      const id = await idOf(pair)
      for (let time = 0; time < 2; time += 1) {
        const password = newPassword()
        expect(await pair.write(id, password)).toEqual({ ok: true, server: slapd.urls.ldap })
        expect(await pair.bind(id, password, slapd.urls.ldap)).toEqual({ ok: true })
      }
    })

    it('is refused as unavailable where no other writes', async () => {
      const refusing = await serverThatAnswersWrites(code)
      for (const urls of [[refusing], [refusing, 'ldap://127.0.0.1:1'], [refusing, refusing]]) {
        const directory = open({ urls })
        const password = newPassword()
        expect(await directory.write(await idOf(directory), password)).toEqual({
          ok: false,
          reason: 'directory-unavailable',
        })
        expect(await hasPassword(password)).toBe(false)
      }
    })

    it('changes an attribute on the next, and is unavailable where there is none', async () => {
      const refusing = await serverThatAnswersWrites(code)
      const changes = [{ how: 'replace', attribute: 'shadowLastChange', values: ['20001'] }] as const
      const change = async (urls: string[]) => {
        const entries = openLdapEntries(slapd.settings({ urls }))
        opened.push(entries)
        return entries.change(camille, changes, AbortSignal.timeout(10_000))
      }
      expect(await change([refusing, slapd.urls.ldap])).toEqual({ ok: true, server: slapd.urls.ldap })
      expect(await change([refusing])).toEqual({ ok: false, reason: 'directory-unavailable' })
    })
  })

  it.each(['unwilling', 'ldap://elsewhere.example'] as const)(
    'of which the first is a real replica of OpenLDAP (%s) is carried out by the next',
    async replicaOf => {
      const replica = await startSlapd({ people: worldPeople(50), replicaOf })
      replicas.push(replica)
      // One account that both servers know by the same password.
      const passwordFile = join(scratchFolder('sesame-writer-'), 'root.password')
      writeFileSync(passwordFile, rootPassword)
      const openAsRoot = (urls: string[]) => open({ urls, bindDn: rootDn, passwordFile })
      const replicaOnly = openAsRoot([replica.urls.ldap])
      expect(await replicaOnly.write(await idOf(replicaOnly), newPassword())).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      const pair = openAsRoot([replica.urls.ldap, slapd.urls.ldap])
      await pair.read(await idOf(pair))
      const password = newPassword()
      expect(await pair.write(await idOf(pair), password)).toEqual({ ok: true, server: slapd.urls.ldap })
      expect(await hasPassword(password)).toBe(true)
    },
  )
})
