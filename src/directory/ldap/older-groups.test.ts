import { afterEach, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { SlapdOptions } from '../../../test/world/slapd-ldif.ts'
import { openLdapDirectory } from './ldap.ts'

const group = `cn=older,ou=groups,${suffix}`
const camille = `uid=clefevre,${bases.staff}`
const overlay = 'olcOverlay={1}memberof,olcDatabase={1}mdb,cn=config'

describe.runIf(process.env.CI === 'true' || hasSlapd())(
  'a member whom memberOf does not show, on OpenLDAP',
  () => {
    let slapd: Slapd
    afterEach(() => slapd?.stop())
    const start = async (options: Partial<SlapdOptions> = {}) => {
      slapd = await startSlapd({ people: worldPeople(20), changesConfig: true, ...options })
    }
    const addGroup = () =>
      slapd.asRoot(client => client.add(group, { objectClass: 'groupOfNames', member: [camille] }))
    /** As the portal sees them. */
    const memberOf = () =>
      slapd.as('portal', async client => {
        const found = await client.search(camille, { scope: 'base', attributes: ['memberOf'] })
        return [found.searchEntries[0]?.memberOf ?? []].flat()
      })
    const isPrivileged = async () => {
      const directory = openLdapDirectory(slapd.settings({ privilegedGroups: [group] }))
      const found = await directory.findLogin('clefevre')
      await directory.close()
      return found.ok && found.person?.privileged
    }

    it('is privileged by a group that is older than the overlay', async () => {
      await start()
      await slapd.asConfig(client => client.del(overlay))
      await addGroup()
      await slapd.asConfig(client =>
        client.add('olcOverlay=memberof,olcDatabase={1}mdb,cn=config', {
          objectClass: ['olcOverlayConfig', 'olcMemberOf'],
          olcOverlay: 'memberof',
        }),
      )
      expect(await memberOf()).toEqual([])
      expect(await isPrivileged()).toBe(true)
    })

    it('is privileged where the portal may not read memberOf', async () => {
      await start({ access: rules => rules.map(rule => rule.replace(',memberOf,', ',')) })
      await addGroup()
      expect(await memberOf()).toEqual([])
      expect(await isPrivileged()).toBe(true)
    })
  },
)
