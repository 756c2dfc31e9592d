import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours, minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { unlimitedPosts } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
] as const

describe.each(kinds.filter(available))('a recovery address, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const limits = { ...unlimitedPosts, codesPerDestination: 8 }
    fixture = await startPortal({ ...kind, clock, config: { limits }, people: 20 })
  })
  afterAll(() => fixture?.stop())

  const signedIn = async (login = 'clefevre', password = 'Bienvenue!2026c') => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn(login, password)
    return visitor
  }
  const add = (visitor: Visitor, faire: 'mail' | 'mobile', value: string) =>
    visitor.submit('/fr/compte/adresses', { faire, [faire]: value })
  const type = (visitor: Visitor, code: string, of = 'mail') =>
    visitor.submit(`/fr/compte/adresses/${of}`, { code })
  const mailsTo = async (recipient: string) =>
    (await fixture.application.store.read.selectFrom('demo_mails').selectAll().execute()).filter(
      mail => mail.recipient === recipient,
    )
  /** The code in the newest mail or text message to this destination. */
  const codeTo = async (recipient: string, count = 1) => {
    await expect.poll(async () => (await mailsTo(recipient)).length).toBeGreaterThanOrEqual(count)
    const newest = (await mailsTo(recipient)).sort((a, b) => b.received_at - a.received_at)[0]
    return (/\b\d{4}\s?\d{4}\b/.exec(newest?.body ?? '')?.[0] ?? '').replace(/\D/g, '')
  }
  const wrong = (code: string) => (code === '00000000' ? '00000001' : '00000000')

  it('works once its code was typed, and every known address is notified', async () => {
    const visitor = await signedIn()
    expect((await add(visitor, 'mail', 'camille@ailleurs.example')).location).toBe('/fr/compte/adresses/mail')
    const code = await codeTo('camille@ailleurs.example')
    expect(textOf((await visitor.get('/fr/compte/adresses')).html)).not.toContain('camille@ailleurs.example')
    const refused = await type(visitor, wrong(code))
    expect(refused.location).toBe('/fr/compte/adresses/mail')
    expect(textOf(refused.refusal ?? '')).toContain('Il vous reste 4 essais')
    expect((await type(visitor, `${code.slice(0, 4)} ${code.slice(4)}`)).location).toBe('/fr/compte/adresses')
    expect(textOf((await visitor.get('/fr/compte/adresses')).html)).toContain('camille@ailleurs.example')
    await expect
      .poll(async () => (await mailsTo('clefevre@maison.example')).map(({ subject }) => subject))
      .toContain('Un moyen de secours a été ajouté à votre compte')
    const { body } = (await mailsTo('camille@ailleurs.example'))[0] ?? { body: '' }
    expect(body).not.toMatch(/Camille Lef|clefevre/)
  })

  it('confirmed lately, it gets mails whose button only closes recovery', async () => {
    const journey = newVisitor(fixture.url)
    await journey.answerJokerAsCamille()
    await journey.choose('Tr0mbone&Cascade-3')
    const about = async (recipient: string) => {
      const findMail = async () =>
        (await mailsTo(recipient)).find(({ subject }) => subject.includes('mot de passe a bien été'))
      await expect.poll(findMail).toBeTruthy()
      return textOf((await findMail())?.body ?? '')
    }
    expect(await about('camille@ailleurs.example')).toContain('ferme la récupération')
    expect(await about('clefevre@maison.example')).toContain('gèle votre compte')
  })

  it('five wrong codes end it, and so do ten minutes', async () => {
    const visitor = await signedIn('ybenali', 'Bienvenue!2026y')
    await add(visitor, 'mail', 'yanis@ailleurs.example')
    const code = await codeTo('yanis@ailleurs.example')
    for (let tries = 0; tries < 5; tries += 1) await type(visitor, wrong(code))
    expect(textOf((await type(visitor, code)).refusal ?? '')).toContain('Ce code ne sert plus')
    await add(visitor, 'mail', 'yanis@ailleurs.example')
    const second = await codeTo('yanis@ailleurs.example', 2)
    clock.forward(minutes(10.1))
    const confirm = '/fr/connexion/confirmer/adresses'
    expect((await type(visitor, second)).location).toBe(confirm)
    await visitor.post(confirm, { motdepasse: 'Bienvenue!2026y' })
    const late = await type(visitor, second)
    expect(textOf(late.refusal ?? '')).toContain('Ce code ne sert plus')
    expect(await fixture.application.store.read.selectFrom('contacts').selectAll().execute()).toHaveLength(1)
  })

  it('a mobile is confirmed by a text message', async () => {
    const visitor = await signedIn('ybenali', 'Bienvenue!2026y')
    expect(textOf((await add(visitor, 'mobile', '03 27 00 00 00')).refusal ?? '')).toContain('numéro')
    await add(visitor, 'mobile', '06 12 34 56 78')
    await type(visitor, await codeTo('+33612345678'), 'mobile')
    expect(textOf((await visitor.get('/fr/compte/adresses')).html)).toContain('+33612345678')
  })

  it('only its owner can remove it, and the removed address is notified', async () => {
    const row = async () =>
      (await fixture.application.store.read.selectFrom('contacts').selectAll().execute()).find(
        one => one.kind === 'mail',
      )
    const laquelle = (await row())?.id ?? ''
    const stranger = await signedIn('ybenali', 'Bienvenue!2026y')
    await stranger.post('/fr/compte/adresses', { faire: 'retirer', laquelle })
    expect((await row())?.id).toBe(laquelle)
    // For a day after the recovery above it stays as it is, for its owner too.
    clock.forward(hours(25))
    const owner = await signedIn('clefevre', 'Tr0mbone&Cascade-3')
    await owner.post('/fr/compte/adresses', { faire: 'retirer', laquelle })
    expect(await row()).toBe(undefined)
    await expect
      .poll(async () => (await mailsTo('camille@ailleurs.example')).map(({ subject }) => subject))
      .toContain('Un moyen de secours a été retiré de votre compte')
  })

  it('is sealed in the store: neither rows nor the audit show it', async () => {
    const { read } = fixture.application.store
    const rows = [
      ...(await read.selectFrom('contacts').selectAll().execute()),
      ...(await read.selectFrom('sent_codes').selectAll().execute()),
      ...(await read.selectFrom('audit_details').selectAll().execute()),
    ]
    expect(JSON.stringify(rows)).not.toMatch(/camille@ailleurs|yanis@ailleurs|612345678/)
  })

  it('a session that is no longer fresh proves again who it is before it changes anything', async () => {
    const visitor = await signedIn('ybenali', 'Bienvenue!2026y')
    clock.forward(minutes(11))
    expect((await add(visitor, 'mail', 'autre@ailleurs.example')).location).toBe(
      '/fr/connexion/confirmer/adresses',
    )
    await visitor.post('/fr/connexion/confirmer/adresses', { motdepasse: 'Bienvenue!2026y' })
    expect((await add(visitor, 'mail', 'autre@ailleurs.example')).location).toBe('/fr/compte/adresses/mail')
  })
})
