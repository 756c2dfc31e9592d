import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { Directory } from '../directory.ts'
import { openLdapDirectory } from './ldap.ts'

const first = 'Bienvenue!2026c'

describe.runIf(process.env.CI === 'true' || hasSlapd())('an OpenLDAP with pwdSafeModify', () => {
  let slapd: Slapd
  const open: Directory[] = []
  const replace = (dn: string, type: string, values: string[]) =>
    slapd.asRoot(client =>
      client.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type, values }) })),
    )
  const setSafe = (value: 'TRUE' | 'FALSE') =>
    replace(`cn=default,ou=policies,${suffix}`, 'pwdSafeModify', [value])
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(20) })
  })
  afterAll(async () => {
    for (const one of open) await one.close()
    await slapd?.stop()
  })

  it.each(['exop', 'modify'] as const)(
    'gets the old password from who types it, and refuses who does not, by %s',
    async passwordWrite => {
      const canaryDn = `cn=canary,ou=services,${suffix}`
      await setSafe('FALSE')
      await replace(`uid=clefevre,${bases.staff}`, 'userPassword', [first])
      const directory = openLdapDirectory(slapd.settings({ passwordWrite, canaryDn }))
      open.push(directory)
      const found = await directory.findLogin('clefevre')
      const id = found.ok && found.person?.id
      if (!id) throw new Error('Camille is gone')
      const chosen = [1, 2, 3].map(serial => `Tr0mbone&${passwordWrite}-${serial}`) as [
        string,
        string,
        string,
      ]
      // Without pwdSafeModify, and proves that the server hashes what it gets in clear.
      expect((await directory.write(id, chosen[0], first)).ok).toBe(true)
      await setSafe('TRUE')
      expect(await directory.write(id, chosen[1])).toEqual({ ok: false, reason: 'directory-not-allowed' })
      expect(await directory.write(id, chosen[1], first)).toEqual({
        ok: false,
        reason: 'directory-old-password',
      })
      expect((await directory.write(id, chosen[2], chosen[0])).ok).toBe(true)
      expect((await directory.bind(id, chosen[2])).ok).toBe(true)
      expect((await directory.bind(id, chosen[0])).ok).toBe(false)
    },
  )
})
