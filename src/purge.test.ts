import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAccountLifecycle, demoSentTo } from '../test/world/account-lifecycle.ts'
import { auditPartsOf, purgeApplication } from '../test/world/application-parts.ts'
import { movableClock } from '../test/world/clock.ts'
import { optionsIn } from '../test/world/factors.ts'
import { type PortalFixture, startPortal } from '../test/world/portal.ts'
import { newSecurityKey } from '../test/world/security-key.ts'
import { newVisitor } from '../test/world/visitor.ts'
import { sealAuditHeads } from './audit/heads.ts'
import { isRolling } from './audit/rolling.ts'
import { verifyAudit } from './audit/verify.ts'
import { days, hours, minutes } from './clock.ts'
import { dayOf } from './crypto/rotating-keys.ts'
import type { PersonId } from './directory/directory.ts'
import { retention } from './retention.ts'
import type { Schema } from './store/schema.ts'

type Table = keyof Schema

let fixture: PortalFixture
const clock = movableClock()
beforeAll(async () => {
  const rates = { postsPerSecond: 1e6, postsPerSecondPerNetwork: 1e6 }
  // The person changes everything at once, also after a recovery.
  const limits = { ...rates, mailsPerHour: 1e6, mailsPerDay: 1e6, recoveryCoolDown: 1 }
  fixture = await startPortal({ directory: 'embedded', store: 'SQLite', clock, config: { limits } })
})
afterAll(() => fixture?.stop())

const tables = Object.keys(retention) as Table[]
const isForgotten = (table: keyof typeof retention) => {
  const rule = retention[table]
  return typeof rule === 'function' || rule.forget !== undefined
}
const aged = tables.filter(isForgotten)

const count = async () => {
  const lengths = tables.map(
    async table =>
      [table, (await fixture.application.store.read.selectFrom(table).selectAll().execute()).length] as const,
  )
  return Object.fromEntries(await Promise.all(lengths)) as Record<Table, number>
}

/** What is counted, without the global limit: each process writes that ten times a second, also between a purge and this. */
const countedNames = async () => {
  const { read } = fixture.application.store
  const rows = await read
    .selectFrom('counters')
    .select('name')
    .where('name', '!=', 'global')
    .distinct()
    .execute()
  return rows.map(({ name }) => name)
}

const eventsInChains = async () => {
  const rows = await fixture.application.store.read.selectFrom('audit_events').select('chain').execute()
  const rolling = rows.filter(({ chain }) => isRolling(chain)).length
  return { rolling, own: rows.length - rolling }
}

/** Starts everything that can be started and abandoned. */
const leaveUnfinished = async () => {
  const yanis = newVisitor(fixture.url)
  await yanis.signIn('ybenali', 'Bienvenue!2026y')
  await yanis.post('/fr/compte/application', { action: 'commencer' })
  await yanis.post('/fr/compte/codes-de-secours', { action: 'commencer' })
  await yanis.post('/fr/compte/adresses', { faire: 'mail', mail: 'yanis@ailleurs.example' })
  await yanis.post('/fr/compte/cles-d-acces', { action: 'commencer' })
  const { html } = await yanis.get('/fr/compte/cles-d-acces/nouvelle')
  const key = newSecurityKey({ origin: `http://localhost:${new URL(fixture.url).port}`, host: 'localhost' })
  await yanis.post('/fr/compte/cles-d-acces/nouvelle', { nom: 'Clé', cle: key.make(optionsIn(html)) })
  await yanis.post('/fr/compte/question-joker', { question: 'pet', reponse: 'ab' })
  await newVisitor(fixture.url).post('/fr/connexion/cle-d-acces/compte', {})
  const stranger = newVisitor(fixture.url)
  await stranger.identify('numero-personnel', '204519', '14/07/1985')
  for (let tried = 0; tried < 5; tried += 1) await stranger.answer(`faux ${tried}`)
  const closed = {
    kind: 'recovery-closed',
    until: clock.now() + days(7),
    by: 'test',
    reason: 'test',
  } as const
  const externalSignIn = { page: 'compte', purpose: 'sign-in', fresh: 0, tries: 0, left_at: clock.now() }
  await fixture.application.store.transaction(async tx => {
    await fixture.application.accounts.freezes.put(tx, { person: 'demo-tpetit' as PersonId, ...closed })
    // A sign-in at an identity server, which a demonstration does not have.
    const row = { id: 'away', ...externalSignIn, expires_at: clock.now() + hours(1) }
    await tx.insertInto('external_sign_ins').values(row).execute()
    // A key of another host, which a demonstration does not have either.
    const today = dayOf(clock.now())
    const wrapped = { host: 'here', origin: 'there', key_day: today, wrapped: '', created_at: clock.now() }
    await tx
      .insertInto('wrapped_keys')
      .values({ ...wrapped, name: `${today}.there` })
      .execute()
    // What a root key that was replaced leaves, which nobody replaced here.
    const keptKey = { name: 'code-pepper.before', purpose: 'code-pepper', key_id: 'before', sealed: '' }
    await tx
      .insertInto('kept_keys')
      .values({ ...keptKey, ends_at: clock.now() + days(3) })
      .execute()
    await tx.insertInto('audit_key_changes').values({ chain: 'demo-tpetit', sequence: 0, seal: '' }).execute()
    // How far the audit log was sent to a collector, which a demonstration does not have.
    await tx.insertInto('audit_sent_heads').values({ chain: 'demo-tpetit', sequence: 0 }).execute()
    await tx
      .insertInto('audit_stream')
      .values({ id: 'syslog', number: 0, holder: '', lease_until: 0 })
      .execute()
    // How somebody is identified by an import, which a demonstration does not have.
    const imported = { person: 'demo-tpetit', pepper: '' }
    await tx
      .insertInto('imported_people')
      .values({ ...imported, born: '', born_year: '' })
      .execute()
    await tx
      .insertInto('imported_numbers')
      .values({ ...imported, id: 'number', kind: 'staff-number', digest: '' })
      .execute()
    // A mail about a password that expires, which those of a demonstration do not.
    const code = {
      person: 'demo-tpetit',
      digest: '',
      made_at: clock.now(),
      expires_at: clock.now() + minutes(30),
    }
    await tx.insertInto('helpdesk_codes').values(code).execute()
    const expiring = { person: 'demo-tpetit', expires_at: clock.now() + days(3), days: 3 }
    await tx.insertInto('expiry_notices').values(expiring).execute()
  })
}

/** Waits until the jobs have sent the mails and settled the deliveries. */
const waitUntilSettled = async () => {
  const { read } = fixture.application.store
  await expect
    .poll(
      async () => [
        ...(await read.selectFrom('notices').select('id').execute()),
        ...(await read.selectFrom('mails').select('id').where('state', 'in', ['ready', 'sending']).execute()),
        ...(await read.selectFrom('deliveries').select('id').where('settled_at', 'is', null).execute()),
      ],
      { timeout: 20_000 },
    )
    .toEqual([])
}

it('deletes what the privacy page promises to delete, and the audit still verifies', {
  timeout: 120_000,
}, async () => {
  const activationCode = 'DEMA-RRER-SESA-ME26'
  await createAccountLifecycle({
    url: fixture.url,
    now: clock.now,
    activationCode,
    sentTo: demoSentTo(fixture.application),
  }).run()
  await leaveUnfinished()
  await waitUntilSettled()
  clock.forward(minutes(2))
  await sealAuditHeads({ ...auditPartsOf(fixture.application), report: () => {} })
  await purgeApplication(fixture.application)
  const kept = await count()
  for (const table of tables.filter(one => one !== 'notices' && one !== 'audit_cuts'))
    expect(kept[table], table).toBeGreaterThan(0)
  const before = await eventsInChains()
  expect(before.rolling).toBeGreaterThan(0)

  clock.forward(hours(27))
  await purgeApplication(fixture.application)
  const afterADay = await count()
  expect(afterADay).toMatchObject({
    journeys: 0,
    attempts: 0,
    sessions: 0,
    refused_forms: 0,
    receipts: 0,
    sent_codes: 0,
    helpdesk_codes: 0,
  })
  expect(afterADay.joker_tries).toBe(kept.joker_tries)
  // Counters with a window of a day are kept for another day.
  const overADay = ['factor-day', 'joker-wrong']
  expect((await countedNames()).filter(name => !overADay.includes(name))).toEqual([])
  expect(afterADay.audit_details).toBeGreaterThanOrEqual(kept.audit_details)

  clock.forward(hours(22))
  await purgeApplication(fixture.application)
  expect(await countedNames()).toEqual([])
  expect(await count()).toMatchObject({ joker_tries: 0 })

  clock.forward(days(8))
  await purgeApplication(fixture.application)
  expect(await count()).toMatchObject({ mails: 0, not_me_tokens: 0, demo_mails: 0 })

  clock.forward(days(4000))
  await purgeApplication(fixture.application)
  const left = await count()
  // What a person set stays with the account; what was only started is deleted.
  const stays = { authenticators: 1, passkeys: 1, recovery_sheets: 1, recovery_codes: 5, freezes: 1 }
  expect(left).toMatchObject({ ...Object.fromEntries(aged.map(table => [table, 0])), ...stays })
  for (const table of tables)
    if (!isForgotten(table) && table !== 'notices' && table !== 'audit_events')
      expect(left[table], table).toBeGreaterThanOrEqual(kept[table])
  // Events from before a proof are deleted, and those of accounts are not.
  const after = await eventsInChains()
  expect(after.rolling).toBe(0)
  expect(after.own).toBeGreaterThanOrEqual(before.own)
  expect(left.audit_cuts).toBeGreaterThan(0)
  expect((await verifyAudit(auditPartsOf(fixture.application))).broken).toEqual([])
  const rotatingKeys = join(fixture.folder, 'data', 'rotating-keys')
  expect(readdirSync(rotatingKeys).filter(name => name.endsWith('.key'))).toEqual([])
})
