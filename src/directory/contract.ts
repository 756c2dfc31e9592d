import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CountedPerson, Directory, Person, PersonId } from './directory.ts'
import type { Lockout } from './lockout.ts'
import { foldNumber } from './number.ts'

/**
 * What the contract tests of every directory need: a directory that holds the people of the demonstration, and the
 * numbers of three more: two entries with one number (`twinNumber`), a privileged account and a person who has left.
 */
export type DirectorySetup = {
  readonly directory: Directory
  readonly twinNumber: string
  readonly adminNumber: string
  readonly leaverNumber: string
  readonly rename: (from: string, to: string) => Promise<unknown>
  readonly stop: () => Promise<void>
  /** The lockout policy that this server is configured with. */
  readonly lockout: Lockout
  /** The refusal of a password that is too short; 389 DS does not distinguish it from one that is too simple. */
  readonly tooShort?: 'directory-quality'
}

export const directoryContract = (name: string, available: boolean, setUp: () => Promise<DirectorySetup>) =>
  describe.runIf(available)(`a directory fulfils its contract: ${name}`, () => {
    let setup: DirectorySetup
    beforeAll(async () => {
      setup = await setUp()
    }, 180_000)
    afterAll(() => setup?.stop())

    const people = async (...query: Parameters<Directory['find']>) => {
      const found = await setup.directory.find(query[0], foldNumber(...query))
      if (!found.ok) throw new Error(found.reason)
      return found.people
    }
    const only = async (...query: Parameters<Directory['find']>): Promise<Person> => {
      const [person, ...others] = await people(...query)
      if (!person || others.length > 0)
        throw new Error(`${query[1]} is ${others.length + (person ? 1 : 0)} people`)
      return person
    }

    it.each([
      ['staff-number', '204518', 'Camille Lefèvre'],
      ['staff-number', ' 0204 518', 'Camille Lefèvre'],
      ['student-number', '22104587', 'Yanis Benali'],
      ['ine', '0123456789M', 'Yanis Benali'],
      ['ine', '0123-456-789 m', 'Yanis Benali'],
      ['uid', 'ext-odubois', 'Olivier Dubois'],
      ['uid', ' EXT-ODubois ', 'Olivier Dubois'],
    ] as const)('finds a person by %s « %s »', async (kind, number, displayName) => {
      expect((await only(kind, number)).displayName).toBe(displayName)
    })

    it('returns the names, birth date, addresses and population of a person', async () => {
      const camille = await only('staff-number', '204518')
      expect(camille).toMatchObject({
        login: 'clefevre',
        firstNames: ['Camille'],
        familyNames: ['Lefèvre'],
        populations: ['staff'],
      })
      expect(camille.birthDate).toEqual({ year: 1985, month: 7, day: 14 })
      expect(camille.addresses).toHaveLength(2)
      expect(camille.addresses.every(address => /^[^{}\s]+@[^{}\s]+$/.test(address))).toBe(true)
      expect([camille.privileged, camille.closed]).toEqual([false, false])
    })

    it('finds the same person by student number and by INE', async () => {
      expect((await only('ine', '0123456789M')).id).toBe((await only('student-number', '22104587')).id)
    })

    it('finds people by two ids, in the population of a kind of number', async () => {
      const { directory } = setup
      const { id: camille } = await only('staff-number', '204518')
      const [first, second] = await people('staff-number', setup.twinNumber)
      const nobody = '00000000-0000-4000-8000-000000000000' as PersonId
      const idsFound = async (...ids: readonly [PersonId, PersonId]) => {
        const found = await directory.findByIds('staff-number', ids)
        return found.ok && found.people.map(({ id }) => id).sort()
      }
      expect(await idsFound(camille, nobody)).toEqual([camille])
      expect(await idsFound(nobody, camille)).toEqual([camille])
      expect(await idsFound(nobody, 'nobody' as PersonId)).toEqual([])
      if (!first || !second) throw new Error('no twins')
      expect(await idsFound(first.id, second.id)).toEqual([first.id, second.id].sort())
      expect(await directory.findByIds('staff-number', [camille, nobody])).toEqual({
        ok: true,
        people: [await only('staff-number', '204518')],
      })
    })

    it.each(['student-number', 'ine', 'uid'] as const)(
      'finds nobody when a staff number is searched as %s',
      async kind => {
        expect(await people(kind, '204518')).toEqual([])
      },
    )

    it('returns both people when two entries have one number', async () => {
      expect(await people('staff-number', setup.twinNumber)).toHaveLength(2)
    })

    it('marks privileged accounts and people who have left', async () => {
      expect((await only('staff-number', setup.adminNumber)).privileged).toBe(true)
      expect((await only('student-number', setup.leaverNumber)).closed).not.toBe(false)
    })

    it('reads everybody, with what tells who can recover', async () => {
      const seen = new Map<string, CountedPerson>()
      const read = await setup.directory.everybody(all => {
        for (const one of all) seen.set(one.id, one)
      })
      expect(read).toEqual({ ok: true, endedBy: null })
      const camille = seen.get((await only('staff-number', '204518')).id)
      expect(camille).toMatchObject({ isFindable: true, privileged: false, closed: false })
      expect(camille?.populations).toContain('staff')
      expect(seen.get((await only('ine', '0123456789M')).id)).toMatchObject({ isFindable: true })
      expect(seen.get((await only('staff-number', setup.adminNumber)).id)?.privileged).toBe(true)
      expect(seen.get((await only('student-number', setup.leaverNumber)).id)?.closed).not.toBe(false)
    })

    it.each(['*', '(uid=*)', '204518)(uid=*', '\\2a', '\\', '2\u00004518', '𝟚𝟘', 'é'.repeat(2000)])(
      'finds nobody for the hostile input « %s »',
      async number => {
        for (const kind of ['student-number', 'ine', 'staff-number', 'uid'] as const)
          expect(await people(kind, number)).toEqual([])
        expect(await setup.directory.findLogin(number)).toMatchObject({ ok: true, person: null })
      },
    )

    it('reads an entry by its id, and nothing for an unknown id', async () => {
      const yanis = await only('student-number', '22104587')
      expect(await setup.directory.read(yanis.id)).toEqual({ ok: true, person: yanis })
      expect(await setup.directory.read('nobody' as PersonId)).toEqual({ ok: true, person: null })
    })

    it('finds a person by login', async () => {
      const found = await setup.directory.findLogin('clefevre')
      expect(found.ok && found.person?.displayName).toBe('Camille Lefèvre')
    })

    it('returns the same lockout policy for every login, known or unknown', async () => {
      const lockouts = []
      for (const login of ['clefevre', 'ybenali', 'nobody-bears-this']) {
        const found = await setup.directory.findLogin(login)
        lockouts.push(found.ok && found.lockout)
      }
      expect(lockouts).toEqual([setup.lockout, setup.lockout, setup.lockout])
    })

    it('accepts the right password and refuses another', async () => {
      const { id } = await only('staff-number', '198077')
      expect(await setup.directory.bind(id, 'Bienvenue!2026n')).toEqual({ ok: true })
      expect(await setup.directory.bind(id, 'Bienvenue!2026N')).toEqual({
        ok: false,
        reason: 'wrong-password',
      })
    })

    it('refuses an empty password', async () => {
      const { id } = await only('staff-number', '198077')
      expect(await setup.directory.bind(id, '')).toEqual({ ok: false, reason: 'wrong-password' })
    })

    it('refuses a bind for an unknown id', async () => {
      expect(await setup.directory.bind('nobody' as PersonId, 'Bienvenue!2026n')).toEqual({
        ok: false,
        reason: 'wrong-password',
      })
    })

    it('refuses every password of an account that is not activated yet', async () => {
      const { id } = await only('student-number', '22609431')
      expect((await setup.directory.bind(id, 'Bienvenue!2026i')).ok).toBe(false)
    })

    it('accepts a written password at once on the server that wrote it, and no longer the old one', async () => {
      const { id } = await only('staff-number', '175230')
      const written = await setup.directory.write(id, 'Tr0mbone&Cascade-3')
      expect(written.ok).toBe(true)
      const server = written.ok ? written.server : ''
      expect(await setup.directory.bind(id, 'Tr0mbone&Cascade-3', server)).toEqual({ ok: true })
      expect(await setup.directory.bind(id, 'Bienvenue!2026t', server)).toEqual({
        ok: false,
        reason: 'wrong-password',
      })
    })

    it.each(["Quote'Back\\Slash-1a", 'Espace dedans -1a', 'Accent-été-€-1a'])(
      'stores « %s » exactly as typed',
      async password => {
        const { id } = await only('uid', 'ext-odubois')
        expect((await setup.directory.write(id, password)).ok).toBe(true)
        expect(await setup.directory.bind(id, password)).toEqual({ ok: true })
      },
    )

    it('never interprets a password that looks like a stored hash: it is stored exactly or refused', async () => {
      const { id } = await only('uid', 'ext-odubois')
      const written = await setup.directory.write(id, '{CLEAR}Accolade-1a')
      expect((await setup.directory.bind(id, '{CLEAR}Accolade-1a')).ok).toBe(written.ok)
      expect((await setup.directory.bind(id, 'Accolade-1a')).ok).toBe(false)
    })

    it('refuses a password that is too short, with that reason', async () => {
      const { id } = await only('staff-number', '175230')
      expect(await setup.directory.write(id, 'Court-1')).toEqual({
        ok: false,
        reason: setup.tooShort ?? 'directory-too-short',
      })
    })

    it('refuses to write the password of an unknown id', async () => {
      expect((await setup.directory.write('nobody' as PersonId, 'Tr0mbone&Cascade-3')).ok).toBe(false)
    })

    it('keeps the id of an entry that is renamed', async () => {
      const before = await only('student-number', '22609431')
      await setup.rename('imoreau', 'imoreau2')
      const after = await setup.directory.read(before.id)
      expect(after.ok && after.person?.login).toBe('imoreau2')
    })

    it('has no outage while it answers', async () => {
      expect(await setup.directory.outage()).toBe(null)
    })
  })
