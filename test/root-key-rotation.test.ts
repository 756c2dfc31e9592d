import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openMailFacts } from '../src/notify/mail-rows.ts'
import { type appOf, enrolApp, enrolPasskey, printSheet, signChallenge } from './world/factors.ts'
import { unlimitedJourneys, unlimitedPosts } from './world/limits.ts'
import { type MailServer, startMailServer } from './world/mail-server.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from './world/portal.ts'
import { spawnPortal } from './world/portal-process.ts'
import { freePort } from './world/ports.ts'
import { createDatabase } from './world/postgres.ts'
import { root } from './world/root.ts'
import { runSesame } from './world/run-sesame.ts'
import { scratchFolder } from './world/scratch.ts'
import { newVisitor, type Visitor } from './world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const limits = { ...unlimitedPosts, ...unlimitedJourneys }
const folder = scratchFolder('sesame-rotation-')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const newKey = (name: string, bytes = 32) => {
  const file = join(folder, name)
  writeFileSync(file, randomBytes(bytes), { mode: 0o600 })
  return file
}

describe.each(kinds.filter(available))('the root key of a portal on $store, replaced while it runs', kind => {
  const next = newKey(`next-${kind.store}.key`)
  let fixture: PortalFixture
  let server: MailServer | undefined
  let mailPort: number
  let former: string
  const yanis = () => newVisitor(fixture.url)

  const env = (more: Readonly<Record<string, string>> = {}) => ({
    PATH: process.env.PATH ?? '',
    SESAME_CONFIG: fixture.configFile,
    SESAME_DATA: join(fixture.folder, 'data'),
    ...(fixture.databaseUrl && { DATABASE_URL: fixture.databaseUrl }),
    ...more,
  })
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    runSesame(args, { env: env(more) })

  /** Runs the rotation until it has said this, then kills it as a power cut does. */
  const rotateUntil = async (words: RegExp) => {
    const child = spawn(process.execPath, [join(root, 'bin/sesame.mjs'), 'key', 'rotate'], {
      cwd: root,
      env: env(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = once(child, 'exit')
    let said = ''
    for await (const part of child.stdout.setEncoding('utf8')) {
      said += part
      if (words.test(said)) child.kill('SIGKILL')
    }
    await gone
    expect(said).toMatch(words)
    return said
  }

  /** The code of the newest mail that waits with one, as its owner would read it. */
  const waitingCode = async () => {
    const { store, crypto } = fixture.application
    const rows = await store.read
      .selectFrom('mails')
      .select(['id', 'facts'])
      .where('kind', '=', 'code')
      .orderBy('created_at', 'desc')
      .execute()
    const [row] = rows
    const facts = row && openMailFacts(crypto.keys, { id: row.id, facts: row.facts ?? '' })
    return facts?.events[0]?.code ?? ''
  }

  const held: {
    session: Visitor
    app: ReturnType<typeof appOf>
    sheet: string[]
    key: Awaited<ReturnType<typeof enrolPasskey>>
    code: string
    atPassword: Visitor
  } = {} as never
  const before = join(folder, `before-${kind.store}.jsonl`)
  const during = join(folder, `during-${kind.store}.jsonl`)
  const meanwhile = { going: true, ends: [] as (string | null | undefined)[] }
  let walking: Promise<void> = Promise.resolve()

  /** People recover their passwords, one after the other, until they are told to stop. */
  const walk = async () => {
    for (const member of fixture.crowd) {
      if (!meanwhile.going) return
      await setTimeout(300)
      const visitor = newVisitor(fixture.url)
      await visitor.answerJokerAs(member)
      meanwhile.ends.push((await visitor.choose(`Tr0mbone&Cascade-${member.number}`)).location)
    }
  }

  beforeAll(async () => {
    mailPort = await freePort()
    // No mail server yet: what is to be sent waits.
    const mail = { kind: 'smtp', host: '127.0.0.1', port: mailPort, tls: 'none', from: 'sesame@univ.example' }
    fixture = await startPortal({ ...kind, crowd: 400, config: { limits, mail, newRootKeyFile: next } })
    former = fixture.application.crypto.keys.id
    held.session = yanis()
    await held.session.signIn('ybenali', 'Bienvenue!2026y')
    held.key = await enrolPasskey(held.session, fixture.url)
    held.app = (await enrolApp(held.session, Date.now)).app
    held.sheet = await printSheet(held.session)
    const addresses = '/fr/compte/adresses'
    await held.session.post(addresses, { faire: 'mail', mail: 'yanis@ailleurs.example' })
    const confirmed = await held.session.post(`${addresses}/mail`, { code: await waitingCode() })
    expect(confirmed.location).toBe(addresses)
    await held.session.post(addresses, { faire: 'mail', mail: 'yanis@plus-tard.example' })
    held.code = await waitingCode()
    held.atPassword = newVisitor(fixture.url)
    await held.atPassword.answerJokerAsCamille()
    expect((await run(['backup', before])).status).toBe(0)
  }, 600_000)
  afterAll(async () => {
    meanwhile.going = false
    await walking
    await server?.stop()
    await fixture?.stop()
  })

  it('is refused with the same key, a short one, none, and while a process of the portal lacks the new one', {
    timeout: 600_000,
  }, async () => {
    const same = await run(['key', 'rotate'], {
      SESAME_NEW_ROOT_KEY_FILE: fixture.settings.rootKeyFile ?? '',
    })
    expect([same.status, same.failed]).toEqual([1, expect.stringContaining('the same key as rootKeyFile')])
    const short = await run(['key', 'rotate'], {
      SESAME_NEW_ROOT_KEY_FILE: newKey(`short-${kind.store}`, 16),
    })
    expect([short.status, short.failed]).toEqual([1, expect.stringContaining('a root key has at least 32')])
    const other = await spawnPortal(fixture, await freePort(), undefined, { newRootKeyFile: undefined })
    await expect
      .poll(
        async () => {
          const { rows } = await sql<{ count: number }>`select count(*) as count from key_holders`.execute(
            fixture.application.store.read,
          )
          return Number(rows[0]?.count)
        },
        { timeout: 30_000 },
      )
      .toBe(2)
    const refused = await run(['key', 'rotate'])
    await other.stop()
    expect([refused.status, refused.failed]).toEqual([
      1,
      expect.stringMatching(new RegExp(`do not have the new root key yet: .*process ${other.child.pid}`)),
    ])
    expect(fixture.application.crypto.keys.id).toBe(former)
  })

  it('is killed after its first commit and in the middle of the tables; the portal serves people all the time', {
    timeout: 900_000,
  }, async () => {
    walking = walk()
    expect(await rotateUntil(/From now on the portal writes under/)).toContain(former)
    const checked = await run(['check'])
    expect(checked.said).toMatch(/root-key: The root key is being replaced .*Finish it: sesame key rotate/)
    expect((await run(['audit', 'verify'])).said).toMatch(/, 0 broken/)
    expect((await run(['backup', during])).status).toBe(0)
    const other = await spawnPortal(fixture, await freePort())
    expect(other.lines.join('')).toMatch(/The root key is being replaced .*sesame key rotate/)
    await other.stop()
    await rotateUntil(/^password_history: \d+ of \d+/m)
    const done = await run(['key', 'rotate'])
    expect([done.status, done.failed]).toEqual([0, ''])
    expect(done.said).toMatch(/is taken up again/)
    for (const table of ['jokers', 'password_history', 'contacts', 'mails', 'audit chains'])
      expect(done.said).toMatch(new RegExp(`^${table}: (\\d+) of \\1$`, 'm'))
    expect(done.said).toMatch(/Nothing is left under the former root key/)
    await expect.poll(() => fixture.application.crypto.keys.id).not.toBe(former)
    meanwhile.going = false
    await walking
    expect(meanwhile.ends.length).toBeGreaterThan(5)
    expect(meanwhile.ends.filter(end => !end?.endsWith('/termine'))).toEqual([])
    expect(fixture.lines.filter(line => line.includes('"level":"error"') && !line.includes('mail'))).toEqual(
      [],
    )
  })

  it('leaves everybody what they had: journey, session, code, app, sheet, passkey, joker and last passwords', {
    timeout: 600_000,
  }, async () => {
    expect((await held.atPassword.choose('Tr0mbone&Cascade-7')).location).toMatch(/termine$/)
    expect((await held.session.get('/fr/compte')).status).toBe(200)
    const typed = await held.session.post('/fr/compte/adresses/mail', { code: held.code })
    expect(typed.location).toBe('/fr/compte/adresses')
    const { html } = await held.session.get('/fr/compte/adresses')
    for (const address of ['ailleurs.example', 'plus-tard.example']) expect(html).toContain(address)

    const signIn = async () => {
      const visitor = yanis()
      await visitor.signIn('ybenali', 'Bienvenue!2026y')
      return visitor
    }
    const second = '/fr/connexion/second-element/compte'
    const [, later = ''] = held.sheet
    expect((await (await signIn()).post(second, { code: later })).status).toBe(303)
    const withPasskey = newVisitor(fixture.url)
    const signed = await signChallenge(withPasskey, '/fr/connexion/cle-d-acces/compte', held.key)
    expect((await withPasskey.post('/fr/connexion/cle-d-acces/compte', { cle: signed })).status).toBe(303)

    const again = newVisitor(fixture.url)
    expect((await again.answerJokerAsCamille()).location).toMatch(/nouveau$/)
    const tried = await again.choose('Tr0mbone&Cascade-7')
    const seen = await again.get(tried.location ?? '')
    expect(tried.location).toMatch(/nouveau$/)
    expect(seen.html).toContain('déjà utilisé')
    expect((await again.choose('Quai;Lanterne+41x')).location).toMatch(/termine$/)
    expect((await run(['audit', 'verify'])).said).toMatch(/, 0 broken/)
  })

  it('loses no mail that waited', { timeout: 600_000 }, async () => {
    server = await startMailServer({ port: mailPort, tls: 'none', folder: '' })
    await expect
      .poll(() => server?.received.flatMap(({ recipients }) => recipients) ?? [], { timeout: 100_000 })
      .toEqual(expect.arrayContaining(['yanis@ailleurs.example']))
  })

  it('is told by the next start, which needs the new file alone from then on; the old one opens nothing', {
    timeout: 600_000,
  }, async () => {
    expect((await run(['check'])).said).toMatch(/root-key: The root key was replaced.*remove newRootKeyFile/)
    const value = { rootKeyFile: next, newRootKeyFile: undefined }
    const started = await spawnPortal(fixture, await freePort(), undefined, value)
    expect(started.lines.join('')).not.toMatch(/root key/)
    await started.stop()
    const oldFile = {
      SESAME_ROOT_KEY_FILE: fixture.settings.rootKeyFile ?? '',
      SESAME_NEW_ROOT_KEY_FILE: newKey(`third-${kind.store}`),
    }
    const refused = await run(['audit', 'verify'], oldFile)
    expect([refused.status, refused.failed]).toEqual([
      1,
      expect.stringMatching(/the store was written under the root key/),
    ])
  })

  it('opens a backup from before with the old key, and one from the middle with the new one alone', {
    timeout: 600_000,
  }, async () => {
    const emptyPlace = async (name: string) => ({
      SESAME_DATA: join(folder, `${kind.store}-${name}`),
      ...(kind.store === 'PostgreSQL' && { DATABASE_URL: await createDatabase(inject('postgres')) }),
    })
    const newAlone = { SESAME_ROOT_KEY_FILE: next, SESAME_NEW_ROOT_KEY_FILE: newKey(`other-${kind.store}`) }
    const place = await emptyPlace('before')
    const refused = await run(['restore', before], { ...place, ...newAlone })
    expect([refused.status, refused.failed]).toEqual([
      1,
      expect.stringMatching(new RegExp(`this backup was made under the root key ${former}`)),
    ])
    expect(await run(['restore', before], place)).toMatchObject({ status: 0, failed: '' })
    expect((await run(['audit', 'verify'], place)).said).toMatch(/, 0 broken/)
    const middle = { ...(await emptyPlace('during')), ...newAlone }
    expect(await run(['restore', during], middle)).toMatchObject({ status: 0, failed: '' })
    const finished = await run(['key', 'rotate'], middle)
    expect([finished.status, finished.failed]).toEqual([0, ''])
    expect((await run(['audit', 'verify'], middle)).said).toMatch(/, 0 broken/)
  })
})
