import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { days, hours } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { movableClock } from '../world/clock.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { scratchFolder } from '../world/scratch.ts'
import { type SmsGateway, startSmsGateway } from '../world/sms-gateway.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]

/** Limits that are not tested here. */
const wide = {
  ...unlimited,
  ...unlimitedJourneys,
}
const budget = 20

describe.each(kinds.filter(available))('codes that leave, on $directory and $store', kind => {
  let fixture: PortalFixture
  let gateway: SmsGateway
  const clock = movableClock()

  beforeEach(async () => {
    const port = await freePort()
    const tokenFile = join(scratchFolder('sesame-sms-'), 'token')
    writeFileSync(tokenFile, 'sms-token\n')
    gateway = await startSmsGateway(port, 'sms-token')
    fixture = await startPortal({
      ...kind,
      clock,
      crowd: 30,
      config: {
        limits: { ...wide, messagesPerDay: budget },
        sms: { kind: 'http', url: `http://127.0.0.1:${port}/`, tokenFile },
        trustedProxies: ['127.0.0.1'],
        campusNetworks: ['198.51.100.0/24'],
      },
    })
  })
  afterEach(async () => {
    await fixture?.stop()
    await gateway?.stop()
  })

  const atNetwork = (address: string) => newVisitor(fixture.url, { 'x-forwarded-for': address })
  const signedIn = async (index: number, address = `192.0.${index}.1`) => {
    const visitor = atNetwork(address)
    const { login = '', initialPassword = '' } = fixture.crowd[index] ?? {}
    expect((await visitor.signIn(login, initialPassword)).location).toMatch(/^\/fr\/(compte|premier-jour)/)
    return visitor
  }
  const request = (visitor: Visitor, faire: 'mail' | 'mobile', value: string) =>
    visitor.submit('/fr/compte/adresses', { faire, [faire]: value })
  const wasSent = ({ location }: { location: string | null }) => /\/(mail|mobile|code)$/.test(location ?? '')
  const mobile = (n: number) => `06 98 ${String(10_00_00 + n)}`

  /** Sends everything that was accepted. Returns the recipients. */
  const received = async () => {
    const waiting = async () =>
      (await fixture.application.store.read.selectFrom('mails').select(['kind', 'state']).execute()).filter(
        ({ kind: what, state }) => what.startsWith('code') && state !== 'sent',
      )
    await expect.poll(waiting).toEqual([])
    const mails = await fixture.application.store.read
      .selectFrom('demo_mails')
      .select(['recipient', 'subject'])
      .execute()
    return {
      texts: gateway.received.map(({ to }) => to),
      codes: mails.filter(({ subject }) => subject.includes('code')).map(({ recipient }) => recipient),
    }
  }
  const deskMails = async () => {
    const { mail } = fixture.settings.config.branding.helpdesk
    const all = await fixture.application.store.read.selectFrom('demo_mails').selectAll().execute()
    return all.filter(({ recipient, subject }) => recipient === mail && subject.includes('SMS'))
  }

  it('of 300 mails to one mailbox under as many tags, five are sent, and the page says why', {
    timeout: 120_000,
  }, async () => {
    const visitor = await signedIn(0)
    const answers = []
    for (let n = 0; n < 299; n += 1) {
      const mail = `victime+b${n}@maison.example`
      answers.push(await visitor.post('/fr/compte/adresses', { faire: 'mail', mail }))
    }
    const last = await request(visitor, 'mail', 'victime+b299@maison.example')
    expect([...answers, last].filter(wasSent)).toHaveLength(5)
    expect(textOf(last.refusal ?? '')).toContain(
      'Trop de codes ont été envoyés à cette adresse ou à ce numéro',
    )
    expect((await received()).codes).toHaveLength(5)
  })

  it('sent side by side, in one session and by two people, five leave to one mailbox', async () => {
    const pair = [await signedIn(0), await signedIn(1)]
    const variants = ['victime@maison.example', 'Victime+a@maison.example', 'VICTIME+b@MAISON.example']
    const answers = await Promise.all(
      Array.from({ length: 18 }, (_, n) =>
        request(pair[n % 2] as Visitor, 'mail', variants[n % variants.length] ?? ''),
      ),
    )
    expect(answers.filter(wasSent)).toHaveLength(5)
    expect((await received()).codes).toHaveLength(5)
  })

  it('ten a day for one person, wherever they go, by mail and by text message', async () => {
    const visitor = await signedIn(0, '198.51.100.9')
    const tried = Array.from({ length: 16 }, (_, n) =>
      n % 2 === 0 ? request(visitor, 'mail', `a${n}@maison.example`) : request(visitor, 'mobile', mobile(n)),
    )
    expect((await Promise.all(tried)).filter(wasSent)).toHaveLength(10)
    const refused = await request(visitor, 'mail', 'encore@maison.example')
    expect(textOf(refused.refusal ?? '')).toContain('Vous avez demandé trop de codes')
    const { texts, codes } = await received()
    expect(texts.length + codes.length).toBe(10)
    // Another person in the same network is not affected by these limits.
    expect(wasSent(await request(await signedIn(1, '198.51.100.9'), 'mail', 'autre@maison.example'))).toBe(
      true,
    )
    clock.forward(days(1) + hours(3))
    expect(wasSent(await request(await signedIn(0), 'mail', 'encore@maison.example'))).toBe(true)
  })

  it('no message is sent to a satellite, a premium number or another country; a code by mail is proposed instead', async () => {
    const visitor = await signedIn(0)
    const answers = []
    for (let n = 0; n < 100; n += 1)
      answers.push(await request(visitor, 'mobile', `+881 6 ${String(10_000_000 + n)}`))
    for (const number of ['+870 773 123 456', '+882 16 12345678', '+979 1 2345 6789', '+1 900 555 0123'])
      answers.push(await request(visitor, 'mobile', number))
    expect(answers.filter(({ refusal }) => refusal !== null)).toHaveLength(104)
    expect(textOf(answers[0]?.refusal ?? '')).toContain(
      "Sésame n'envoie pas de SMS vers ce pays. Donnez plutôt une adresse mail",
    )
    const english = await visitor.submit('/en/compte/adresses', {
      faire: 'mobile',
      mobile: '+881 6 12345678',
    })
    expect(textOf(english.refusal ?? '')).toContain('Give an email address instead')
    expect(wasSent(await request(visitor, 'mail', 'moi@maison.example'))).toBe(true)
    expect(await received()).toEqual({ texts: [], codes: ['moi@maison.example'] })
  })

  it('a text message gives the code in one piece, and its last line names the site that may fill it in', async () => {
    expect(wasSent(await request(await signedIn(0), 'mobile', mobile(1)))).toBe(true)
    await received()
    const { hostname } = new URL(fixture.url)
    expect(gateway.received.at(-1)?.text).toMatch(
      new RegExp(`votre code est (\\d{8})\\.[^]*\\n\\n@${hostname.replaceAll('.', '\\.')} #\\1$`),
    )
  })

  it('mobiles of the overseas are reached under their own country code', async () => {
    const visitor = await signedIn(0, '198.51.100.9')
    for (const typed of ['0692 12 34 56', '0690 12 34 56', '0694 12 34 56', '0696 12 34 56', '0639 12 34 56'])
      expect(wasSent(await request(visitor, 'mobile', typed))).toBe(true)
    expect((await received()).texts.sort()).toEqual([
      '+262639123456',
      '+262692123456',
      '+590690123456',
      '+594694123456',
      '+596696123456',
    ])
  })

  it('one network has a fifth of the day’s messages, a campus four, and none of them stops another', async () => {
    const from = async (address: string, people: readonly number[], each: number) => {
      const visitors = await Promise.all(people.map(index => signedIn(index, address)))
      const asked = visitors.flatMap((visitor, at) =>
        Array.from({ length: each }, (_, n) =>
          request(visitor, 'mobile', mobile((people[at] ?? 0) * 100 + n)),
        ),
      )
      return Promise.all(asked)
    }
    const flood = await from('203.0.113.7', [0, 1, 2], 4)
    expect(flood.filter(wasSent)).toHaveLength(budget / 5)
    expect(textOf(flood.find(({ refusal }) => refusal !== null)?.refusal ?? '')).toContain(
      'Trop de codes ont été demandés depuis votre réseau',
    )
    expect((await from('203.0.114.7', [3], 1)).filter(wasSent)).toHaveLength(1)
    expect((await from('198.51.100.9', [4, 5, 6, 7], 5)).filter(wasSent)).toHaveLength(budget - 5)
    expect((await received()).texts).toHaveLength(budget)
  })

  it('once the budget is spent, the mobile is not offered until the next day, and the helpdesk is notified once', {
    timeout: 120_000,
  }, async () => {
    const page = async (visitor: Visitor) => textOf((await visitor.get('/fr/compte/adresses')).html)
    const crowd = await Promise.all(Array.from({ length: 12 }, (_, index) => signedIn(index)))
    const asked = await Promise.all(
      crowd.flatMap((visitor, at) =>
        Array.from({ length: 3 }, (_, n) => request(visitor, 'mobile', mobile(at * 100 + n))),
      ),
    )
    // Of 36 requests near the limit, exactly as many pass as messages are left.
    expect(asked.filter(wasSent)).toHaveLength(budget)
    expect((await received()).texts).toHaveLength(budget)
    await expect.poll(async () => (await deskMails()).length).toBe(1)
    expect(textOf((await deskMails())[0]?.subject ?? '')).toContain(`${budget * 0.8} sur ${budget}`)

    const late = await signedIn(20)
    for (const visitor of [late, crowd[0] as Visitor]) {
      expect(await page(visitor)).not.toContain('Ajouter un numéro de mobile')
      expect(await page(visitor)).toContain('Tous les SMS de la journée ont été envoyés')
    }
    const refused = await request(late, 'mobile', '06 12 34 56 78')
    expect(textOf(refused.refusal ?? '')).toContain('Tous les SMS de la journée ont été envoyés')
    expect(refused.refusal).not.toMatch(/href="#mobile"/)
    expect(wasSent(await request(late, 'mail', 'tard@maison.example'))).toBe(true)
    expect((await received()).codes).toEqual(['tard@maison.example'])

    clock.forward(days(1))
    const back = await signedIn(21)
    expect(await page(back)).toContain('Ajouter un numéro de mobile')
    expect(wasSent(await request(back, 'mobile', '06 12 34 56 78'))).toBe(true)
    await received()
    expect(await deskMails()).toHaveLength(1)
  })

  it('an activation skips a mobile that is not offered; a person already on that page is told so and can go on', async () => {
    const at = (step: string) => `/fr/activation/${step}`
    const found = await fixture.application.directory.findLogin('imoreau')
    const id = (found.ok && found.person?.id) as PersonId
    const code = await fixture.application.store.transaction(tx =>
      fixture.application.proofs.activationCodes.make(tx, id, hours(24)),
    )
    const visitor = atNetwork('192.0.2.77')
    const send = async (step: string, fields: Readonly<Record<string, string>>) =>
      visitor.send(at(step), fields)
    await visitor.post(at('identification/numero-etudiant'), { numero: '22609431', naissance: '29/2/2008' })
    await send('code', { code })
    await send('mot-de-passe', {
      nouveau: 'Tr0mbone&Cascade-3',
      confirmation: 'Tr0mbone&Cascade-3',
      charte: 'oui',
    })
    await send('question-joker', { question: 'pet', reponse: 'Belphégor' })
    expect((await send('adresse', { passer: 'oui' })).location).toBe(at('mobile'))
    const satellite = await send('mobile', { contact: '+881 6 12345678' })
    expect(textOf(satellite.html)).toContain("Sésame n'envoie pas de SMS vers ce pays")

    const campus = await Promise.all([1, 2, 3, 4].map(index => signedIn(index, '198.51.100.9')))
    for (const [index, one] of campus.entries())
      for (let n = 0; n < 4; n += 1)
        expect(wasSent(await request(one, 'mobile', mobile(index * 100 + n)))).toBe(true)
    const others = await signedIn(9)
    for (let n = 0; n < 4; n += 1)
      expect(wasSent(await request(others, 'mobile', mobile(900 + n)))).toBe(true)

    const shown = await visitor.get(at('mobile'))
    expect(shown.html).not.toContain('name="contact"')
    expect(textOf(shown.html)).toContain('Tous les SMS de la journée ont été envoyés')
    const late = await send('mobile', { contact: '06 12 34 56 78' })
    expect(late.status).toBe(422)
    expect(textOf(late.html)).toContain('Tous les SMS de la journée ont été envoyés')
    expect((await send('mobile', { passer: 'oui' })).location).toBe(at('termine'))
    expect((await received()).texts).toHaveLength(budget)
  })

  it('mails that a stranger causes to an address delay no notice to its owner', async () => {
    const stranger = await signedIn(0)
    for (let n = 0; n < 5; n += 1) await request(stranger, 'mail', 'foule1@univ.example')
    expect((await received()).codes).toHaveLength(5)
    const owner = await signedIn(1)
    await owner.post('/fr/compte/question-joker', { question: 'pet', reponse: 'Rantanplan-du-Nord' })
    const subjects = async () =>
      (await fixture.application.store.read.selectFrom('demo_mails').selectAll().execute())
        .filter(({ recipient }) => recipient === 'foule1@univ.example')
        .map(({ subject }) => subject)
    await expect.poll(subjects).toContain('Votre question joker a été choisie')
  })
})

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))('notices to the helpdesk', () => {
  let fixture: PortalFixture
  let server: MailServer | null = null
  let port: number
  const clock = movableClock()

  beforeAll(async () => {
    port = await freePort()
    const mail = { kind: 'smtp', host: '127.0.0.1', port, tls: 'none', from: 'sesame@univ.example' }
    fixture = await startPortal({
      directory: 'slapd',
      store: 'SQLite',
      people: 20,
      clock,
      config: { limits: { ...wide, identificationPerNumber: 1e6 }, mail },
    })
  })
  afterAll(async () => {
    await fixture?.stop()
    await server?.stop()
  })

  it('take few rows while the mail server is away for a week, and one mail then says how many there were', {
    timeout: 240_000,
  }, async () => {
    const { read } = fixture.application.store
    const incident = async () => newVisitor(fixture.url).identify('numero-personnel', '777001', '1/1/1980')
    const count = 120
    for (let n = 0; n < count; n += 1) {
      await incident()
      if (n % 20 === 0) clock.forward(days(1))
    }
    const unsent = async () => (await read.selectFrom('notices').select('id').execute()).length
    await expect.poll(unsent).toBe(0)
    const rows = await read.selectFrom('mails').select(['kind', 'state', 'facts']).execute()
    expect(rows.filter(({ state }) => state === 'abandoned')).toEqual([])
    expect(rows.length).toBeLessThanOrEqual(5)
    for (const { facts } of rows) expect(facts?.length ?? 0).toBeLessThan(6000)

    server = await startMailServer({ port, tls: 'none', folder: '' })
    clock.forward(hours(1))
    const waiting = async () =>
      (await read.selectFrom('mails').select('id').where('state', '!=', 'sent').execute()).length
    await expect.poll(waiting).toBe(0)
    const eventCounts = server.received.map(({ text = '' }) => {
      const older = Number(/(\d+) événements? plus anciens?/.exec(text)?.[1] ?? 0)
      return older + (text.match(/^C.était le \d/gm) ?? []).length
    })
    expect(server.received.length).toBeLessThanOrEqual(5)
    expect(eventCounts.reduce((sum, one) => sum + one, 0)).toBe(count)
    for (const { text = '' } of server.received) expect(text.split('\n').length).toBeLessThan(120)
  })
})
