import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { sealAuditHeads } from '../src/audit/heads.ts'
import { days, minutes } from '../src/clock.ts'
import type { PersonId } from '../src/directory/directory.ts'
import { auditPartsOf } from './world/application-parts.ts'
import { enrolApp, enrolPasskey, printSheet } from './world/factors.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from './world/portal.ts'
import { createDatabase } from './world/postgres.ts'
import { runSesame } from './world/run-sesame.ts'
import { newVisitor, textOf } from './world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const why = ['--by', 'thomas', '--reason', 'caller verified']

describe.each(kinds.filter(available))('the operator’s commands on $store', kind => {
  let fixture: PortalFixture
  let env: Record<string, string>
  const folder = mkdtempSync(join(tmpdir(), 'sesame-commands-'))
  beforeAll(async () => {
    fixture = await startPortal({ ...kind, hashing: 'real' })
    env = {
      SESAME_CONFIG: fixture.configFile,
      SESAME_DATA: join(fixture.folder, 'data'),
      ...(fixture.databaseUrl && { DATABASE_URL: fixture.databaseUrl }),
    }
  })
  afterAll(async () => {
    await fixture?.stop()
    rmSync(folder, { recursive: true })
  })

  const sesame = (args: readonly string[], more: Record<string, string> = {}) =>
    runSesame(args, { env: { PATH: process.env.PATH ?? '', ...env, ...more } })
  const personOf = async (login: string) => {
    const found = await fixture.application.directory.findLogin(login)
    if (!found.ok || !found.person) throw new Error(`${login} is gone`)
    return found.person
  }
  const events = async (kindOf: string) =>
    fixture.application.store.read
      .selectFrom('audit_events')
      .select(['actor'])
      .where('kind', '=', kindOf as never)
      .execute()

  /** How many mails say that a joker was removed. */
  const removedJokerMails = async () => {
    await fixture.portal.outbox.run()
    const mails = await fixture.application.store.read
      .selectFrom('demo_mails')
      .select('recipient')
      .where('subject', '=', 'Votre question joker est retirée')
      .execute()
    return mails.length
  }

  it('check tries each connection, and says what it found', async () => {
    const { status, said } = await sesame(['check'])
    expect(status).toBe(0)
    for (const what of ['store:', 'directory:', 'mail:', 'leaked:', 'proofs:']) expect(said).toContain(what)
    expect(said).toMatch(/holds 24\d{4} words; it refuses a password wrongly 0.000001/)
  })

  it('explain says what is in force, then how many people can recover, and why others cannot', async () => {
    const { status, said, failed } = await sesame(['explain'])
    expect([status, failed]).toEqual([0, ''])
    expect(said).toContain('recovery of the password, staff = joker\n')
    expect(said).toMatch(/\npeople = \d+ in the directory, of whom \d+ closed and \d+ privileged/)
    expect(said).toMatch(/\nrecovery of the password, student = of \d+ people \d+ can alone/)
  })

  it('explain counts nobody where the store is not made yet, and makes none', async () => {
    const data = join(folder, 'no-data')
    const { status, said } = await sesame(['explain'], { SESAME_DATA: data, DATABASE_URL: '' })
    if (kind.store === 'SQLite') expect([status, existsSync(data)]).toEqual([0, false])
    if (kind.store === 'SQLite') expect(said).toContain('people = not counted: the store')
  })

  it('a command about a person asks who decides and why', async () => {
    expect((await sesame(['freeze', 'clefevre'])).status).not.toBe(0)
    expect(await sesame(['person', 'nobody', ...why])).toMatchObject({ status: 1, said: '' })
  })

  it('person says why an account does not work, and leaves a trace of who looked', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-etudiant', '22104587', '3/11/2004')
    await visitor.answer('faux')
    const { status, said } = await sesame(['person', 'ybenali', ...why])
    expect(status).toBe(0)
    for (const line of [
      'populations: student',
      'not frozen',
      'joker set',
      '1 wrong answer(s)',
      'joker.wrong',
      'journey.opened',
    ])
      expect(said).toContain(line)
    expect(said).not.toContain('Saint-Amand')
    expect(said).not.toContain('recovered lately')
    expect(await events('account.viewed')).toEqual([{ actor: 'operator:thomas' }])
  })

  it('joker clear forgets the question and its wrong tries, and ends what the old answer opened', async () => {
    const proved = newVisitor(fixture.url)
    await proved.identify('numero-etudiant', '22104587', '3/11/2004')
    expect((await proved.answer('Saint-Amand-les-Eaux')).location).toBe('/fr/mot-de-passe/nouveau')
    expect((await sesame(['joker', 'clear', 'ybenali', ...why])).said).toContain('has no joker any more')
    expect((await proved.choose('Tr0mbone&Cascade-9')).location).not.toMatch(/(termine|verification)$/)
    expect((await proved.get('/fr/mot-de-passe/fin')).status).toBe(410)
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-etudiant', '22104587', '3/11/2004')
    expect(textOf((await visitor.answer('Saint-Amand-les-Eaux')).html)).toContain('Il vous reste 4 essais.')
    expect(await events('joker.cleared')).toEqual([{ actor: 'operator:thomas' }])
    await expect.poll(removedJokerMails).toBeGreaterThan(0)
  })

  it('factors clear removes the second factor, notifies its owner, and keeps the rest', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn('odubois', 'Bienvenue!2026o')
    await enrolApp(visitor, Date.now)
    expect((await sesame(['person', 'odubois', ...why])).said).toContain('authenticator app')
    expect((await sesame(['factors', 'clear', 'odubois', ...why])).said).toContain(
      'has no authenticator any more',
    )
    expect((await sesame(['factors', 'clear', 'odubois', ...why])).said).toContain('had no second factor')
    expect((await newVisitor(fixture.url).signIn('odubois', 'Bienvenue!2026o')).location).toBe('/fr/compte')
    expect(await events('factor.removed')).toEqual([{ actor: 'operator:thomas' }])
  })

  it('recovery code is refused where no policy asks for one', async () => {
    const { status, failed } = await sesame(['recovery', 'code', 'clefevre', ...why])
    expect(status).toBe(1)
    expect(failed).toContain('no recovery of its populations asks for one')
    expect(await events('helpdesk-code.made')).toEqual([])
  })

  it('journeys end stops what was begun', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAsCamille()
    expect((await sesame(['journeys', 'end', 'clefevre', ...why])).said).toMatch(/^1 journey/)
    const refused = await visitor.choose('Tr0mbone&Cascade-3')
    expect((await visitor.get(refused.location ?? '/fr/mot-de-passe/fin')).status).toBe(410)
  })

  it('freeze writes a random password, unfreeze allows recovery again', async () => {
    const opens = () => fixture.application.directory.bind('demo-clefevre' as PersonId, 'Bienvenue!2026c')
    expect((await opens()).ok).toBe(true)
    expect((await sesame(['freeze', 'clefevre', ...why])).said).toContain('is frozen')
    expect((await opens()).ok).toBe(false)
    const visitor = newVisitor(fixture.url)
    expect(textOf((await visitor.answerJokerAsCamille()).html)).toContain('Cette réponse ne correspond pas.')
    // A sign-in in progress at the freeze may leave this row: it must never open a session.
    const late = await fixture.application.store.transaction(tx =>
      fixture.application.accounts.sessions.signInAs(tx, 'demo-clefevre' as PersonId, {
        by: 'embedded',
        request: { cookie: () => null, device: 'Firefox, Linux', network: { id: 'n', campus: false } },
      }),
    )
    const account = () =>
      fetch(`${fixture.url}/fr/compte`, {
        headers: { cookie: `__Host-session=${late?.value}` },
        redirect: 'manual',
      })
    expect((await account()).status).toBe(303)
    // Her joker is as recent as the demonstration, so a stranger may have set it.
    const undecided = await sesame(['unfreeze', 'clefevre', ...why])
    expect(undecided).toMatchObject({
      status: 1,
      failed: expect.stringMatching(/stays frozen[\s\S]*joker, since/),
    })
    expect((await sesame(['unfreeze', 'clefevre', ...why, '--keep', '--clear'])).status).toBe(1)
    expect((await fixture.application.accounts.freezes.find('demo-clefevre'))?.kind).toBe('frozen')
    expect((await sesame(['unfreeze', 'clefevre', ...why, '--keep'])).said).toContain(
      'recovery gives a new one',
    )
    expect((await account()).status).toBe(303)
    const again = newVisitor(fixture.url)
    await again.answerJokerAsCamille()
    expect((await again.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
  })

  it('audit verify reads every chain, and names what was altered', async () => {
    expect(await sesame(['audit', 'verify'])).toMatchObject({
      status: 0,
      said: expect.stringMatching(/, 0 broken/),
    })
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-personnel', '198077', '2/5/1972')
    const { chain, sequence, link } = await fixture.application.store.read
      .selectFrom('audit_events')
      .select(['chain', 'sequence', 'link'])
      .where('subject', '=', 'demo-nhaddad')
      .executeTakeFirstOrThrow()
    expect(chain).toMatch(/^pre-\d\d$/)
    const set = (actor: string) =>
      fixture.application.store.transaction(tx =>
        tx.updateTable('audit_events').set({ actor }).where('link', '=', link).execute(),
      )
    await set('operator:eve')
    expect(await sesame(['audit', 'verify'])).toMatchObject({
      status: 1,
      failed: expect.stringContaining(`chain ${chain}, event ${sequence}: the event was altered`),
    })
    await set('anonymous')
    expect((await sesame(['audit', 'verify'])).status).toBe(0)
  })

  it('audit verify shows on the standard error how far it is, every two seconds, and its result alone on the output', async () => {
    await newVisitor(fixture.url).identify('numero-personnel', '198077', '2/5/1972')
    const written = await fixture.application.store.read.selectFrom('audit_events').select('link').execute()
    /** In a process in which each look at the clock is so many milliseconds later than the one before. */
    const verify = (step: number) => {
      const clock = `let at = 0; performance.now = () => (at += ${step})`
      return sesame(['audit', 'verify'], {
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(clock)}`,
      })
    }
    const result = { status: 0, said: expect.stringMatching(/^\d+ chains, \d+ events, 0 broken\n$/) }
    const shown = await verify(3000)
    expect(shown).toMatchObject(result)
    const [, done, of] = /^(\d+) of (\d+) events\n$/.exec(shown.failed) ?? []
    expect([done, Number(of) >= written.length]).toEqual([of, true])
    expect(await verify(0)).toEqual({ ...result, failed: '' })
  })

  it('audit verify compares with the heads that were kept outside', async () => {
    const heads: string[] = []
    const { application } = fixture
    const clock = { ...application.clock, now: () => application.clock.now() + minutes(5) }
    // The portal's own job may have sealed the newest event just before: then there is nothing to report, and one more is made.
    while (heads.length === 0) {
      expect((await sesame(['person', 'nhaddad', '--by', 'test', '--reason', 'test'])).status).toBe(0)
      await sealAuditHeads({
        ...auditPartsOf(application),
        clock,
        report: ({ head: sealedHead }) => void heads.push(sealedHead),
      })
    }
    const [head = ''] = heads
    const log = join(folder, `log-${kind.store}.jsonl`)
    const line = (auditHead: string) => `${JSON.stringify({ level: 30, time: 'x', auditHead })}\n`
    writeFileSync(log, `{"level":30,"port":3000}\n${line(head)}`)
    expect(await sesame(['audit', 'verify', '--head', head])).toMatchObject({
      status: 0,
      said: expect.stringContaining('1 kept outside compared, 0 broken'),
    })
    expect((await sesame(['audit', 'verify', '--heads', log])).status).toBe(0)
    const newer = `999999${head.slice(head.indexOf(':'))}`
    writeFileSync(log, `${line(head)}${line(newer)}`)
    for (const asked of [
      ['--head', newer],
      ['--heads', log],
    ])
      expect(await sesame(['audit', 'verify', ...asked])).toMatchObject({
        status: 1,
        failed: expect.stringContaining('chain system, event 999999'),
      })
    const other = `${head.slice(0, -1)}${head.endsWith('A') ? 'B' : 'A'}`
    expect((await sesame(['audit', 'verify', '--head', other])).status).toBe(1)
    expect(await sesame(['audit', 'verify', '--head', 'abc'])).toMatchObject({ status: 1, said: '' })
    expect(await sesame(['audit', 'verify', '--heads', join(folder, 'none')])).toMatchObject({
      status: 1,
      said: '',
    })
  })

  it('unfreeze clears what a stranger set, and a code of the helpdesk lets the owner activate again', async () => {
    const [login, password, number] = ['ybenali', 'Bienvenue!2026y', '22104587'] as const
    const thief = newVisitor(fixture.url)
    expect((await thief.signIn(login, password)).location).toBe('/fr/compte')
    const joker = { question: 'town', reponse: 'Bourg-la-Reine-du-Nord' }
    expect((await thief.post('/fr/compte/question-joker', joker)).location).toBe('/fr/compte')
    await enrolPasskey(thief, fixture.url)
    await enrolApp(thief, Date.now)
    await printSheet(thief)
    expect((await sesame(['freeze', login, ...why])).status).toBe(0)
    const letters = join(folder, `letter-${kind.store}.csv`)
    const lines = join(folder, `lines-${kind.store}.csv`)
    writeFileSync(lines, `student-number,${number}\n`)
    const codes = (output: string) => sesame(['activation-codes', lines, ...why, '--output', output])
    expect(await codes(letters)).toMatchObject({ status: 1, failed: expect.stringContaining('frozen') })

    const listed = (await sesame(['unfreeze', login, ...why])).failed
    for (const what of ['joker', 'passkey Clé', 'authenticator', 'recovery-codes'])
      expect(listed).toContain(`  ${what}, since 20`)
    const before = await removedJokerMails()
    const done = await sesame(['unfreeze', login, ...why, '--clear'])
    expect(done).toMatchObject({ status: 0, said: expect.stringContaining('has no joker') })
    await expect.poll(removedJokerMails).toBeGreaterThan(before)
    const again = newVisitor(fixture.url)
    await again.identify('numero-etudiant', number, '3/11/2004')
    expect((await again.answer('Bourg-la-Reine-du-Nord')).status).toBe(422)

    expect(await codes(letters)).toMatchObject({ status: 0 })
    const code = /(?:\w{4}-){3}\w{4}/.exec(readFileSync(letters, 'utf8'))?.[0] ?? ''
    const owner = newVisitor(fixture.url)
    const at = (page: string) => `/fr/activation/${page}`
    const send = async (page: string, fields: Readonly<Record<string, string>>) =>
      owner.post(at(page), { ...fields, demarche: owner.refIn((await owner.get(at(page))).html) })
    await owner.post(at('identification/numero-etudiant'), { numero: number, naissance: '3/11/2004' })
    expect((await send('code', { code })).location).toBe(at('mot-de-passe'))
    const chosen = { nouveau: 'Tr0mbone&Cascade-3', confirmation: 'Tr0mbone&Cascade-3', charte: 'oui' }
    expect((await send('mot-de-passe', chosen)).location).toBe(at('question-joker'))
    expect((await fixture.application.directory.bind('demo-ybenali' as PersonId, chosen.nouveau)).ok).toBe(
      true,
    )
    const twice = await sesame(['activation-codes', lines, ...why, '--output', `${letters}.2`])
    expect(twice).toMatchObject({ status: 1, failed: expect.stringContaining('active already') })
  })

  it('a person left without a joker returns with a code, and a second freeze hides nothing', async () => {
    const login = 'tpetit'
    expect((await sesame(['freeze', login, ...why])).status).toBe(0)
    const { id } = await personOf(login)
    const { store } = fixture.application
    const month = Date.now() - days(31)
    await store.transaction(tx =>
      tx.updateTable('freezes').set({ at: month }).where('person', '=', id).execute(),
    )
    expect((await sesame(['freeze', login, ...why])).status).toBe(0)
    expect((await fixture.application.accounts.freezes.find(id))?.at).toBe(month)
    await sesame(['joker', 'clear', login, ...why])
    const done = await sesame(['unfreeze', login, ...why, '--clear'])
    expect(done).toMatchObject({ status: 0, said: expect.stringContaining('hand over a code') })
    expect((await fixture.application.proofs.activationCodes.activity(id)).because).toBe(null)
  })

  it('an account stays frozen while the old password may still be valid', async () => {
    const login = 'nhaddad'
    const { id } = await personOf(login)
    expect((await sesame(['freeze', login, ...why])).status).toBe(0)
    const written = (password_written: number) =>
      fixture.application.store.transaction(tx =>
        tx.updateTable('freezes').set({ password_written }).where('person', '=', id).execute(),
      )
    expect((await fixture.application.accounts.freezes.find(id))?.passwordWritten).toBe(true)
    await written(0)
    const refused = await sesame(['unfreeze', login, ...why, '--keep'])
    expect(refused).toMatchObject({ status: 1, failed: expect.stringContaining('stays frozen') })
    expect((await fixture.application.accounts.freezes.find(id))?.kind).toBe('frozen')
    await written(1)
    expect((await sesame(['unfreeze', login, ...why, '--keep'])).status).toBe(0)
  })

  it('a backup made while the portal runs is restored on another machine, where people go on', async () => {
    const somebody = newVisitor(fixture.url)
    expect((await somebody.signIn('odubois', 'Bienvenue!2026o')).location).toBe('/fr/compte')
    await somebody.identify('numero-personnel', '204518', '14/07/1985')
    const copy = join(folder, `backup-${kind.store}.jsonl`)
    expect(await sesame(['backup', copy])).toMatchObject({ status: 0, said: expect.stringContaining('rows') })
    expect((await sesame(['backup', copy])).status).toBe(1)
    const text = readFileSync(copy, 'utf8')
    for (const secret of ['Tr0mbone', 'Félix', 'felix', 'Bienvenue!2026c']) expect(text).not.toContain(secret)

    const elsewhere = mkdtempSync(join(tmpdir(), 'sesame-elsewhere-'))
    cpSync(join(fixture.folder, 'root.key'), join(elsewhere, 'root.key'))
    const config = join(elsewhere, 'sesame.yaml')
    writeFileSync(
      config,
      readFileSync(fixture.configFile, 'utf8').replace(
        join(fixture.folder, 'root.key'),
        join(elsewhere, 'root.key'),
      ),
    )
    const there = {
      SESAME_CONFIG: config,
      SESAME_DATA: join(elsewhere, 'data'),
      ...(kind.store === 'PostgreSQL' && { DATABASE_URL: await createDatabase(inject('postgres')) }),
    }
    const cut = join(elsewhere, 'cut.jsonl')
    for (const cutAt of [text.length - 3, text.lastIndexOf('\n', text.length / 2)]) {
      writeFileSync(cut, text.slice(0, cutAt))
      expect(await sesame(['restore', cut], there)).toMatchObject({
        status: 1,
        failed: expect.stringContaining('cut short'),
      })
    }
    expect(await sesame(['restore', copy], there)).toMatchObject({ status: 0 })
    expect(await sesame(['restore', copy], there)).toMatchObject({
      status: 1,
      failed: expect.stringContaining('into an empty one'),
    })
    expect(await sesame(['audit', 'verify'], there)).toMatchObject({
      status: 0,
      said: expect.stringMatching(/, 0 broken/),
    })
    expect((await sesame(['person', 'clefevre', ...why], there)).said).toContain('password.written')
    // Sessions and codes in use may have been ended or used since: they are void after the restore.
    for (const table of ['sessions', 'journeys', 'known_browsers'])
      expect(text, table).toContain(`["${table}",`)
    const restored = join(elsewhere, 'again.jsonl')
    expect((await sesame(['backup', restored], there)).status).toBe(0)
    const held =
      /^\["(sessions|pending_sign_ins|external_sign_ins|journeys|known_browsers|receipts|not_me_tokens)",/m
    expect(readFileSync(restored, 'utf8')).not.toMatch(held)
    rmSync(elsewhere, { recursive: true })
  })

  it('a file that is no backup is refused, and nothing is restored', async () => {
    const strange = join(folder, 'strange.jsonl')
    writeFileSync(strange, '{"a":1}\n')
    const empty = mkdtempSync(join(tmpdir(), 'sesame-empty-'))
    const done = await sesame(['restore', strange], { SESAME_DATA: empty, DATABASE_URL: '' })
    expect(done).toMatchObject({ status: 1, failed: expect.stringContaining('no backup of Sésame') })
    rmSync(empty, { recursive: true })
  })
})
