import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { Directory } from '../directory.ts'
import { foldNumber } from '../number.ts'
import { openLdapDirectory } from './ldap.ts'

describe.runIf(process.env.CI === 'true' || hasSlapd())('the card of a UID, on OpenLDAP,', () => {
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

  it('finds nobody by another spelling that the directory takes for the same, which would be a second subject', async () => {
    for (const uid of ['d.martin', 'gross', 'hélène'])
      await slapd.asRoot(client =>
        client.add(`uid=${uid},${bases.external}`, {
          objectClass: ['inetOrgPerson', 'supannPerson'],
          uid,
          cn: uid,
          sn: uid,
        }),
      )
    const count = async (typed: string) => {
      const found = await directory.find('uid', foldNumber('uid', typed))
      return found.ok && found.people.length
    }
    for (const typed of ['d.mart\u0131n', 'gro\u00DF', 'h\u00E9l\u00E9ne'])
      expect(await count(typed), typed).toBe(0)
    for (const typed of ['D.MARTIN', 'GROSS', 'he\u00AD\u0301le\u00AD\u0300ne'])
      expect(await count(typed), typed).toBe(1)
  })

  describe('finds a person by a UID', () => {
    it.each(['m.durand', 'jean-luc.picot', 'rené', '00123', 'ext-p_q', "d'arc"])(
      '« %s », as it is',
      async uid => {
        await slapd.asRoot(client =>
          client.add(`uid=${uid},${bases.external}`, {
            objectClass: ['inetOrgPerson', 'supannPerson'],
            uid,
            cn: uid,
            sn: uid,
          }),
        )
        for (const typed of [uid, ` ${uid.toUpperCase()}`, `${uid}\u200B`, uid.normalize('NFD')]) {
          const found = await directory.find('uid', foldNumber('uid', typed))
          expect(found.ok && found.people.map(({ login }) => login), typed).toEqual([uid])
        }
      },
    )
  })
})
