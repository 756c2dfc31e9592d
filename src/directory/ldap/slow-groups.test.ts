import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { freePort } from '../../../test/world/ports.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { startUnreliableLink, type UnreliableLink } from '../../../test/world/unreliable-link.ts'
import type { Directory } from '../directory.ts'
import { privilegedGroupsCheck, runChecks } from './check-connection.ts'
import { standardDialect } from './dialect.ts'
import { openLdapDirectory } from './ldap.ts'
import { openPortalConnections } from './service.ts'

const groups = `ou=groups,${suffix}`
const group = (index: number) => `cn=level ${index},${groups}`
/** A quarter of a second for each is more than the time of one call. */
const levels = 40

describe.runIf(process.env.CI === 'true' || hasSlapd())('an OpenLDAP that answers slowly', () => {
  let slapd: Slapd
  let link: UnreliableLink
  let directory: Directory
  let port = 0
  const settings = () =>
    slapd.settings({
      urls: [`ldap://127.0.0.1:${port}`],
      connectTimeout: 1000,
      answerTimeout: 1000,
      privilegedGroups: [group(0)],
    })
  const unavailable = { ok: false, reason: 'directory-unavailable' }
  const find = () => directory.find('staff-number', '204518')

  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(20) })
    for (let level = 0; level < levels; level += 1)
      await slapd.asRoot(client =>
        client.add(group(level), {
          objectClass: 'groupOfNames',
          member: level + 1 < levels ? group(level + 1) : `uid=admin,${bases.staff}`,
        }),
      )
    port = await freePort()
    link = await startUnreliableLink(port, Number(new URL(slapd.urls.ldap).port))
    directory = openLdapDirectory(settings())
  })
  afterAll(async () => {
    await directory?.close()
    await link?.stop()
    await slapd?.stop()
  })

  it('is unavailable to everybody while the members of a privileged group are not read in time', async () => {
    link.make('slow')
    const answers = await Promise.all([find(), find(), directory.findLogin('clefevre')])
    expect(answers).toEqual([unavailable, unavailable, unavailable])
    const pool = openPortalConnections(settings())
    const mapper = { settings: settings(), dialect: standardDialect(settings()), now: Date.now }
    expect(await runChecks([privilegedGroupsCheck(mapper, pool)])).toMatchObject([
      { level: 'wrong', what: 'privileged' },
    ])
    await pool.close()
    link.make('none')
    expect(await find()).toMatchObject({ ok: true, people: [{ login: 'clefevre', privileged: false }] })
  })

  it('is asked as long as its answers are in time, however many scopes a look-up searches', async () => {
    const inTime = { ...settings(), privilegedGroups: [], connectTimeout: 100, answerTimeout: 350 }
    const slow = openLdapDirectory(inTime)
    link.make('slow')
    try {
      const found = await slow.findLogin('clefevre')
      expect(found).toMatchObject({ ok: true, person: { login: 'clefevre' } })
      const id = found.ok && found.person ? found.person.id : expect.fail()
      await slow.close()
      // Its connections are new: each of them is opened within the same time.
      const anew = openLdapDirectory(inTime)
      expect(await anew.bind(id, 'wrong')).toEqual({ ok: false, reason: 'wrong-password' })
      await anew.close()
    } finally {
      link.make('none')
    }
  })
})
