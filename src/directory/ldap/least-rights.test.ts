import { Attribute, Change, Client } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { passwordModifyOid, passwordModifyRequest } from './password-modify.ts'

const camille = `uid=clefevre,${bases.staff}`
const admin = `uid=admin,${bases.staff}`
const policy = `cn=default,ou=policies,${suffix}`
const admins = `cn=admins,ou=groups,${suffix}`
const serviceOf = (name: string) => `cn=${name},ou=services,${suffix}`

const denied = { code: 50 }
const password = 'Premier-Essai-2026'
const ntHash = '8846F7EAEE8FB117AD06BDD830B7586C'

type Modification = readonly [dn: string, attribute: string, value: string]

describe.runIf(process.env.CI === 'true' || hasSlapd())(
  'with the rules of docs/operate/openldap.acl the entry of the portal',
  () => {
    let slapd: Slapd
    beforeAll(async () => {
      slapd = await startSlapd({ people: worldPeople(50) })
    })
    afterAll(() => slapd?.stop())

    const modify = ([dn, type, value]: Modification, operation: 'add' | 'replace' = 'replace') =>
      slapd.as('portal', client =>
        client.modify(dn, new Change({ operation, modification: new Attribute({ type, values: [value] }) })),
      )
    const exchange = (dn: string) =>
      slapd.as('portal', client => client.exop(passwordModifyOid, passwordModifyRequest(dn, password)))

    it('writes the password of a person, in its three attributes', async () => {
      await expect(exchange(camille)).resolves.toBeDefined()
      await modify([camille, 'sambaNTPassword', ntHash])
      await modify([camille, 'sambaPwdLastSet', '1'])
      await modify([camille, 'shadowLastChange', '20000'])
    })

    // The portal may read the password of the canary entry only, which is its purpose and gives access to nothing.
    const secrets = ['userPassword', 'sambaNTPassword', 'pwdHistory', 'sambaPwdLastSet']
    it.each([camille, admin, serviceOf('portal'), serviceOf('radius')])(
      'neither reads a secret of %s nor can test a guess',
      async dn => {
        const found = await slapd.as('portal', client =>
          client.search(suffix, { filter: '(!(cn=canary))', attributes: [...secrets, '+'] }),
        )
        const values = found.searchEntries.flatMap(entry => secrets.map(name => entry[name] ?? []))
        expect(values.flat()).toEqual([])
        await expect(
          slapd.as('portal', client => client.compare(dn, 'userPassword', password)),
        ).rejects.toMatchObject(denied)
        const guessed = await slapd.as('portal', client =>
          client.search(suffix, { filter: '(&(userPassword=*)(!(cn=canary)))' }),
        )
        expect(guessed.searchEntries).toEqual([])
      },
    )

    it.each([
      ['mail', 'a@b.example'],
      ['supannMailPrive', 'a@b.example'],
      ['supannAutreMail', 'a@b.example'],
      ['supannEmpId', '1'],
      ['supannCodeINE', '0123456789M'],
      ['supannOIDCDateDeNaissance', '1985-07-15'],
      ['displayName', 'x'],
      ['sn', 'x'],
      ['uidNumber', '0'],
      ['homeDirectory', '/root'],
      ['description', 'x'],
      ['pwdReset', 'TRUE'],
      ['pwdAccountLockedTime', '000001010000Z'],
      ['pwdPolicySubentry', policy],
    ])('does not write %s', async (attribute, value) => {
      await expect(modify([camille, attribute, value])).rejects.toMatchObject(denied)
    })

    it.each<Modification>([
      [admin, 'userPassword', password],
      [admin, 'sambaNTPassword', ntHash],
      [admin, 'sambaPwdLastSet', '1'],
      [admin, 'shadowLastChange', '20000'],
      [admin, 'sambaSID', 'S-1-5-21-1-2-3-500'],
      [serviceOf('portal'), 'userPassword', password],
      [serviceOf('radius'), 'userPassword', password],
      [serviceOf('sso'), 'userPassword', password],
      [policy, 'pwdMinLength', '1'],
      [suffix, 'description', 'x'],
    ])(
      'writes nothing of privileged people, services, groups and policies: %s, %s',
      async (...modification) => {
        await expect(modify(modification)).rejects.toMatchObject(denied)
      },
    )

    it('writes none of their passwords by RFC 3062 either, and adds no member to a group and no object class', async () => {
      for (const dn of [admin, serviceOf('sso'), serviceOf('radius')])
        await expect(exchange(dn), dn).rejects.toMatchObject(denied)
      await expect(modify([admins, 'member', camille], 'add')).rejects.toMatchObject(denied)
      await expect(modify([admin, 'objectClass', 'sambaSamAccount'], 'add')).rejects.toMatchObject(denied)
      await expect(modify([camille, 'objectClass', 'pkiUser'], 'add')).rejects.toMatchObject(denied)
    })

    it('creates, renames, moves and deletes nothing', async () => {
      const made = { objectClass: 'inetOrgPerson', uid: 'new', cn: 'n', sn: 'n' }
      const works: ((client: Client) => Promise<unknown>)[] = [
        ...Object.values(bases).map(base => (client: Client) => client.add(`uid=new,${base}`, made)),
        client => client.del(camille),
        client => client.modifyDN(camille, `uid=camille,${bases.staff}`),
        client => client.modifyDN(camille, `uid=clefevre,${bases.student}`),
      ]
      for (const work of works) await expect(slapd.as('portal', work)).rejects.toMatchObject(denied)
    })

    it('is the only one: anonymous clients and people read no entry, and write only their own password', async () => {
      const read = (client: Client) =>
        client.search(suffix, { filter: '(uid=*)' }).then(
          ({ searchEntries }) => searchEntries,
          () => [],
        )
      const stranger = new Client({ url: slapd.urls.ldap })
      expect(await read(stranger)).toEqual([])
      await stranger.bind(camille, password)
      expect(await read(stranger)).toEqual([])
      await expect(
        stranger.exop(passwordModifyOid, passwordModifyRequest(`uid=ybenali,${bases.student}`, password)),
      ).rejects.toMatchObject(denied)
      await stranger.unbind()
    })
  },
)
