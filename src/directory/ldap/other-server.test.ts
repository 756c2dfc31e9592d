import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { worldPeople } from '../../../test/world/people.ts'
import { type LdapRequest, startRefusingProxy } from '../../../test/world/refusing-proxy.ts'
import { scratchFolder } from '../../../test/world/scratch.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { rootDn, rootPassword } from '../../../test/world/slapd-ldif.ts'
import type { Directory, PersonId } from '../directory.ts'
import { openLdapDirectory } from './ldap.ts'
import type { LdapSettings } from './settings.ts'

const people = worldPeople(20)
const camille = { number: '204518', login: 'clefevre' }
const passwordFor = (code: number) => `Cascade&Trombone-${code}`
const lastPassword = passwordFor(80)

describe.runIf(process.env.CI === 'true' || hasSlapd())('of two servers', () => {
  let slapd: Slapd
  let unwilling: Slapd
  const started: { stop(): unknown }[] = []
  const opened: Directory[] = []
  beforeAll(async () => {
    slapd = await startSlapd({ people })
    unwilling = await startSlapd({ people, restricts: 'search' })
    started.push(slapd, unwilling)
  })
  afterAll(async () => {
    for (const directory of opened) await directory.close()
    for (const one of started) await one.stop()
  })

  const open = (urls: readonly string[], changes: Partial<LdapSettings> = {}) => {
    const directory = openLdapDirectory(slapd.settings({ urls: [...urls], ...changes }))
    opened.push(directory)
    return directory
  }
  const refusing = async (request: LdapRequest, code: number, words = '', ...others: string[]) => {
    const except = [slapd.portalDn, ...others]
    const proxy = await startRefusingProxy(slapd.urls.ldap, { requests: [request], code, words, except })
    started.push(proxy)
    return proxy
  }
  const idOf = async (directory: Directory): Promise<PersonId> => {
    const found = await directory.find('staff-number', camille.number)
    const person = found.ok ? found.people[0] : undefined
    if (!person) throw new Error(`${camille.number} is nobody`)
    return person.id
  }

  describe.each([
    [10, 'a referral'],
    [51, 'busy'],
    [52, 'unavailable'],
    [53, 'unwilling'],
    [80, 'a fault of its own'],
  ])('the first of which answers %i (%s)', code => {
    it('to searches: the next one finds the person', async () => {
      const first = await refusing('search', code)
      const pair = open([first.url, slapd.urls.ldap])
      const found = await pair.find('staff-number', camille.number)
      expect(found.ok && found.people.map(({ login }) => login)).toEqual([camille.login])
      expect(first.answered()).toBeGreaterThan(0)
      expect(await pair.find('staff-number', '999999')).toEqual({ ok: true, people: [] })
    })

    it('to searches, and there is no other: the directory is unavailable', async () => {
      const { url } = await refusing('search', code)
      for (const urls of [[url], [url, 'ldap://127.0.0.1:1'], [url, (await refusing('search', code)).url]]) {
        const directory = open(urls)
        const unavailable = { ok: false, reason: 'directory-unavailable' }
        expect(await directory.find('staff-number', camille.number)).toEqual(unavailable)
        expect(await directory.find('staff-number', '999999')).toEqual(unavailable)
        expect(await directory.findLogin(camille.login)).toEqual(unavailable)
      }
    })

    it('to the bind of a person: the next one says whether the password is right', async () => {
      const right = passwordFor(code)
      const whole = open([slapd.urls.ldap])
      const id = await idOf(whole)
      expect(await whole.write(id, right)).toMatchObject({ ok: true })
      const first = await refusing('bind', code)
      const pair = open([first.url, slapd.urls.ldap])
      expect(await pair.bind(id, right)).toEqual({ ok: true })
      expect(await pair.bind(id, 'Faux-Passage-77')).toEqual({ ok: false, reason: 'wrong-password' })
      expect(await pair.bind('nobody' as PersonId, right)).toEqual({
        ok: false,
        reason: 'wrong-password',
      })
      expect(first.answered()).toBeGreaterThan(0)
    })

    it('to the bind of a person, and there is no other: no password is called wrong', async () => {
      const right = passwordFor(code)
      const { url } = await refusing('bind', code)
      const directory = open([url])
      const id = await idOf(directory)
      for (const [person, password] of [
        [id, right],
        [id, 'Faux-Passage-77'],
        ['nobody' as PersonId, right],
      ] as const)
        expect(await directory.bind(person, password)).toEqual({ ok: false, reason: 'directory-unavailable' })
    })
  })

  it('the first of which is a real OpenLDAP that serves no search, the next one finds the person', async () => {
    // One account that both servers know by the same password.
    const passwordFile = join(scratchFolder('sesame-other-server-'), 'root.password')
    writeFileSync(passwordFile, rootPassword)
    const openAsRoot = (urls: readonly string[]) => open(urls, { bindDn: rootDn, passwordFile })
    expect(await openAsRoot([unwilling.urls.ldap]).find('staff-number', camille.number)).toEqual({
      ok: false,
      reason: 'directory-unavailable',
    })
    const found = await openAsRoot([unwilling.urls.ldap, slapd.urls.ldap]).find(
      'staff-number',
      camille.number,
    )
    expect(found.ok && found.people.map(({ login }) => login)).toEqual([camille.login])
  })

  it.each(['ldap', 'ldaps'])(
    'the first of which is down (%s), the next one is asked, for a bind as for a search',
    async scheme => {
      const directory = open([`${scheme}://127.0.0.1:1`, slapd.urls.ldap])
      const id = await idOf(directory)
      for (let turn = 0; turn < 2; turn += 1) {
        expect(await directory.bind(id, lastPassword)).toEqual({ ok: true })
        expect(await directory.bind(id, 'Faux-Passage-77')).toEqual({ ok: false, reason: 'wrong-password' })
      }
    },
  )

  it('the one that must prove a new password is asked alone', async () => {
    const first = await refusing('bind', 51)
    const pair = open([first.url, slapd.urls.ldap])
    const id = await idOf(pair)
    expect(await pair.bind(id, lastPassword, first.url)).toEqual({
      ok: false,
      reason: 'directory-unavailable',
    })
    expect(await pair.bind(id, lastPassword, slapd.urls.ldap)).toEqual({ ok: true })
  })

  it('an account that 389 DS closes is refused at once, as closed', async () => {
    const first = await refusing('bind', 53, 'Account inactivated. Contact system administrator.')
    const pair = open([first.url, slapd.urls.ldap])
    expect(await pair.bind(await idOf(pair), lastPassword)).toEqual({ ok: false, reason: 'account-locked' })
  })

  it('an account that the only server is unwilling to bind, and nobody else’s, is closed: an unknown one is wrong', async () => {
    const id = await idOf(open([slapd.urls.ldap]))
    const server = await refusing('bind', 53, '', 'cn=nobody')
    for (const urls of [
      [server.url],
      [server.url, 'ldap://127.0.0.1:1'],
      ['ldap://127.0.0.1:1', server.url],
    ]) {
      const directory = open(urls)
      expect(await directory.bind(id, lastPassword), urls.join(' ')).toEqual({
        ok: false,
        reason: 'account-locked',
      })
      expect(await directory.bind('nobody' as PersonId, lastPassword)).toEqual({
        ok: false,
        reason: 'wrong-password',
      })
    }
  })
})
