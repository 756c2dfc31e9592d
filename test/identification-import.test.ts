import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrolPasskey } from './world/factors.ts'
import { findPerson } from './world/find-person.ts'
import { lineOf, startImporting } from './world/imported.ts'
import { type WorldPerson, worldPeople } from './world/people.ts'
import { available, type PortalKind } from './world/portal.ts'
import { newVisitor, textOf } from './world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'slapd', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const count = 200
const people = worldPeople(count)

describe.each(kinds.filter(available))(
  'a directory without dates of birth, whose people are imported, on $store',
  kind => {
    let world: Awaited<ReturnType<typeof startImporting>>
    beforeAll(async () => {
      world = await startImporting(kind, people, count)
    }, 120_000)
    afterAll(() => world?.fixture.stop())

    const personOf = (login: string) => findPerson(world.fixture.application, login)
    /** Where somebody is led who types this number and date, then the answer. */
    const recoverAs = async (number: string, date: string, answer: string) => {
      const visitor = newVisitor(world.fixture.url)
      await visitor.identify('numero-personnel', number, date)
      return { visitor, location: (await visitor.answer(answer)).location }
    }
    const atNewPassword = '/fr/mot-de-passe/nouveau'

    it('identifies nobody before, and `sesame check` is wrong for it alone', {
      timeout: 120_000,
    }, async () => {
      expect((await recoverAs('204518', '14/07/1985', 'Félix')).location).not.toBe(atNewPassword)
      const { status, failed } = await world.run('check')
      expect(status).toBe(1)
      expect(failed).toMatch(/^wrong +imported: Nobody was imported/m)
      expect(failed.match(/^wrong /gm)).toHaveLength(1)
    })

    it('imports everybody but two with one number', { timeout: 60_000 }, async () => {
      const { said, failed } = await world.importFile(world.write('people.csv', world.lines))
      expect(failed.match(/^line \d+: its staff-number is that of line \d+ too$/gm)).toHaveLength(2)
      expect(said).toMatch(/^\d+ new, 0 changed, 0 as before, 0 removed; 2 line\(s\) refused\.\n$/)
    })

    it('then recovers a whole password, which the directory accepts', { timeout: 60_000 }, async () => {
      const { visitor, location } = await recoverAs('204518', '14/07/1985', 'Félix')
      expect(location).toBe(atNewPassword)
      const dated = await visitor.choose('Tr0mbone&14-07-1985')
      expect(textOf(dated.refusal ?? '')).toContain('date de naissance')
      expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
      const { id } = await personOf('clefevre')
      expect(await world.fixture.application.directory.bind(id, 'Tr0mbone&Cascade-3')).toMatchObject({
        ok: true,
      })
    })

    it.each([
      ['a wrong date', '204518', '15/07/1985'],
      ['an unknown number', '204519', '14/07/1985'],
      ['a number of another population', '22104587', '03/11/2004'],
    ])('recovers nothing for %s', async (_, number, date) => {
      expect((await recoverAs(number, date, 'Félix')).location).not.toBe(atNewPassword)
    })

    it('makes `sesame check` good, and `sesame explain` count them', { timeout: 120_000 }, async () => {
      const { said, failed } = await world.run('check')
      expect(failed).not.toMatch(/^wrong /m)
      expect(said).toMatch(/^good +imported: \d+ people can identify themselves/m)
      expect(said).toMatch(/^warning imported-missing staff: Of 2 of \d+ people/m)
      expect(said).not.toMatch(/birth-date|identification|no-number/)
      const explained = await world.run('explain')
      expect(explained.said).toMatch(/recovery of the password, staff = of \d+ people [1-9]/)
    })

    it('changes what a newer file says, and removes nobody of a file that was cut off', {
      timeout: 300_000,
    }, async () => {
      const changed = people.map((one): WorldPerson => {
        if (one.uid === 'clefevre') return { ...one, born: '1985-07-15' }
        return one
      })
      const newer = changed.map(one => lineOf(one, world.ids))
      const { said } = await world.importFile(world.write('newer.csv', newer), '--remove-missing')
      // The lines that were bad before are good now.
      expect(said).toMatch(/^\d+ new, 1 changed, \d+ as before, 0 removed/)
      expect((await recoverAs('204518', '14/07/1985', 'Félix')).location).not.toBe(atNewPassword)
      expect((await recoverAs('204518', '15/07/1985', 'Félix')).location).toBe(atNewPassword)
      const events = await world.fixture.application.store.read
        .selectFrom('audit_events')
        .select('chain')
        .where('kind', '=', 'people.changed')
        .execute()
      expect(events).toEqual([{ chain: world.ids.get('clefevre') }])

      const all = await world.countImported()
      const half = world.write('half.csv', newer.slice(0, newer.length / 2))
      const cut = await world.importFile(half, '--remove-missing')
      expect(cut.failed).toMatch(/^\d+ of \d+ imported people are not in the file, more than 10 %/m)
      expect(await world.countImported()).toBe(all)
      const nameless = world.write('nameless.csv', [...newer.slice(10), ',1985-07-14,,,1,'])
      const refused = await world.importFile(nameless, '--remove-missing')
      expect(refused.failed).toContain('a line of it has no id: nobody was removed')
      expect(await world.countImported()).toBe(all)
      const less = world.write(
        'less.csv',
        newer.filter(line => !line.startsWith(world.ids.get('ybenali') ?? '-')),
      )
      expect((await world.importFile(less, '--remove-missing')).said).toMatch(/ 1 removed/)
      expect(await world.countImported()).toBe(all - 1)
      const meant = await world.importFile(half, '--remove-missing', '--remove-at-most', '60')
      expect(meant.said).toMatch(/ \d{2,3} removed/)
    })

    /** Every table that still has this id, in any column. */
    const tablesWith = async (id: string) => {
      const { read } = world.fixture.application.store
      const found: string[] = []
      for (const { name, columns } of await read.introspection.getTables())
        for (const column of columns.filter(({ dataType }) => dataType.toLowerCase() === 'text')) {
          const { rows } = await sql<{
            id: string
          }>`select ${sql.ref(column.name)} as id from ${sql.table(name)} where ${sql.ref(column.name)} = ${id} limit 1`.execute(
            read,
          )
          if (rows.length > 0) found.push(name)
        }
      return [...new Set(found)].sort()
    }

    it('erases a person by one command, but a frozen one', { timeout: 120_000 }, async () => {
      const { id } = await personOf('clefevre')
      const visitor = newVisitor(world.fixture.url)
      await visitor.signIn('clefevre', 'Tr0mbone&Cascade-3')
      await enrolPasskey(visitor, world.fixture.url)
      await recoverAs('204518', '15/07/1985', 'Félix')
      const before = await tablesWith(id)
      for (const table of [
        'imported_people',
        'imported_numbers',
        'people',
        'jokers',
        'sessions',
        'passkeys',
        'journeys',
      ])
        expect(before).toContain(table)

      const erase = (name: string, ...more: readonly string[]) =>
        world.run('erase', name, ...world.why, ...more)
      const frozen = await world.run('freeze', 'clefevre', ...world.why)
      expect([frozen.status, frozen.failed]).toEqual([0, ''])
      const refused = await erase('clefevre')
      expect([refused.status, refused.failed]).toEqual([
        1,
        'clefevre is frozen, or its recovery is closed: nothing was erased. See « sesame unfreeze ».\n',
      ])
      expect(await tablesWith(id)).toContain('imported_people')
      expect((await world.run('unfreeze', 'clefevre', ...world.why, '--keep')).status).toBe(0)

      const settled = async () => {
        const again = await erase('clefevre')
        return again.status === 0 ? again : null
      }
      await expect.poll(settled, { timeout: 60_000, interval: 1000 }).toMatchObject({ status: 0 })
      // What ends earlier proofs and sign-ins stays while the account is there, and the mails to its owner go out, with their link.
      const { store } = world.fixture.application
      const left = async () => (await tablesWith(id)).filter(table => !table.startsWith('audit_'))
      await expect.poll(left, { timeout: 30_000, interval: 200 }).toEqual(['not_me_tokens', 'people'])
      const row = await store.read
        .selectFrom('people')
        .selectAll()
        .where('person', '=', id)
        .executeTakeFirst()
      expect(row).toMatchObject({ salt: expect.any(String), password_chosen_at: null, recovered_at: null })
      expect(Number(row?.sign_ins_revoked_at)).toBeGreaterThan(0)
      const mails = await store.read.selectFrom('mails').select('kind').execute()
      expect(mails.map(mail => mail.kind)).toEqual(
        expect.arrayContaining(['joker-removed', 'passkey-removed']),
      )
      expect((await recoverAs('204518', '15/07/1985', 'Félix')).location).not.toBe(atNewPassword)
      expect((await visitor.get('/fr/compte')).status).toBe(303)
      const events = await world.fixture.application.store.read
        .selectFrom('audit_events')
        .select('actor')
        .where('chain', '=', id)
        .where('kind', '=', 'account.erased')
        .execute()
      expect(events).toHaveLength(1)

      const byId = world.ids.get('jeune') ?? ''
      expect(await tablesWith(byId)).toContain('imported_people')
      expect((await erase(byId, '--id')).status).toBe(0)
      expect((await tablesWith(byId)).filter(table => !table.startsWith('audit_'))).toEqual(['people'])
      expect((await erase(`${byId}0`, '--id')).failed).toContain('nothing was erased')
      expect((await erase('nobody-has-this')).failed).toContain('No single person has the login')
    })
  },
)
