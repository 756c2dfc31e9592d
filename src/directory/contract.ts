import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Directory, Person, PersonId } from './directory.ts'
import type { Lockout } from './lockout.ts'
import { foldNumber } from './number.ts'

/**
 * What every directory promises. The set-up gives one that holds the demonstration's people; `twinNumber`, `admin` and
 * `leaver` name people whom the implementation can hold, where it can.
 */
export type DirectorySetup = {
  readonly directory: Directory
  readonly twinNumber: string
  readonly adminNumber: string
  readonly leaverNumber: string
  readonly rename: (from: string, to: string) => Promise<unknown>
  readonly stop: () => Promise<void>
  /** The rule by which the set-up shuts accounts after wrong passwords. */
  readonly lockout: Lockout
  /** What it says of a password that is too short; 389 DS does not tell that from one that is too simple. */
  readonly tooShort?: 'directory-quality'
}

export const directoryContract = (name: string, available: boolean, setUp: () => Promise<DirectorySetup>) =>
  describe.runIf(available)(`the directory keeps its promises: ${name}`, () => {
    let setup: DirectorySetup
    beforeAll(async () => {
      setup = await setUp()
    }, 180_000)
    afterAll(() => setup?.stop())

    const people = async (...given: Parameters<Directory['find']>) => {
      const found = await setup.directory.find(given[0], foldNumber(given[1]))
      if (!found.ok) throw new Error(found.reason)
      return found.people
    }
    const only = async (...given: Parameters<Directory['find']>): Promise<Person> => {
      const [person, ...others] = await people(...given)
      if (!person || others.length > 0)
        throw new Error(`${given[1]} is ${others.length + (person ? 1 : 0)} people`)
      return person
    }

    it.each([
      ['staff-number', '204518', 'Camille Lefèvre'],
      ['staff-number', ' 0204 518', 'Camille Lefèvre'],
      ['student-number', '22104587', 'Yanis Benali'],
      ['ine', '0123456789M', 'Yanis Benali'],
      ['ine', '0123-456-789 m', 'Yanis Benali'],
      ['uid', 'ext-odubois', 'Olivier Dubois'],
      ['uid', 'EXT ODUBOIS', 'Olivier Dubois'],
    ] as const)('finds by %s « %s »', async (kind, number, displayName) => {
      expect((await only(kind, number)).displayName).toBe(displayName)
    })

    it('gives a person whole: names, birth date, addresses, population', async () => {
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
      expect([camille.privileged, camille.ended]).toEqual([false, false])
    })

    it('number and INE of one person are one person', async () => {
      expect((await only('ine', '0123456789M')).id).toBe((await only('student-number', '22104587')).id)
    })

    it.each(['student-number', 'ine', 'uid'] as const)(
      'a staff number finds nobody on the card %s',
      async kind => {
        expect(await people(kind, '204518')).toEqual([])
      },
    )

    it('two entries for one number are two people, never one of them', async () => {
      expect(await people('staff-number', setup.twinNumber)).toHaveLength(2)
    })

    it('tells who is privileged and who has left', async () => {
      expect((await only('staff-number', setup.adminNumber)).privileged).toBe(true)
      expect((await only('student-number', setup.leaverNumber)).ended).toBe(true)
    })

    it.each(['*', '(uid=*)', '204518)(uid=*', '\\2a', '\\', '2\u00004518', '𝟚𝟘', 'é'.repeat(2000)])(
      'hostile input « %s » finds nobody and breaks nothing',
      async number => {
        for (const kind of ['student-number', 'ine', 'staff-number', 'uid'] as const)
          expect(await people(kind, number)).toEqual([])
        expect(await setup.directory.findLogin(number)).toMatchObject({ ok: true, person: null })
      },
    )

    it('reads an entry again by its id, and nobody for an id that nobody has', async () => {
      const yanis = await only('student-number', '22104587')
      expect(await setup.directory.read(yanis.id)).toEqual({ ok: true, person: yanis })
      expect(await setup.directory.read('nobody' as PersonId)).toEqual({ ok: true, person: null })
    })

    it('finds a login as it is typed to sign in', async () => {
      const found = await setup.directory.findLogin('clefevre')
      expect(found.ok && found.person?.displayName).toBe('Camille Lefèvre')
    })

    it('tells with a login when it shuts accounts, the same for everybody and for nobody', async () => {
      const lockouts = []
      for (const login of ['clefevre', 'ybenali', 'nobody-bears-this']) {
        const found = await setup.directory.findLogin(login)
        lockouts.push(found.ok && found.lockout)
      }
      expect(lockouts).toEqual([setup.lockout, setup.lockout, setup.lockout])
    })

    it('accepts the first password and no other', async () => {
      const { id } = await only('staff-number', '198077')
      expect(await setup.directory.bind(id, 'Bienvenue!2026n')).toEqual({ ok: true })
      expect(await setup.directory.bind(id, 'Bienvenue!2026N')).toEqual({
        ok: false,
        reason: 'wrong-password',
      })
    })

    it('an empty password proves nothing', async () => {
      const { id } = await only('staff-number', '198077')
      expect(await setup.directory.bind(id, '')).toEqual({ ok: false, reason: 'wrong-password' })
    })

    it('nobody binds as nobody', async () => {
      expect(await setup.directory.bind('nobody' as PersonId, 'Bienvenue!2026n')).toEqual({
        ok: false,
        reason: 'wrong-password',
      })
    })

    it('somebody not activated yet has no password that binds', async () => {
      const { id } = await only('student-number', '22609431')
      expect((await setup.directory.bind(id, 'Bienvenue!2026i')).ok).toBe(false)
    })

    it('a written password opens at once, on the server that took it, and the old one no longer does', async () => {
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
      'keeps « %s » exactly',
      async password => {
        const { id } = await only('uid', 'ext-odubois')
        expect((await setup.directory.write(id, password)).ok).toBe(true)
        expect(await setup.directory.bind(id, password)).toEqual({ ok: true })
      },
    )

    it('a password that looks like a stored one is kept exactly or refused whole: never taken for one', async () => {
      const { id } = await only('uid', 'ext-odubois')
      const written = await setup.directory.write(id, '{CLEAR}Accolade-1a')
      expect((await setup.directory.bind(id, '{CLEAR}Accolade-1a')).ok).toBe(written.ok)
      expect((await setup.directory.bind(id, 'Accolade-1a')).ok).toBe(false)
    })

    it('says that a password is too short for it', async () => {
      const { id } = await only('staff-number', '175230')
      expect(await setup.directory.write(id, 'Court-1')).toEqual({
        ok: false,
        reason: setup.tooShort ?? 'directory-too-short',
      })
    })

    it('writes nobody', async () => {
      expect((await setup.directory.write('nobody' as PersonId, 'Tr0mbone&Cascade-3')).ok).toBe(false)
    })

    it('an entry keeps its id when it is renamed', async () => {
      const before = await only('student-number', '22609431')
      await setup.rename('imoreau', 'imoreau2')
      const after = await setup.directory.read(before.id)
      expect(after.ok && after.person?.login).toBe('imoreau2')
    })

    it('answers when asked whether it is there', async () => {
      expect(await setup.directory.ping()).toBe(true)
    })
  })
