import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { confirmContact } from '../world/contacts.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { scratchFolder } from '../world/scratch.ts'
import { type SmsGateway, startSmsGateway } from '../world/sms-gateway.ts'
import { newVisitor, type Visitor } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const choice = '/fr/mot-de-passe/preuve'
type Way = 'mail-code' | 'sms-code'
type Who = { readonly id: string; readonly number: string; readonly date: string }

describe.each(kinds.filter(available))(
  'what goes out for codes of journeys, on $directory and $store',
  kind => {
    let fixture: PortalFixture
    let server: MailServer
    let gateway: SmsGateway
    const clock = movableClock()
    beforeAll(async () => {
      const [port, smtpPort] = [await freePort(), await freePort()]
      const tokenFile = join(scratchFolder('sesame-sms-'), 'token')
      writeFileSync(tokenFile, 'sms-token\n')
      gateway = await startSmsGateway(port, 'sms-token')
      server = await startMailServer({ port: smtpPort, tls: 'none', folder: '' })
      fixture = await startPortal({
        ...kind,
        clock,
        crowd: 30,
        people: 40,
        config: {
          limits: { ...unlimited, ...unlimitedJourneys, messagesPerDay: 20, newContactDelay: days(365) },
          trustedProxies: ['127.0.0.1'],
          mail: { kind: 'smtp', host: '127.0.0.1', port: smtpPort, tls: 'none', from: 'sesame@univ.example' },
          sms: { kind: 'http', url: `http://127.0.0.1:${port}/`, tokenFile },
          recovery: { password: { staff: ['mail-code', ['joker', 'sms-code']] } },
        },
      })
    })
    afterAll(async () => {
      await fixture?.stop()
      await gateway?.stop()
      await server?.stop()
    })
    const crowd = createCrowdVisitors(() => fixture)

    let networks = 0
    const nextNetwork = () => {
      networks += 1
      return `198.51.${networks}.7`
    }
    const ask = async (visitor: Visitor, { number, date }: Who, laquelle: Way) => {
      await visitor.identify('numero-personnel', number, date)
      const demarche = visitor.refIn((await visitor.get(choice)).html)
      return (await visitor.post(choice, { laquelle, demarche })).status
    }
    const stranger = (network = nextNetwork()) => newVisitor(fixture.url, { 'x-forwarded-for': network })
    /** Asks from three networks, five times from each. */
    const flood = async (who: Who, way: Way) => {
      const answers = []
      for (let network = 0; network < 3; network += 1) {
        const from = nextNetwork()
        for (let turn = 0; turn < 5; turn += 1) answers.push(await ask(stranger(from), who, way))
      }
      return answers
    }
    const add = async (who: Who, ...all: readonly string[]) => {
      for (const to of all) {
        await confirmContact(fixture, who, to)
        clock.forward(1)
      }
    }
    const address = (name: string) => `${name}-${crowd.used()}@maison.example`
    const mobile = (n: number) =>
      `+33698${String(crowd.used()).padStart(3, '0')}${String(n).padStart(3, '0')}`
    /** Sends everything that is due. */
    const deliver = async () => {
      const due = async () => {
        await fixture.portal.outbox.run()
        const { read } = fixture.application.store
        const notices = await read.selectFrom('notices').select('id').execute()
        const mails = await read
          .selectFrom('mails')
          .select('id')
          .where('kind', 'in', ['proof-code', 'proof-code-sms', 'code-sms', 'proof-code-sent'])
          .where('state', 'not in', ['sent', 'abandoned'])
          .where(eb => eb.or([eb('state', '!=', 'ready'), eb('lease_until', '<=', clock.now())]))
          .execute()
        return notices.length + mails.length
      }
      await expect.poll(due, { timeout: 20_000 }).toBe(0)
    }
    const mailsTo = (recipient: string) =>
      server.received.filter(({ recipients }) => recipients.includes(recipient))
    const codesTo = (recipient: string) =>
      mailsTo(recipient).filter(({ subject = '' }) => subject.startsWith('Votre code')).length
    const warningsTo = (recipient: string) =>
      mailsTo(recipient).filter(({ subject = '' }) => subject.startsWith('Un code pour'))
    const messagesTo = (recipient: string) => gateway.received.filter(({ to }) => to === recipient).length
    const addressesOf = async ({ id }: Who) => {
      const found = await fixture.application.directory.read(id as never)
      return found.ok ? (found.person?.addresses ?? []) : []
    }

    it('is five mails an hour to each address and one at the slow pace, however many are asked for, and the owner has their own', async () => {
      const member = crowd.nextMember()
      const own = ['un', 'deux', 'trois'].map(address)
      await add(member, ...own)
      const owner = stranger()
      await owner.signIn(member.login, member.initialPassword)
      // Whoever is not refused gets a code.
      const answers = await flood(member, 'mail-code')
      expect(answers).toEqual(Array.from({ length: 15 }, (_, nth) => (nth < 6 ? 303 : 422)))
      await deliver()
      expect(own.map(codesTo)).toEqual([6, 6, 6])
      const before = codesTo(own[0] ?? '')
      expect(await ask(owner, member, 'mail-code')).toBe(303)
      await deliver()
      expect(codesTo(own[0] ?? '')).toBe(before + 1)
    })

    it('leaves nothing in the own chain of the person, and displaces nothing that the helpdesk sees', async () => {
      const member = crowd.nextMember()
      await add(member, address('chaine'), mobile(1))
      const { store, helpdesk, directory } = fixture.application
      const rows = async () =>
        store.read.selectFrom('audit_events').select('kind').where('chain', '=', member.id).execute()
      const found = await directory.read(member.id)
      if (!found.ok || !found.person) throw new Error(member.login)
      await helpdesk.inspect(found.person, { by: 'desk', reason: 'test' })
      const mailsAbout = async (notice: string) => {
        const { read } = store
        const bodies = await read
          .selectFrom('audit_details')
          .select('body')
          .where('body', 'like', `%"${notice}"%`)
          .execute()
        return bodies.length
      }
      const before = await rows()
      const sent = await mailsAbout('proof-code')
      await flood(member, 'mail-code')
      await ask(stranger(), member, 'sms-code')
      await deliver()
      const trying = stranger()
      await trying.identify('numero-personnel', member.number, member.date)
      for (let tried = 0; tried < fixture.application.limits.jokerTries; tried += 1) {
        const demarche = trying.refIn((await trying.get(choice)).html)
        await trying.post(choice, { laquelle: 'joker', demarche })
        await trying.answer(`faux ${tried}`)
      }
      await expect.poll(() => mailsAbout('joker-suspended')).toBeGreaterThan(0)
      expect(await mailsAbout('proof-code')).toBeGreaterThan(sent)
      expect(await rows()).toEqual(before)
      const { events } = await helpdesk.inspect(found.person, { by: 'desk', reason: 'test' })
      expect(events.map(event => event.kind)).toContain('account.viewed')
    })

    it.each(['mail-code', 'sms-code'] as const)(
      'is a warning without the code to every other address, and one for a flood: %s',
      async way => {
        const member = crowd.nextMember()
        const [directoryAddress = ''] = await addressesOf(member)
        const own = [address('secours'), address('autre')]
        await add(member, ...own, mobile(1))
        const mails = (to: string) => ({ codes: codesTo(to), warnings: warningsTo(to).length })
        await flood(member, way)
        await deliver()
        const isMail = way === 'mail-code'
        expect(mails(directoryAddress)).toEqual({ codes: 0, warnings: 1 })
        for (const to of own)
          expect(mails(to)).toEqual(isMail ? { codes: 6, warnings: 0 } : { codes: 0, warnings: 1 })
        const [{ text = '' } = {}] = warningsTo(directoryAddress)
        expect(text).toContain('/fr/ce-n-est-pas-moi/')
        expect(text).not.toMatch(/\b\d{4}\s?\d{4}\b/)
      },
    )

    it('is nothing where no code would be accepted', async () => {
      const [frozen, closed] = [crowd.nextMember(), crowd.nextMember()]
      const { store, accounts, helpdesk } = fixture.application
      const addresses = [frozen, closed].map(({ login }) => address(login))
      await add(frozen, addresses[0] ?? '')
      await add(closed, addresses[1] ?? '')
      await helpdesk.freeze(frozen.id as never, { by: 'desk', reason: 'test' })
      await store.transaction(tx =>
        accounts.freezes.put(tx, {
          ...{ person: closed.id, kind: 'recovery-closed', until: clock.now() + days(7) },
          ...{ by: 'person', reason: 'not-me' },
        }),
      )
      for (const who of [frozen, closed]) expect(await ask(stranger(), who, 'mail-code')).toBe(303)
      await deliver()
      expect(addresses.map(codesTo)).toEqual([0, 0])
    })

    it('goes to no address that the directory names by now', async () => {
      const member = crowd.nextMember()
      const [named = ''] = await addressesOf(member)
      const other = address('autre')
      await add(member, named, other)
      await ask(stranger(), member, 'mail-code')
      await deliver()
      expect([codesTo(named), codesTo(other)]).toEqual([0, 1])
    })

    it('is one text message: to the mobile confirmed last, but not in the last weeks', async () => {
      const member = crowd.nextMember()
      const [first, second, recent] = [mobile(1), mobile(2), mobile(3)]
      await add(member, first)
      await ask(stranger(), member, 'sms-code')
      await deliver()
      await add(member, second)
      clock.forward(days(31))
      await add(member, recent)
      await ask(stranger(), member, 'sms-code')
      await deliver()
      expect([first, second, recent].map(messagesTo)).toEqual([1, 1, 0])
    })

    it('is one share of the text messages for one network, with those that confirm a mobile', async () => {
      clock.forward(days(1) + hours(3))
      const member = crowd.nextMember()
      await add(member, mobile(1), mobile(2))
      const network = nextNetwork()
      const before = gateway.received.length
      const visitor = stranger(network)
      await visitor.signIn(member.login, member.initialPassword)
      const confirms = await visitor.submit('/fr/compte/adresses', {
        faire: 'mobile',
        mobile: '06 97 00 00 01',
      })
      expect(confirms.location).toBe('/fr/compte/adresses/mobile')
      const asked = []
      for (let turn = 0; turn < 4; turn += 1) asked.push(await ask(stranger(network), member, 'sms-code'))
      expect(asked).toEqual([303, 303, 303, 422])
      await deliver()
      expect(gateway.received.length - before).toBe(4)
    })
  },
)
