import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../../src/clock.ts'
import { digestOf } from '../../src/crypto/crypto.ts'
import { movableClock } from '../world/clock.ts'
import { confirmContact } from '../world/contacts.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { scratchFolder } from '../world/scratch.ts'
import { type SmsGateway, startSmsGateway } from '../world/sms-gateway.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
] as const

const choice = '/fr/mot-de-passe/preuve'
const newPassword = '/fr/mot-de-passe/nouveau'
type Who = { readonly number: string; readonly date: string }
const ways = ['mail-code', 'sms-code'] as const

describe.each(kinds.filter(available))('a sent code as a proof, on $directory and $store', kind => {
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
    const held = ['mail-code', ['joker', 'sms-code']]
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 30,
      people: 40,
      config: {
        limits: { ...unlimited, ...unlimitedJourneys, messagesPerDay: 40, newContactDelay: days(365) },
        trustedProxies: ['127.0.0.1'],
        mail: { kind: 'smtp', host: '127.0.0.1', port: smtpPort, tls: 'none', from: 'sesame@univ.example' },
        sms: { kind: 'http', url: `http://127.0.0.1:${port}/`, tokenFile },
        recovery: { password: { staff: held }, identifier: { staff: held } },
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
  const identified = async ({ number, date }: Who, network = nextNetwork()) => {
    const visitor = newVisitor(fixture.url, { 'x-forwarded-for': network })
    const { location } = await visitor.identify('numero-personnel', number, date)
    expect(location).toBe(choice)
    return visitor
  }
  const send = async (visitor: Visitor, fields: Readonly<Record<string, string>>) =>
    visitor.send(choice, fields)
  const ask = (visitor: Visitor, laquelle: string) => send(visitor, { laquelle })
  const type = (visitor: Visitor, code: string) => send(visitor, { code })

  /** A member with a recovery address and a mobile. */
  const confirmed = async () => {
    const member = crowd.nextMember()
    const address = `secours-${crowd.used()}@maison.example`
    const mobile = `+336000000${String(crowd.used()).padStart(2, '0')}`
    for (const to of [address, mobile]) await confirmContact(fixture, member, to)
    return { ...member, address, mobile }
  }
  const deliver = () => fixture.portal.outbox.run()
  const subjectIsCode = 'Votre code'
  /** The codes that were sent to this recipient, once there are so many. */
  const codesTo = async (recipient: string, count = 1) => {
    for (;;) {
      await deliver()
      const mails = server.received
        .filter(
          ({ recipients, subject = '' }) =>
            recipients.includes(recipient) && subject.startsWith(subjectIsCode),
        )
        .map(({ text = '' }) => text)
      const messages = gateway.received.filter(({ to }) => to === recipient).map(({ text }) => text)
      const codes = [...mails, ...messages].map(text => /\b\d{4}\s?\d{4}\b/.exec(text)?.[0] ?? '')
      if (codes.length >= count) return codes
      await clock.sleep(50)
    }
  }
  const rowOf = (visitor: Visitor) =>
    fixture.application.store.read
      .selectFrom('journeys')
      .selectAll()
      .where('id', '=', digestOf(visitor.cookies.get('__Host-journey') ?? ''))
      .executeTakeFirstOrThrow()
  const wrongOf = (code: string) => code.replace(/\d/g, digit => String(9 - Number(digit)))
  const said = (html: string) => textOf(html.slice(html.indexOf('<main'))).replace(/\d\d:\d\d/g, '')

  it('goes to the address that was confirmed earlier, and opens the new password, once', async () => {
    const member = await confirmed()
    const visitor = await identified(member)
    expect((await ask(visitor, 'mail-code')).location).toBe(choice)
    const page = textOf((await visitor.get(choice)).html)
    expect(page).toContain("l'adresse de secours que vous aviez confirmée, s'il y en a une")
    expect(page).not.toContain('maison.example')
    const [code = '', ...more] = await codesTo(member.address)
    expect([code, ...more]).toEqual([expect.stringMatching(/^\d{4}\s?\d{4}$/)])
    expect((await type(visitor, code)).location).toBe(newPassword)
    expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
    const again = await identified(member)
    await ask(again, 'mail-code')
    expect((await type(again, code)).status).toBe(422)
  })

  it('goes to no address of the directory', async () => {
    const member = crowd.nextMember()
    const visitor = await identified(member)
    await ask(visitor, 'mail-code')
    await deliver()
    const codes = server.received.filter(({ subject = '' }) => subject.startsWith(subjectIsCode))
    for (const { recipients } of codes) expect(recipients.join()).toContain('maison.example')
    expect((await type(visitor, '1234 5678')).status).toBe(422)
    const { digest } = await fixture.application.store.read
      .selectFrom('sent_codes')
      .select('digest')
      .orderBy('expires_at', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    expect(digest).toBe('')
  })

  it('proves nothing alone where the policy asks for it with the joker', async () => {
    const member = await confirmed()
    const visitor = await identified(member)
    await ask(visitor, 'sms-code')
    const [code = ''] = await codesTo(member.mobile)
    expect((await type(visitor, code)).location).toBe(choice)
    expect((await visitor.get(newPassword)).location).toBe(choice)
    expect(Object.keys(JSON.parse((await rowOf(visitor)).proved))).toEqual(['sms-code'])
    expect((await visitor.answer('rex')).location).toBe(newPassword)
  })

  it.each(ways)(
    'is asked for and refused alike of whoever is unknown or confirmed nothing: %s',
    async way => {
      const member = await confirmed()
      const nothing = crowd.nextMember()
      const { read } = fixture.application.store
      const totals = async () => {
        const rows = await read
          .selectFrom('counters')
          .select(eb => ['name', eb.fn.sum<number>('count').as('total')])
          .where('name', 'like', 'proof-%')
          .groupBy('name')
          .execute()
        return new Map(rows.map(({ name, total }) => [name, Number(total)]))
      }
      const seen = []
      for (const who of [
        member,
        nothing,
        { number: '999999', date: member.date },
        { number: member.number, date: '3/4/1981' },
      ]) {
        const before = await totals()
        const visitor = await identified(who)
        const asked = await ask(visitor, way)
        const page = await visitor.get(choice)
        const refused = await type(visitor, '1234 5678')
        const { facts, proved, version, person } = await rowOf(visitor)
        const { person: _, sealedLogin: __, ...state } = JSON.parse(facts)
        const counted = [...(await totals())].map(([name, total]) => [name, total - (before.get(name) ?? 0)])
        seen.push({
          answers: [asked.status, asked.location, said(page.html), refused.status, said(refused.html)],
          counted: counted.filter(([, more]) => more !== 0).sort(),
          journey: { state, proved, version, person },
        })
      }
      const [first, ...others] = seen
      for (const other of others) expect(other).toEqual(first)
      expect(first).toMatchObject({ journey: { proved: '{}', person: null, state: { wrongCodes: 1 } } })
    },
  )

  it('is right in its own journey and browser only, and of its own kind only', async () => {
    const member = await confirmed()
    const [mine, other] = [await identified(member), await identified(member)]
    await ask(mine, 'mail-code')
    const [code = ''] = await codesTo(member.address)
    await ask(other, 'mail-code')
    expect((await type(other, code)).status).toBe(422)
    await ask(mine, 'sms-code')
    expect((await type(mine, code)).status).toBe(422)
  })

  it('is replaced by another that is asked for, which gives back no refused code', async () => {
    const member = await confirmed()
    const visitor = await identified(member)
    const { codeTries } = fixture.application.limits
    await ask(visitor, 'mail-code')
    const [first = ''] = await codesTo(member.address)
    for (let tried = 0; tried < codeTries; tried += 1) {
      expect((await type(visitor, wrongOf(first))).status).toBe(422)
      if (tried === 1) {
        await ask(visitor, 'mail-code')
        expect(textOf((await visitor.get(choice)).html)).toContain('Un autre code est parti')
        expect((await type(visitor, first)).status).toBe(422)
        tried += 1
      }
    }
    const [, last = ''] = await codesTo(member.address, 2)
    expect(last).not.toBe(first)
    const refused = await type(visitor, last)
    expect([refused.status, textOf(refused.html).includes('Recommencez depuis le début')]).toEqual([
      422,
      true,
    ])
    for (const way of ways) {
      const again = await ask(visitor, way)
      expect([again.status, textOf(again.html).includes('Recommencez depuis le début')]).toEqual([422, true])
    }
    expect(await codesTo(member.address, 2)).toHaveLength(2)
    const tries = await fixture.application.store.read.selectFrom('sent_codes').select('tries_left').execute()
    expect(tries.some(({ tries_left }) => Number(tries_left) === 0)).toBe(true)
    expect((await rowOf(visitor)).proved).toBe('{}')
  })

  it('works for ten minutes', async () => {
    const member = await confirmed()
    const visitor = await identified(member)
    await ask(visitor, 'mail-code')
    const [code = ''] = await codesTo(member.address)
    clock.forward(minutes(10))
    expect((await type(visitor, code)).status).toBe(422)
  })

  it('does not serve whoever is frozen, and says no more than that it does not match', async () => {
    const member = await confirmed()
    const visitor = await identified(member)
    await ask(visitor, 'mail-code')
    const [code = ''] = await codesTo(member.address)
    await fixture.application.helpdesk.freeze(member.id, { by: 'desk', reason: 'test' })
    const refused = await type(visitor, code)
    expect([refused.status, textOf(refused.html).includes('ne correspond pas')]).toEqual([422, true])
  })

  it('of a stranger uses up neither those of a known browser nor all of another network, which is told until when and then gets one', async () => {
    const member = await confirmed()
    const owner = newVisitor(fixture.url, { 'x-forwarded-for': '203.0.113.9' })
    await owner.signIn(member.login, member.initialPassword)
    const { proofCodesPerNetwork, proofCodesPerPerson, proofCodesPace, codesWindow } =
      fixture.application.limits
    const nobody = { number: `9${member.number.slice(1)}`, date: member.date }
    const both = [member, nobody]
    /** The same of a known person and of nobody. */
    const askAlike = async (network: string) => {
      const answers = []
      for (const who of both) answers.push(await ask(await identified(who, network), 'mail-code'))
      const [one, other] = answers.map(({ status, html }) => ({ status, main: said(html) }))
      expect(one).toEqual(other)
      return { status: one?.status ?? 0, html: answers[0]?.html ?? '' }
    }
    for (let network = 0; network * proofCodesPerNetwork < proofCodesPerPerson; network += 1) {
      for (let turn = 0; turn < proofCodesPerNetwork; turn += 1)
        expect((await askAlike(`192.0.${network}.1`)).status).toBe(303)
      const refused = await askAlike(`192.0.${network}.1`)
      expect(refused.status).toBe(422)
      expect(textOf(refused.html)).toMatch(/demander un autre à partir du \d/)
      // Each that was asked for has gone out.
      await codesTo(member.address, (network + 1) * proofCodesPerNetwork)
      clock.forward(codesWindow * 1.2)
    }
    const sent = proofCodesPerPerson
    // A stranger in another network takes the one of this while; the owner's new browser is told until when.
    expect((await askAlike('192.0.200.1')).status).toBe(303)
    expect((await askAlike('203.0.113.77')).status).toBe(422)
    const known = await owner.identify('numero-personnel', member.number, member.date)
    expect(known.location).toBe(choice)
    expect((await ask(owner, 'mail-code')).status).toBe(303)
    await codesTo(member.address, sent + 2)
    clock.forward(proofCodesPace * 1.1)
    const before = await codesTo(member.address, sent + 2)
    const later = await identified(member, '203.0.113.77')
    expect((await ask(later, 'mail-code')).status).toBe(303)
    const code = (await codesTo(member.address, sent + 3)).find(one => !before.includes(one)) ?? ''
    expect((await type(later, code)).location).toBe(newPassword)
  })

  it('is not asked for more often from several known browsers than from one', async () => {
    const member = await confirmed()
    const { proofCodesPerNetwork } = fixture.application.limits
    const answers = []
    for (let browser = 0; browser < 3; browser += 1) {
      const owner = newVisitor(fixture.url, { 'x-forwarded-for': nextNetwork() })
      await owner.signIn(member.login, member.initialPassword)
      for (let turn = 0; turn < 3; turn += 1) {
        await owner.identify('numero-personnel', member.number, member.date)
        answers.push((await ask(owner, 'mail-code')).status)
      }
    }
    expect(answers.filter(status => status === 303)).toHaveLength(proofCodesPerNetwork)
  })

  it.each(['a known person', 'nobody'])(
    'by text message is offered to everybody as long as as many were asked for as a day allows, and then to nobody: by %s',
    async who => {
      clock.forward(hours(26))
      const member = await confirmed()
      const nobody = { number: '999999', date: member.date }
      const { messagesPerDay } = fixture.application.limits
      for (let nth = 1; nth < messagesPerDay; nth += 1)
        expect(
          (await ask(await identified({ ...nobody, number: `${900_000 + nth}` }), 'sms-code')).status,
        ).toBe(303)
      expect((await ask(await identified(who === 'nobody' ? nobody : member), 'sms-code')).status).toBe(303)
      if (who !== 'nobody') await codesTo(member.mobile)
      const seen = []
      for (const asked of [member, { ...nobody, number: '900000' }, { ...member, date: '3/4/1981' }]) {
        const visitor = await identified(asked)
        const { html } = await visitor.get(choice)
        expect([html.includes('value="sms-code"'), textOf(html).includes('Tous les SMS')]).toEqual([
          false,
          true,
        ])
        const refused = await ask(visitor, 'sms-code')
        expect([refused.status, textOf(refused.html).includes('Tous les SMS')]).toEqual([422, true])
        seen.push([said(html), said(refused.html)])
        expect((await ask(visitor, 'mail-code')).status).toBe(303)
      }
      expect(new Set(seen.map(each => each.join())).size).toBe(1)
    },
  )
})
