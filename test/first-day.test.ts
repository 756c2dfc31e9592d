import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours } from '../src/clock.ts'
import { newId } from '../src/crypto/crypto.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from './world/portal.ts'
import { runSesame } from './world/run-sesame.ts'
import { newVisitor } from './world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const why = ['--by', 'thomas', '--reason', 'rentrée']

/** A fault of the store at the code of one person. */
const refusalsOfSqlite = (person: string) => ({
  begin: [
    `create trigger no_code before insert on activation_codes when new.person = '${person}'
     begin select raise(abort, 'no code for this person'); end`,
  ],
  end: 'drop trigger no_code',
})
const refusalsOfPostgres = (person: string) => ({
  begin: [
    `create function no_code() returns trigger language plpgsql as
     $$ begin raise exception 'no code for this person'; end $$`,
    `create trigger no_code before insert on activation_codes for each row
     when (new.person = '${person}') execute function no_code()`,
  ],
  end: 'drop function no_code() cascade',
})

describe.each(kinds.filter(available))('the first day on $store', kind => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({ ...kind, hashing: 'real' })
  })
  afterAll(() => fixture?.stop())

  const sesame = (args: readonly string[], input = '') =>
    runSesame([...args, ...why], {
      input,
      env: {
        PATH: process.env.PATH ?? '',
        SESAME_CONFIG: fixture.configFile,
        SESAME_DATA: join(fixture.folder, 'data'),
        ...(fixture.databaseUrl && { DATABASE_URL: fixture.databaseUrl }),
      },
    })
  const held = async () =>
    JSON.stringify([
      await fixture.application.store.read.selectFrom('activation_codes').selectAll().execute(),
      await fixture.application.store.read.selectFrom('jokers').selectAll().execute(),
      await fixture.application.store.read.selectFrom('audit_details').selectAll().execute(),
      await fixture.application.store.read.selectFrom('mails').selectAll().execute(),
    ])

  it('makes codes that activate, and reports by line number the people without one', async () => {
    const { status, said, failed } = await sesame(
      ['activation-codes', '-'],
      'kind,number\nstudent-number,22609431\nstudent-number,1\nbadge,2\n',
    )
    expect(status).toBe(1)
    expect(failed).toContain('line 3: nobody has that number')
    expect(failed).toContain('line 4: the first column must be one of')
    const code = /Inès Moreau,([A-Z0-9-]{19}),/.exec(said)?.[1] ?? ''
    expect(code).not.toBe('')
    expect(await held()).not.toContain(code)
    const visitor = newVisitor(fixture.url)
    const at = '/fr/activation/identification/numero-etudiant'
    await visitor.post(at, { numero: '22609431', naissance: '29/2/2008' })
    const demarche = visitor.refIn((await visitor.get('/fr/activation/code')).html)
    expect((await visitor.post('/fr/activation/code', { code, demarche })).location).toMatch(/mot-de-passe$/)
  })

  it('gives the codes that were made before a fault, and says at which line it stopped', async () => {
    const { store, directory } = fixture.application
    const found = await directory.findLogin('odubois')
    const person = found.ok ? (found.person?.id ?? '') : ''
    await store.transaction(tx => tx.deleteFrom('jokers').where('person', '=', person).execute())
    const refuse = kind.store === 'SQLite' ? refusalsOfSqlite(person) : refusalsOfPostgres(person)
    const run = (statement: string) => store.transaction(tx => sql.raw(statement).execute(tx))
    for (const statement of refuse.begin) await run(statement)
    const lines = 'student-number,22609431\nuid,ext-odubois\nstudent-number,22609431\n'
    const { status, said, failed } = await sesame(['activation-codes', '-'], lines)
    await run(refuse.end)
    expect(status).toBe(1)
    expect(said.match(/Inès Moreau,[A-Z0-9-]{19},/g)).toHaveLength(1)
    expect(failed).toMatch(
      /no code for this person[\s\S]*Stopped at line 2\. The 1 code\(s\) of the lines before/,
    )
  })

  it('writes letters and lists readable by their owner only, and mails through the outbox', async () => {
    const [letters, list] = [join(fixture.folder, 'letters.pdf'), join(fixture.folder, 'codes.csv')]
    const input = join(fixture.folder, 'in.csv')
    writeFileSync(input, 'student-number;22609431;ines@lycee.example\n')
    const made = await sesame(['activation-codes', input, '--letters', letters, '--output', list, '--mail'])
    expect(made).toMatchObject({ status: 0, said: expect.stringContaining('1 code(s) made') })
    const printed = execFileSync('pdftotext', [letters, '-'], { encoding: 'utf8' })
    expect(printed.match(/Activez votre compte/g)).toHaveLength(1)
    expect([letters, list].map(file => statSync(file).mode & 0o777)).toEqual([0o600, 0o600])
    const code = /[A-Z0-9]{4}(-[A-Z0-9]{4}){3}/.exec(readFileSync(list, 'utf8'))?.[0] ?? ''
    await fixture.portal.outbox.run()
    const { read } = fixture.application.store
    const mail = () =>
      read.selectFrom('demo_mails').select('body').where('recipient', '=', 'ines@lycee.example').execute()
    await expect.poll(async () => (await mail())[0]?.body ?? '').toContain(code)
  })

  it('writes the letter, the mail and the list in the language of the line, or in that of the command', async () => {
    const give = async (given: string, ...more: string[]) => {
      const [letters, list] = ['pdf', 'csv'].map(end => join(fixture.folder, `in-${newId()}.${end}`))
      const files = ['--letters', letters ?? '', '--output', list ?? '']
      const made = await sesame(['activation-codes', '-', '--mail', ...files, ...more], `${given}\n`)
      if (made.status !== 0) return made.failed
      await fixture.portal.outbox.run()
      const code = /[A-Z0-9]{4}(-[A-Z0-9]{4}){3}/.exec(readFileSync(list ?? '', 'utf8'))?.[0] ?? ''
      const mails = () => fixture.application.store.read.selectFrom('demo_mails').select('body').execute()
      await expect.poll(async () => JSON.stringify(await mails())).toContain(code)
      const mail = (await mails()).find(({ body }) => body.includes(code))?.body ?? ''
      return [
        execFileSync('pdftotext', [letters ?? '', '-'], { encoding: 'utf8' }).includes(
          'Activate your account',
        ),
        mail.includes('Your activation code is'),
        readFileSync(list ?? '', 'utf8').includes(',en\n'),
      ]
    }
    const line = 'student-number,22609431,ines@lycee.example'
    expect(await give(line)).toEqual([false, false, false])
    expect(await give(`${line},en`)).toEqual([true, true, true])
    expect(await give(line, '--language', 'en')).toEqual([true, true, true])
    expect(await give(`${line},fr`, '--language', 'en')).toEqual([false, false, false])
    expect(await give(`${line},de`)).toContain('line 1: the fourth column must be one of fr, en')
    expect(await give(line, '--language', 'de')).toContain('--language must be one of fr, en')
  })

  it('names by its line a person whose name no letter prints right, makes no code for them, and prints the others', async () => {
    const { store } = fixture.application
    const rename = (displayName: string) =>
      store.transaction(async tx => {
        const { id, entry } = await tx
          .selectFrom('embedded_people')
          .selectAll()
          .where('login', '=', 'imoreau')
          .executeTakeFirstOrThrow()
        const renamed = JSON.stringify({ ...JSON.parse(entry), displayName })
        await tx.updateTable('embedded_people').set({ entry: renamed }).where('id', '=', id).execute()
      })
    const codes = () => store.read.selectFrom('activation_codes').selectAll().execute()
    const letters = join(fixture.folder, 'names.pdf')
    const print = () => sesame(['activation-codes', '-', '--letters', letters], 'student-number,22609431\n')
    const before = await codes()

    await rename('张伟')
    const refused = await print()
    expect(refused).toMatchObject({ status: 1, said: '0 code(s) made.\n' })
    expect(refused.failed).toContain('line 1: no letter can print this name right (U+5F20 U+4F1F)')
    expect(refused.failed).not.toContain('张伟')
    expect(existsSync(letters)).toBe(false)
    expect(await codes()).toEqual(before)

    await rename('سارة علي')
    expect(await print()).toMatchObject({ status: 0, failed: '' })
    expect(execFileSync('pdftotext', [letters, '-'], { encoding: 'utf8' })).toContain('سارة علي')
    const after = await codes()
    const again = await print()
    expect(again.failed).toContain('exists already, and is not overwritten')
    expect([again.status, await codes()]).toEqual([1, after])
    await rename('Inès Moreau')
  })

  it('sets jokers, refuses what others would guess by its line, and goes on where it stopped', async () => {
    const lines = 'login,question,answer\nnhaddad,pet,Belphégor\nimoreau,pet,Médor\nnobody,pet,Gribouillis\n'
    const first = await sesame(['import', 'jokers', '-'], lines)
    expect(first.status).toBe(1)
    expect(first.failed).toMatch(/line 3: This answer is too common/)
    expect(first.failed).toContain('line 4: no single person has that login')
    expect(first.said).toContain('1 joker(s) set, 0 there before, 2 refused.')
    expect(first.said + first.failed + (await held())).not.toMatch(/Belph|M[ée]dor/)
    expect((await sesame(['import', 'jokers', '-'], lines)).said).toContain(
      '0 joker(s) set, 1 there before, 2 refused.',
    )
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-personnel', '198077', '2/5/1972')
    expect((await visitor.answer('belphegor')).location).toMatch(/nouveau$/)
  })

  it('makes no code for an active person, and says which lines and why', async () => {
    const { store } = fixture.application
    const { activationCodes } = fixture.application.proofs
    const idOf = async (login: string) => {
      const found = await fixture.application.directory.findLogin(login)
      if (!found.ok || !found.person) throw new Error(`${login} is gone`)
      return found.person.id
    }
    const [newcomer, signedIn] = [await idOf('imoreau'), await idOf('odubois')]
    await store.transaction(async tx => {
      await activationCodes.make(tx, newcomer, hours(1))
      await activationCodes.close(tx, newcomer, 'activation')
      await tx.deleteFrom('jokers').where('person', '=', signedIn).execute()
    })
    await newVisitor(fixture.url).signIn('odubois', 'Bienvenue!2026o')
    const lines = 'ine,2598765432K\nuid,ext-odubois\nstaff-number,204518\n'
    const { status, said, failed } = await sesame(['activation-codes', '-'], lines)
    expect({ status, said }).toEqual({ status: 1, said: 'kind,number,name,code,until,language\n' })
    expect(failed).toContain('line 1: this account is active already: it was activated here')
    expect(failed).toContain('line 2: this account is active already: its owner has signed in')
    expect(failed).toContain('line 3: this account is active already: it has a joker')
  })
})
