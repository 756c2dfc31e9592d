import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { confirmContact } from '../world/contacts.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { enrolApp, enrolPasskey, optionsIn, printSheet } from '../world/factors.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { sendWaitingMails } from '../world/mailbox.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { createRecoveries, proofChoice } from '../world/recoveries.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const chosen = 'Tr0mbone&Cascade-3'
const pages = {
  addresses: '/fr/compte/adresses',
  passkeys: '/fr/compte/cles-d-acces',
  app: '/fr/compte/application',
  sheet: '/fr/compte/codes-de-secours',
} as const
const until = 'Rien ne peut être ajouté ici'
const why = { by: 'thomas', reason: 'identity card seen' }

describe.each(kinds.filter(available))('after a recovery, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const any = ['joker', 'mail-code', 'helpdesk-code', 'passkey', 'recovery-code'] as const
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 30,
      people: 20,
      config: {
        limits: { ...unlimited, ...unlimitedJourneys },
        recovery: { password: { staff: any } },
      },
    })
  })
  afterAll(() => fixture?.stop())
  const crowd = createCrowdVisitors(() => fixture)
  const { begin, write, byCode, byMail, byJoker, signedIn } = createRecoveries(() => fixture)

  const addressOf = ({ login }: CrowdMember) => `${login}@maison.example`
  const withAddress = async () => {
    const member = crowd.nextMember()
    await confirmContact(fixture, member, addressOf(member))
    // What is younger can be removed: `cool-down-changes.test.ts`.
    clock.forward(days(31))
    return member
  }
  /** How each proof recovers the password of somebody. */
  const recoveries: Readonly<Record<string, (member: CrowdMember) => Promise<unknown>>> = {
    joker: byJoker,
    'mail-code': member => byMail(member, addressOf(member)),
    'recovery-code': async member => {
      const [code = ''] = await printSheet(await crowd.signedIn(member))
      clock.forward(days(31))
      await byCode(member, 'recovery-code', code)
    },
    'helpdesk-code': async member => {
      const found = await fixture.application.directory.read(member.id)
      if (!found.ok || !found.person) throw new Error(member.login)
      const issued = await fixture.application.helpdesk.issueRecoveryCode(found.person, why)
      if (!issued.ok) throw new Error(issued.reason)
      await byCode(member, 'helpdesk-code', issued.code)
    },
  }
  const says = async (visitor: Visitor, page: string) => textOf((await visitor.get(page)).html)
  /** Every form that adds or removes a contact or a factor. */
  const changes = async (visitor: Visitor, laquelle: string) => [
    await visitor.post(pages.addresses, { faire: 'mail', mail: 'autre@pirate.example' }),
    await visitor.post(pages.addresses, { faire: 'retirer', laquelle }),
    await visitor.post(`${pages.addresses}/mail`, { code: '12345678' }),
    await visitor.post(pages.passkeys, { action: 'commencer' }),
    await visitor.post(pages.passkeys, { action: 'retirer', laquelle }),
    await visitor.post(`${pages.passkeys}/nouvelle`, { nom: 'Clé', cle: '{}' }),
    await visitor.post(`${pages.passkeys}/essai`, { cle: '{}' }),
    await visitor.post(pages.app, { action: 'commencer' }),
    await visitor.post(pages.app, { action: 'confirmer', code: '123456' }),
    await visitor.post(pages.app, { action: 'retirer' }),
    await visitor.post(pages.sheet, { action: 'commencer' }),
    await visitor.post(pages.sheet, { action: 'confirmer', code: 'ABCD-EFGH-JKMN-PQRS' }),
    await visitor.post(pages.sheet, { action: 'retirer' }),
  ]
  /** Everything by which the person can be reached or let in, as the store has it. */
  const kept = async ({ id }: CrowdMember) => {
    const { read } = fixture.application.store
    const rows = []
    for (const table of ['contacts', 'passkeys', 'authenticators', 'recovery_sheets'] as const)
      rows.push(await read.selectFrom(table).selectAll().where('person', '=', id).execute())
    const codes = await read.selectFrom('sent_codes').select('request').execute()
    return JSON.stringify([rows, codes.filter(({ request }) => request.includes(id))])
  }

  it.each(Object.keys(recoveries))(
    'by %s of somebody who had an address, nothing is added or removed for a day, and each page says until when',
    async proof => {
      const member = await withAddress()
      await recoveries[proof]?.(member)
      const owner = await signedIn(member)
      const [contact] = await fixture.application.accounts.contacts.list(member.id)
      const before = await kept(member)
      for (const page of Object.values(pages)) expect(await says(owner, page), page).toContain(until)
      for (const { status, location } of await changes(owner, contact?.id ?? ''))
        expect([status, Object.values<string | null>(pages).includes(location)]).toEqual([303, true])
      expect(await kept(member)).toBe(before)
      clock.forward(hours(23))
      const later = await signedIn(member)
      expect(await says(later, pages.addresses)).toContain(until)
      clock.forward(hours(1))
      const after = await signedIn(member)
      for (const page of Object.values(pages)) expect(await says(after, page), page).not.toContain(until)
      await printSheet(after)
      await after.post(pages.addresses, { faire: 'retirer', laquelle: contact?.id ?? '' })
      expect(await fixture.application.accounts.contacts.list(member.id)).toEqual([])
    },
  )

  it('by a code of a sheet, a sheet is enough to keep everything as it was', async () => {
    const member = crowd.nextMember()
    await recoveries['recovery-code']?.(member)
    expect(await says(await signedIn(member), pages.addresses)).toContain(until)
    const found = await fixture.application.directory.read(member.id)
    if (!found.ok || !found.person) throw new Error(member.login)
    const { state } = await fixture.application.helpdesk.inspect(found.person, why)
    expect(state.unchangedUntil).toBeGreaterThan(clock.now())
  })

  it('by a passkey, which nobody can be talked out of, everything can be changed at once', async () => {
    const member = await withAddress()
    const key = await enrolPasskey(await crowd.signedIn(member), fixture.url)
    clock.forward(hours(24))
    const visitor = await begin(member, 'passkey')
    const options = optionsIn((await visitor.get(proofChoice)).html)
    await visitor.send(proofChoice, { cle: key.sign(options) })
    await write(visitor)
    expect(await fixture.application.accounts.accessMethods.unchangedUntil(member.id)).toBe(null)
  })

  it('of somebody who had nothing confirmed, the first day is not held up, also once something is', async () => {
    const member = crowd.nextMember()
    await byJoker(member)
    const owner = await signedIn(member)
    expect(await says(owner, pages.addresses)).not.toContain(until)
    await confirmContact(fixture, member, addressOf(member))
    expect(await says(owner, pages.addresses)).not.toContain(until)
    await enrolApp(owner, clock.now)
    await printSheet(owner)
  })

  it('nobody is asked to add an address that they cannot add', async () => {
    const member = crowd.nextMember()
    await recoveries['recovery-code']?.(member)
    const owner = await signedIn(member)
    const account = await owner.get('/fr/compte')
    expect(account.status).toBe(200)
    const main = textOf(account.html.slice(account.html.indexOf('<main')))
    for (const verb of ['Ajouter', 'Créer', 'À faire', 'Rien à faire']) expect(main, verb).not.toContain(verb)
  })

  it('every address that was known is told, and stops it by its mail', async () => {
    const member = await withAddress()
    await byJoker(member)
    await sendWaitingMails(fixture)
    const mails = await fixture.application.store.read
      .selectFrom('demo_mails')
      .select(['recipient', 'subject', 'body'])
      .where('recipient', 'in', [addressOf(member), `${member.login}@univ.example`])
      .execute()
    const warned = mails.filter(({ body }) => body.includes('/ce-n-est-pas-moi/'))
    expect([...new Set(warned.map(({ recipient }) => recipient))].sort()).toEqual(
      [addressOf(member), `${member.login}@univ.example`].sort(),
    )
    const mail = warned.find(({ recipient }) => recipient === addressOf(member))
    const token = /ce-n-est-pas-moi\/([\w-]+)/.exec(mail?.body ?? '')?.[1] ?? ''
    const answer = await newVisitor(fixture.url).post(`/fr/ce-n-est-pas-moi/${token}`, { jeton: token })
    expect(answer.status).toBe(200)
    expect(await fixture.application.helpdesk.isWrittenSoon(member.id)).toBe(true)
    expect((await fixture.application.directory.bind(member.id, chosen)).ok).toBe(false)
  })

  it('a change with the old password holds nothing up', async () => {
    const member = await withAddress()
    const owner = await crowd.signedIn(member)
    const typed = { nouveau: chosen, confirmation: chosen, charte: 'oui' }
    await owner.submit('/fr/compte/mot-de-passe', { ancien: member.initialPassword, ...typed })
    expect((await fixture.application.directory.bind(member.id, chosen)).ok).toBe(true)
    expect(await says(owner, pages.addresses)).not.toContain(until)
  })

  it('a session that was open before it ends, and changes nothing after', async () => {
    const member = await withAddress()
    const thief = await crowd.signedIn(member)
    await byJoker(member)
    const before = await kept(member)
    for (const { status } of await changes(thief, '')) expect(status).toBe(303)
    expect(await kept(member)).toBe(before)
  })
})
