import { Attribute, Change } from 'ldapts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { minutes, seconds } from '../../clock.ts'
import type { Directory } from '../directory.ts'
import { openLdapDirectory } from './ldap.ts'

const dn = `uid=clefevre,${bases.staff}`
const lockedAt = Date.UTC(2026, 10, 1, 12)

describe.runIf(process.env.CI === 'true' || hasSlapd())(
  'a lock that wrong passwords put for a minute',
  () => {
    let slapd: Slapd
    let now = lockedAt
    const open: Directory[] = []
    const openWith = (changes: Parameters<Slapd['settings']>[0] = {}) => {
      const directory = openLdapDirectory(slapd.settings(changes), () => now)
      open.push(directory)
      return directory
    }
    const lock = (values: string[]) =>
      slapd.asRoot(client =>
        client.modify(
          dn,
          new Change({
            operation: 'replace',
            modification: new Attribute({ type: 'pwdAccountLockedTime', values }),
          }),
        ),
      )
    const held = async () => {
      const found = await slapd.asRoot(client =>
        client.search(dn, { scope: 'base', attributes: ['pwdAccountLockedTime'] }),
      )
      return found.searchEntries[0]?.pwdAccountLockedTime
    }
    const camille = async (directory: Directory) => {
      const found = await directory.findLogin('clefevre')
      if (!found.ok || !found.person) throw new Error('Camille is gone')
      return found.person
    }
    beforeAll(async () => {
      slapd = await startSlapd({ people: worldPeople(20) })
    })
    afterEach(async () => {
      now = lockedAt
      for (const one of open.splice(0)) await one.close()
    })
    afterAll(() => slapd?.stop())

    it('is ended by a new password, without any setting', async () => {
      await lock(['20261101120000Z'])
      const directory = openWith()
      const { id, closed } = await camille(directory)
      expect(closed).toBe(false)
      expect((await directory.write(id, 'Tr0mbone&Cascade-3')).ok).toBe(true)
      expect(await held()).toEqual([])
    })

    it('closes the account until it ends, where it is to be kept', async () => {
      await lock(['20261101120000Z'])
      const directory = openWith({ unlock: false, passwordPolicy: `cn=default,ou=policies,${suffix}` })
      now = lockedAt + seconds(59)
      expect((await camille(directory)).closed).toBe('for-a-time')
      now = lockedAt + seconds(61)
      expect((await camille(directory)).closed).toBe(false)
    })

    it('is as long as the longest of the policies where it is not known which one holds', async () => {
      await lock(['20261101120000Z'])
      const directory = openWith({ unlock: false })
      now = lockedAt + minutes(2)
      expect((await camille(directory)).closed).toBe(false)
      await slapd.asRoot(client =>
        client.modify(
          `cn=slow,ou=policies,${suffix}`,
          new Change({
            operation: 'replace',
            modification: new Attribute({ type: 'pwdLockoutDuration', values: ['600'] }),
          }),
        ),
      )
      expect((await camille(openWith({ unlock: false }))).closed).toBe('for-a-time')
    })
  },
)
