import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../../src/clock.ts'
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
const addresses = '/fr/compte/adresses'
const passkeys = '/fr/compte/cles-d-acces'
const jokerPage = '/fr/compte/question-joker'
const until = 'Rien ne peut être ajouté ici'
const by = { by: 'desk', reason: 'card seen' }

describe.each(kinds.filter(available))('what changes after a recovery, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const any = ['joker', 'mail-code', 'helpdesk-code', 'passkey', 'recovery-code'] as const
    const config = {
      limits: { ...unlimited, ...unlimitedJourneys },
      recovery: { password: { staff: any } },
    }
    fixture = await startPortal({ ...kind, clock, crowd: 40, people: 20, config })
  })
  afterAll(() => fixture?.stop())
  const crowd = createCrowdVisitors(() => fixture)
  const { begin, write, byMail, byJoker, signedIn } = createRecoveries(() => fixture)

  const own = ({ login }: CrowdMember) => `${login}@maison.example`
  const foreign = ({ login }: CrowdMember) => `${login}@pirate.example`
  const contactsOf = ({ id }: CrowdMember) => fixture.application.accounts.contacts.list(id)
  const holdOf = ({ id }: CrowdMember) => fixture.application.accounts.accessMethods.unchangedUntil(id)
  /** Somebody whose address is older than what counts as recent. */
  const withOldAddress = async () => {
    const member = crowd.nextMember()
    await confirmContact(fixture, member, own(member))
    clock.forward(days(40))
    return member
  }
  const says = async (visitor: Visitor, page: string) => textOf((await visitor.get(page)).html)
  /** The forms of a page by which something is removed, as a browser sends them. */
  const removalsOn = async (visitor: Visitor, page: string) => {
    const { html } = await visitor.get(page)
    expect(textOf(html)).toContain(until)
    return [
      ...html.matchAll(
        /name="(faire|action)" value="retirer"[^>]*>\s*<input[^>]*name="laquelle"(?: value(?:="([^"]*)")?)?/g,
      ),
    ].map(([, verb = '', laquelle = '']) => ({ [verb]: 'retirer', laquelle }))
  }

  /** What a thief could have added in a session of a moment, and whether it is there. */
  const added: Readonly<
    Record<
      string,
      {
        page: string
        add(member: CrowdMember, session: Visitor): Promise<unknown>
        table: 'contacts' | 'passkeys' | 'authenticators' | 'recovery_sheets'
      }
    >
  > = {
    address: {
      page: addresses,
      table: 'contacts',
      add: member => confirmContact(fixture, member, foreign(member)),
    },
    mobile: {
      page: addresses,
      table: 'contacts',
      add: member => confirmContact(fixture, member, '+33612345678'),
    },
    passkey: { page: passkeys, table: 'passkeys', add: (_, session) => enrolPasskey(session, fixture.url) },
    app: {
      page: '/fr/compte/application',
      table: 'authenticators',
      add: (_, session) => enrolApp(session, clock.now),
    },
    sheet: {
      page: '/fr/compte/codes-de-secours',
      table: 'recovery_sheets',
      add: (_, session) => printSheet(session),
    },
  }

  it.each(Object.keys(added))(
    'the owner who recovers removes a recent %s at once, keeps what is older, and adds nothing',
    async what => {
      const one = added[what]
      if (!one) throw new Error(what)
      const member = await withOldAddress()
      const session = await crowd.signedIn(member)
      await one.add(member, session)
      // A second factor is asked for at the recovery and at sign-in: the owner still has a code of the sheet.
      const sheet = what === 'passkey' || what === 'app' ? await printSheet(session) : []
      clock.forward(hours(1))
      const visitor = await begin(member, 'joker')
      const answered = await visitor.answer('rex')
      if (answered.location !== '/fr/mot-de-passe/nouveau')
        await visitor.send(answered.location ?? '', { code: sheet[0] ?? '' })
      await write(visitor)
      const owner = await signedIn(member, sheet.length > 0 ? () => sheet[1] ?? '' : undefined)
      const countOf = async () =>
        (
          await fixture.application.store.read
            .selectFrom(one.table)
            .select('person')
            .where('person', '=', member.id)
            .execute()
        ).length
      const before = await countOf()
      const removals = await removalsOn(owner, one.page)
      expect(removals).toHaveLength(1)
      for (const removal of removals) await owner.post(one.page, removal)
      expect(await countOf()).toBe(before - 1)
      expect(await removalsOn(owner, one.page)).toEqual([])
      expect((await contactsOf(member)).map(({ to }) => to)).toEqual([own(member)])
      const [contact] = await contactsOf(member)
      await owner.post(addresses, { faire: 'retirer', laquelle: contact?.id ?? '' })
      expect(await contactsOf(member)).toHaveLength(1)
    },
  )

  it('a form that adds is not let through by the fields of a removal', async () => {
    const member = await withOldAddress()
    await confirmContact(fixture, member, foreign(member))
    await byJoker(member)
    const owner = await signedIn(member)
    const recent = (await contactsOf(member)).find(({ to }) => to === foreign(member))
    const removal = { action: 'retirer', laquelle: recent?.id ?? '' }
    await owner.post(addresses, { faire: 'mail', mail: 'autre@pirate.example', ...removal })
    await owner.post(`${addresses}/mail`, { code: '12345678', faire: 'retirer', ...removal })
    await owner.post(passkeys, { ...removal, action: 'commencer' })
    const { read } = fixture.application.store
    const codes = await read.selectFrom('sent_codes').select('request').execute()
    expect(codes.filter(({ request }) => request.includes(member.id))).toEqual([])
    expect(await contactsOf(member)).toHaveLength(2)
  })

  it('the hold lasts its day also once everything that it kept was removed', async () => {
    const member = crowd.nextMember()
    await confirmContact(fixture, member, own(member))
    clock.forward(hours(25))
    await byMail(member, own(member))
    const session = await signedIn(member)
    for (const removal of await removalsOn(session, addresses)) await session.post(addresses, removal)
    expect(await contactsOf(member)).toEqual([])
    await session.post(addresses, { faire: 'mail', mail: foreign(member) })
    expect(await says(session, addresses)).toContain(until)
    clock.forward(hours(24))
    expect(await holdOf(member)).toBe(null)
  })

  it('a second recovery does not end the hold of the first, once what that one kept was removed', async () => {
    const member = crowd.nextMember()
    await confirmContact(fixture, member, own(member))
    clock.forward(hours(25))
    await byJoker(member)
    const session = await signedIn(member)
    for (const removal of await removalsOn(session, addresses)) await session.post(addresses, removal)
    expect(await contactsOf(member)).toEqual([])
    clock.forward(hours(1))
    await byJoker(member, 'Hautbois&Riviere-5q')
    expect(await holdOf(member)).toBeGreaterThan(clock.now() + hours(23))
  })

  it.each(['before', 'after'])(
    'an address does not prove at once where the only older one was removed just %s',
    async when => {
      const member = await withOldAddress()
      await fixture.application.helpdesk.clearJoker(member.id, by)
      const thief = await crowd.signedIn(member)
      const [old] = await contactsOf(member)
      const add = () => confirmContact(fixture, member, foreign(member))
      const remove = () => thief.post(addresses, { faire: 'retirer', laquelle: old?.id ?? '' })
      if (when === 'after') await add()
      await remove()
      if (when === 'before') await add()
      expect((await contactsOf(member)).map(({ to }) => to)).toEqual([foreign(member)])
      const { accessMethods } = fixture.application.accounts
      expect(await accessMethods.proving(member.id, 'mail')).toEqual([])
      clock.forward(hours(24) + minutes(1))
      expect(await accessMethods.proving(member.id, 'mail')).toHaveLength(1)
    },
  )

  it('an address that a thief added does not begin to prove while the hold of the owner runs', async () => {
    const member = await withOldAddress()
    await confirmContact(fixture, member, foreign(member))
    clock.forward(hours(1))
    await byMail(member, own(member))
    clock.forward(hours(23) + minutes(30))
    const { accessMethods } = fixture.application.accounts
    const proving = async () => (await accessMethods.proving(member.id, 'mail')).map(({ to }) => to)
    expect(await proving()).toEqual([own(member)])
    await fixture.application.store.transaction(tx => tx.deleteFrom('demo_mails').execute())
    await begin(member, 'mail-code')
    await sendWaitingMails(fixture)
    const { read } = fixture.application.store
    const mails = await read.selectFrom('demo_mails').select(['recipient', 'body']).execute()
    const coded = mails.filter(({ body }) => /\b\d{4}\s?\d{4}\b/.test(body))
    expect(coded.map(({ recipient }) => recipient)).toEqual([own(member)])
    clock.forward(minutes(31))
    expect(await proving()).toEqual([own(member), foreign(member)])
  })

  it('the first address, which served at once, still serves after the recovery that it proved', async () => {
    const member = crowd.nextMember()
    await fixture.application.helpdesk.clearJoker(member.id, by)
    await confirmContact(fixture, member, own(member))
    clock.forward(hours(1))
    await byMail(member, own(member))
    clock.forward(hours(2))
    await byMail(member, own(member), 'Hautbois&Riviere-5q')
  })

  it('a recovery by a passkey leaves the hold of an earlier one as it is', async () => {
    const member = await withOldAddress()
    const key = await enrolPasskey(await crowd.signedIn(member), fixture.url)
    clock.forward(days(2))
    await fixture.application.store.transaction(tx =>
      tx.updateTable('people').set({ recovered_at: clock.now() }).where('person', '=', member.id).execute(),
    )
    const held = await holdOf(member)
    const visitor = await begin(member, 'passkey')
    await visitor.send(proofChoice, { cle: key.sign(optionsIn((await visitor.get(proofChoice)).html)) })
    await write(visitor)
    expect(held).not.toBe(null)
    expect(await holdOf(member)).toBe(held)
  })

  it('a passkey that a thief added recovers nothing while the hold of the owner runs', async () => {
    const member = await withOldAddress()
    const session = await crowd.signedIn(member)
    const key = await enrolPasskey(session, fixture.url)
    const [code = '', second = ''] = await printSheet(session)
    clock.forward(hours(1))
    const visitor = await begin(member, 'joker')
    const answered = await visitor.answer('rex')
    await visitor.send(answered.location ?? '', { code })
    await write(visitor)
    clock.forward(hours(23) + minutes(30))
    const thief = await begin(member, 'passkey')
    const proved = await thief.send(proofChoice, {
      cle: key.sign(optionsIn((await thief.get(proofChoice)).html)),
    })
    expect(proved.status).toBe(422)
    const owner = await signedIn(member, () => second)
    for (const removal of await removalsOn(owner, passkeys)) await owner.post(passkeys, removal)
    expect(await fixture.application.proofs.passkeys.list(member.id)).toEqual([])
  })

  describe('the joker', () => {
    const choose = (visitor: Visitor) =>
      visitor.post(jokerPage, { question: 'town', reponse: 'Bourg-la-Reine-du-Nord' })
    const opens = async (member: CrowdMember) => (await (await begin(member, 'joker')).answer('rex')).location
    const kept = 'La question ne peut pas être changée'

    it.each(['an address', 'nothing'])(
      'of somebody who had %s besides is not replaced for a day',
      async has => {
        const member = has === 'nothing' ? crowd.nextMember() : await withOldAddress()
        await byJoker(member)
        const thief = await signedIn(member)
        expect(await says(thief, jokerPage)).toContain(kept)
        expect((await choose(thief)).location).toBe(jokerPage)
        expect(await opens(member)).toBe('/fr/mot-de-passe/nouveau')
        clock.forward(hours(24))
        const later = await signedIn(member)
        expect(await says(later, jokerPage)).not.toContain(kept)
        expect((await choose(later)).location).toBe('/fr/compte')
      },
    )

    it('that the helpdesk cleared is chosen anew', async () => {
      const member = await withOldAddress()
      await byJoker(member)
      await fixture.application.helpdesk.clearJoker(member.id, by)
      const owner = await signedIn(member)
      expect(await says(owner, jokerPage)).not.toContain(kept)
      expect((await choose(owner)).location).toBe('/fr/compte')
    })
  })

  it('an activation asks for no address while none is added, and says until when', async () => {
    const member = await withOldAddress()
    const { helpdesk, store, proofs } = fixture.application
    await helpdesk.clearJoker(member.id, by)
    const code = await store.transaction(tx => proofs.activationCodes.make(tx, member.id, hours(24)))
    const visitor = newVisitor(fixture.url)
    const at = (page: string) => `/fr/activation/${page}`
    await visitor.post(at('identification/numero-personnel'), {
      numero: member.number,
      naissance: member.date,
    })
    await visitor.send(at('code'), { code })
    await visitor.send(at('mot-de-passe'), { nouveau: chosen, confirmation: chosen, charte: 'oui' })
    const joker = { question: 'town', reponse: 'Bourg-la-Reine-du-Nord' }
    const here = (await visitor.send(at('question-joker'), joker)).location ?? ''
    const { html } = await visitor.get(here)
    expect(textOf(html)).toContain('Vos moyens de secours ne changent pas avant le')
    expect(html).not.toContain('name="contact"')
    const refused = await visitor.send(here, { contact: 'autre@maison.example' })
    expect(textOf(refused.html)).toContain('ne changent pas pour')
    expect((await visitor.send(here, { passer: 'oui' })).location).toBe('/fr/activation/mobile')
    expect(await contactsOf(member)).toHaveLength(1)
  })
})
