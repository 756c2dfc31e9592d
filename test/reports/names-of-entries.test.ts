import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Directory } from '../../src/directory/directory.ts'
import { openLdapDirectory } from '../../src/directory/ldap/ldap.ts'
import { bases, suffix, worldPeople } from '../world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../world/slapd.ts'

const first = 'Bienvenue!2026c'
const chosen = 'Tr0mbone&Cascade-3'

/** Names that other products wrote into filters and binds as they were, or escaped once more. */
describe.runIf(process.env.CI === 'true' || hasSlapd())(
  'a person finds their account, changes its password and is known as a member of a group where the entry is named',
  () => {
    let slapd: Slapd
    let directory: Directory
    beforeAll(async () => {
      slapd = await startSlapd({ people: worldPeople(20) })
      directory = openLdapDirectory(slapd.settings())
    })
    afterAll(async () => {
      await directory?.close()
      await slapd?.stop()
    })

    let count = 0
    it.each([
      [
        'with a comma (nextcloud/server#7135, rustdesk/rustdesk-server-pro#756)',
        String.raw`cn=Doe\, John`,
        'Doe, John',
      ],
      [
        'with a comma by its number (jupyterhub/ldapauthenticator#63)',
        String.raw`cn=Durand\2C Léa`,
        'Durand, Léa',
      ],
      [
        'with parentheses (heiglandreas/authLdap#153, goharbor/harbor#9157)',
        'cn=Martin (EXT)',
        'Martin (EXT)',
      ],
      ['with a star', 'cn=Marie *', 'Marie *'],
      ['with a backslash (vesse/node-ldapauth-fork#89)', String.raw`cn=UNIV\\jean`, 'UNIV\\jean'],
      ['with quotes', String.raw`cn=Jean \"Le Grand\"`, 'Jean "Le Grand"'],
      ['with a number sign first', String.raw`cn=\#42`, '#42'],
      ['with a space first and last', String.raw`cn=\ espace\20`, ' espace '],
      ['with a plus and an equals sign', String.raw`cn=A\+B=C`, 'A+B=C'],
      ['with a semicolon and angles', String.raw`cn=a\;b\<c\>`, 'a;b<c>'],
      ['with two spaces within (nextcloud/server#7150, SSSD/sssd#5276)', 'cn=Jean  Luc', 'Jean  Luc'],
      ['with letters beyond ASCII', 'cn=Đặng Thị Ứng 😀', 'Đặng Thị Ứng 😀'],
      ['in two values', String.raw`cn=Zoé\, B+sn=X (Y)`, 'Zoé, B'],
    ])('%s', async (_, rdn, cn) => {
      count += 1
      const uid = `dn${count}`
      const dn = `${rdn},${bases.staff}`
      await slapd.asRoot(async client => {
        await client.add(dn, {
          objectClass: ['inetOrgPerson', 'supannPerson'],
          uid,
          cn,
          sn: 'X (Y)',
          supannEmpId: `88000${count}`,
          supannOIDCDateDeNaissance: '1980-01-01',
          userPassword: first,
        })
        if (count > 1) await client.del(`cn=of-one,ou=groups,${suffix}`)
        await client.add(`cn=of-one,ou=groups,${suffix}`, { objectClass: 'groupOfNames', member: [dn] })
      })
      const byNumber = await directory.find('staff-number', `88000${count}`)
      expect(byNumber).toMatchObject({ ok: true, people: [{ login: uid, privileged: false }] })
      const found = await directory.findLogin(uid)
      if (!(found.ok && found.person)) throw new Error('nobody')
      const { id } = found.person
      expect((await directory.bind(id, first)).ok).toBe(true)
      expect((await directory.write(id, chosen)).ok).toBe(true)
      expect((await directory.bind(id, chosen)).ok).toBe(true)
      expect((await directory.bind(id, first)).ok).toBe(false)
      const protecting = openLdapDirectory(
        slapd.settings({ privilegedGroups: [`cn=of-one,ou=groups,${suffix}`] }),
      )
      const again = await protecting.findLogin(uid)
      await protecting.close()
      expect(again).toMatchObject({ ok: true, person: { privileged: true } })
    })
  },
)
