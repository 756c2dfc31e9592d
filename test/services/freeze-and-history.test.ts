import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Attribute, Change } from 'ldapts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Application } from '../../src/application.ts'
import { hours } from '../../src/clock.ts'
import type { Directory, PersonId } from '../../src/directory/directory.ts'
import { guardHistory } from '../../src/directory/history-guard.ts'
import { openLdapDirectory } from '../../src/directory/ldap/ldap.ts'
import { movableClock } from '../world/clock.ts'
import { bases, suffix, worldPeople } from '../world/people.ts'
import { migratedDatabase } from '../world/postgres.ts'
import { quickApplication } from '../world/quick-application.ts'
import { scratchFolder } from '../world/scratch.ts'
import { hasSlapd, type Slapd, startSlapd } from '../world/slapd.ts'
import { rootDn, rootPassword } from '../world/slapd-ldif.ts'
import { type StoreFlavour, storeFlavours } from '../world/stores.ts'

const first = 'Premier-Essai-2026'
const desk = { by: 'desk', reason: 'test' } as const

describe.runIf(process.env.CI === 'true' || hasSlapd())(
  'a freeze, in a directory that keeps a history',
  () => {
    let slapd: Slapd
    let application: Application
    let camille: PersonId
    let isKilled = false
    const clock = movableClock()
    const set = (attribute: string, values: string[]) =>
      slapd.asRoot(client =>
        client.modify(
          `uid=clefevre,${bases.staff}`,
          new Change({ operation: 'replace', modification: new Attribute({ type: attribute, values }) }),
        ),
      )
    const open = async (directory: Directory, flavour: StoreFlavour = 'SQLite') => {
      application = await quickApplication({
        folder: scratchFolder('sesame-freeze-'),
        databaseUrl: flavour === 'SQLite' ? undefined : await migratedDatabase(inject('postgres')),
        clock,
        targets: [],
        directory,
        failpoints: at => {
          if (isKilled && at === 'written') throw new Error('killed')
        },
      })
      const found = await directory.findLogin('clefevre')
      if (!found.ok || !found.person) throw new Error('Camille is gone')
      camille = found.person.id
      await application.passwordWrite.lock.saltOf(camille)
      await set('userPassword', [first])
    }
    const eventsOf = async (person: PersonId) => {
      const rows = await application.store.read
        .selectFrom('audit_events')
        .select('kind')
        .where('chain', '=', person)
        .where('kind', 'like', 'password.%')
        .execute()
      return rows.map(({ kind }) => kind)
    }
    beforeAll(async () => {
      slapd = await startSlapd({ people: worldPeople(20), changesConfig: true })
    })
    afterEach(async () => {
      isKilled = false
      for (const attribute of ['pwdAccountLockedTime', 'pwdPolicySubentry', 'pwdReset'])
        await set(attribute, []).catch(() => {})
      await application.close()
    })
    afterAll(() => slapd?.stop())

    it('is written though nothing shows yet that old passwords are refused', async () => {
      const passwordFile = join(scratchFolder('sesame-root-'), 'root.password')
      writeFileSync(passwordFile, rootPassword)
      // No policy binds the root of the server, so the guard never opens.
      const directory = guardHistory(openLdapDirectory(slapd.settings({ bindDn: rootDn, passwordFile })), 3)
      await open(directory)
      expect(await directory.write(camille, 'Second-Essai-2026')).toEqual({
        ok: false,
        reason: 'directory-unavailable',
      })
      expect(await application.helpdesk.freeze(camille, desk)).toMatchObject({ ok: true })
      expect((await directory.bind(camille, first)).ok).toBe(false)
    })

    const showLocks = (shown: string) =>
      slapd.asConfig(client =>
        client.modify(
          'olcOverlay={0}ppolicy,olcDatabase={1}mdb,cn=config',
          new Change({
            operation: 'replace',
            modification: new Attribute({ type: 'olcPPolicyUseLockout', values: [shown] }),
          }),
        ),
      )
    const notices = async () =>
      (
        await application.store.read
          .selectFrom('notices')
          .select('kind')
          .where('kind', '=', 'desk-freeze-refused')
          .execute()
      ).length
    const isWritten = async () => (await application.accounts.freezes.find(camille))?.passwordWritten
    const reconcileLater = async () => {
      clock.forward(hours(1))
      await application.passwordWrite.reconciler.run()
    }

    it('waits where the directory takes no password so soon after the last; the helpdesk is told once', async () => {
      const directory = openLdapDirectory(slapd.settings())
      await open(directory)
      await set('pwdPolicySubentry', [`cn=slow,ou=policies,${suffix}`])
      expect(await application.helpdesk.freeze(camille, desk)).toEqual({
        ok: false,
        reason: 'directory-too-young',
      })
      for (const _ of [1, 2, 3]) await reconcileLater()
      expect([await isWritten(), await notices()]).toEqual([false, 1])
      expect(await eventsOf(camille)).toEqual(['password.refused'])
      expect((await directory.bind(camille, first)).ok).toBe(true)

      await set('pwdPolicySubentry', [])
      await reconcileLater()
      expect([await isWritten(), await notices()]).toEqual([true, 1])
      expect((await directory.bind(camille, first)).ok).toBe(false)
    })

    /** What may come before a directory that takes no password so soon after the last: each with what begins and what ends it. */
    const before: readonly (readonly [string, begin: () => Promise<unknown>, end: () => Promise<unknown>])[] =
      [
        ['the directory did not answer', () => slapd.kill(), () => slapd.start()],
        [
          'the account was closed by the server',
          () => set('pwdAccountLockedTime', ['000001010000Z']),
          () => set('pwdAccountLockedTime', []),
        ],
        [
          'its key was lost',
          () => slapd.kill(),
          async () => {
            await slapd.start()
            await application.store.transaction(tx =>
              tx.updateTable('attempts').set({ key_name: 'lost' }).where('state', '=', 'open').execute(),
            )
            clock.forward(hours(73))
          },
        ],
      ]

    describe.each(storeFlavours.filter(({ available }) => available))('on $flavour', ({ flavour }) => {
      it.each(before)('that waits is told to the helpdesk once, though %s before', async (_, begin, end) => {
        await open(openLdapDirectory(slapd.settings()), flavour)
        await set('pwdPolicySubentry', [`cn=slow,ou=policies,${suffix}`])
        await begin()
        await application.helpdesk.freeze(camille, desk)
        for (const _round of [1, 2]) await reconcileLater()
        expect([await isWritten(), await notices()]).toEqual([false, 0])

        await end()
        for (const _round of [1, 2, 3]) await reconcileLater()
        expect([await isWritten(), await notices()]).toEqual([false, 1])
        expect(await eventsOf(camille)).toEqual(['password.refused'])

        await set('pwdPolicySubentry', [])
        await reconcileLater()
        expect([await isWritten(), await notices()]).toEqual([true, 1])
      })
    })

    it('is told where its write never arrived, and then comes too soon after the last', async () => {
      const directory = openLdapDirectory(slapd.settings())
      let isLost = true
      const write: Directory['write'] = (...given) =>
        isLost ? Promise.resolve({ ok: false, reason: 'outcome-unknown' }) : directory.write(...given)
      await open({ ...directory, write })
      await application.helpdesk.freeze(camille, desk)
      isLost = false
      await set('pwdPolicySubentry', [`cn=slow,ou=policies,${suffix}`])
      for (const _ of [1, 2]) await reconcileLater()
      expect([await isWritten(), await notices()]).toEqual([false, 1])
    })

    it.each([
      ['a bind says that the account is locked', 'TRUE', 0],
      // It may be the old password that the directory refuses to replace so soon.
      ['a bind says only that the password is wrong', 'FALSE', 1],
    ])(
      'whose outcome was lost is never refused where no password may follow it so soon: %s',
      async (_said, shown, mails) => {
        await showLocks(shown)
        await open(openLdapDirectory(slapd.settings()))
        isKilled = true
        await application.helpdesk.freeze(camille, desk).catch(() => null)
        isKilled = false
        await set('pwdPolicySubentry', [`cn=slow,ou=policies,${suffix}`])
        await set('pwdAccountLockedTime', [new Date().toISOString().replace(/[-:T]|\.\d+/g, '')])
        for (const _ of [1, 2]) await reconcileLater()
        expect([await isWritten(), await notices()]).toEqual([false, mails])

        await set('pwdAccountLockedTime', [])
        await reconcileLater()
        expect([await isWritten(), await notices()]).toEqual([true, mails])
        expect((await eventsOf(camille)).at(-1)).toBe('password.written')
        await showLocks('FALSE')
        expect((await application.directory.bind(camille, first)).ok).toBe(false)
      },
    )

    it.each([
      ['the password must be changed', 'must-change', 'password.unproved'],
      ['the account is locked for a time', 'account-locked', 'password.written'],
    ] as const)(
      'whose outcome was lost is recorded as in force where a bind says that %s',
      async (_, reason, event) => {
        await open(openLdapDirectory(slapd.settings()))
        isKilled = true
        await application.helpdesk.freeze(camille, desk).catch(() => null)
        isKilled = false
        const lockedAt = new Date().toISOString().replace(/[-:T]|\.\d+/g, '')
        if (reason === 'account-locked') await set('pwdAccountLockedTime', [lockedAt])
        else {
          await set('pwdPolicySubentry', [`cn=reset,ou=policies,${suffix}`])
          await set('pwdReset', ['TRUE'])
        }
        clock.forward(hours(1))
        await application.passwordWrite.reconciler.run()
        expect(await application.accounts.freezes.find(camille)).toMatchObject({ passwordWritten: true })
        expect(await eventsOf(camille)).toEqual([event])
        expect((await application.directory.bind(camille, first)).ok).toBe(false)
      },
    )
  },
)
