import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoPerson, fold, hasChromium, openBrowserUser, overflows } from '../world/browser.ts'
import { startDemonstration } from '../world/demonstration.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const question = '/fr/identifiant/question-joker'

describe.each(kinds.filter(available))('identifiant oublié, on $directory and $store', kind => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({ ...kind, people: 20 })
  })
  afterAll(() => fixture?.stop())

  const asking = async (number = '204518', date = '14/07/1985') => {
    const visitor = newVisitor(fixture.url)
    const path = '/fr/identifiant/identification/numero-personnel'
    expect((await visitor.post(path, { numero: number, naissance: date })).location).toBe(question)
    const answer = async (reponse: string) => visitor.send(question, { reponse })
    return { visitor, answer }
  }

  it('the joker leads to the login, which is mailed to every known address', async () => {
    const { visitor, answer } = await asking()
    expect((await answer('Félix')).location).toBe('/fr/identifiant/termine')
    expect(textOf((await visitor.get('/fr/identifiant/termine')).html)).toContain('saisissez : clefevre')
    await fixture.portal.outbox.run()
    const { read } = fixture.application.store
    await expect
      .poll(async () =>
        (await read.selectFrom('demo_mails').selectAll().execute()).map(sent => sent.recipient),
      )
      .toEqual(expect.arrayContaining([expect.stringMatching(/^clefevre@/)]))
    const [mail] = await read.selectFrom('demo_mails').selectAll().execute()
    expect(fold(mail?.body ?? '')).toContain('Votre identifiant de connexion est : clefevre.')
  })

  it('no login is shown for a wrong answer or an unknown person', async () => {
    for (const [number, word] of [
      ['204518', 'faux'],
      ['204519', 'Félix'],
    ] as const) {
      const { visitor, answer } = await asking(number)
      expect(textOf((await answer(word)).html)).toContain('Cette réponse ne correspond pas.')
      expect((await visitor.get('/fr/identifiant/termine')).location).toBe(question)
    }
  })

  it('its proof counts in no other journey: the new password stays refused', async () => {
    const { visitor, answer } = await asking()
    await answer('Félix')
    expect((await visitor.get('/fr/mot-de-passe/nouveau')).location).toBe('/fr/identifiant/termine?autre=oui')
    expect((await visitor.post('/fr/mot-de-passe/nouveau', { nouveau: 'x' })).location).toBe(
      '/fr/identifiant/termine?autre=oui',
    )
  })

  it('a frozen account gets the same answer as a wrong one', async () => {
    const found = await fixture.application.directory.findLogin('clefevre')
    if (!found.ok || !found.person) throw new Error('Camille is gone')
    const { id } = found.person
    const freeze = { person: id, kind: 'frozen', until: null, by: 'test', reason: 'test' } as const
    await fixture.application.store.transaction(tx => fixture.application.accounts.freezes.put(tx, freeze))
    const { answer } = await asking()
    expect(textOf((await answer('Félix')).html)).toContain('Cette réponse ne correspond pas.')
    await fixture.application.store.transaction(tx => fixture.application.accounts.freezes.lift(tx, id))
  })

  it('repeated requests delay no mail about a new password, and the button of its own mail closes recovery', async () => {
    const mails = async (said: string) => {
      await fixture.portal.outbox.run()
      const all = await fixture.application.store.read
        .selectFrom('demo_mails')
        .select(['recipient', 'body'])
        .where('recipient', 'like', 'clefevre@%')
        .execute()
      return all.filter(({ body }) => fold(body).includes(said))
    }
    for (let asked = 0; asked < 8; asked += 1) {
      await (await asking()).answer('Félix')
      await fixture.portal.outbox.run()
    }
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAsCamille()
    expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toBe('/fr/mot-de-passe/termine')
    const changed = 'Votre mot de passe a bien été modifié sur Sésame'
    await expect.poll(async () => (await mails(changed)).length).toBe(2)
    const [mail] = await mails('Votre identifiant de connexion est : clefevre.')
    const link = /\/fr\/ce-n-est-pas-moi\/[\w-]+/.exec(mail?.body ?? '')?.[0] ?? ''
    const owner = newVisitor(fixture.url)
    const page = await owner.get(link)
    expect(textOf(page.html)).toContain('Fermer la récupération pendant 7 jours')
    const pressed = await owner.post(link, { jeton: link.split('/').at(-1) ?? '' })
    expect(textOf(pressed.html)).toContain('La récupération est fermée')
    const { answer } = await asking()
    expect(textOf((await answer('Félix')).html)).toContain('Cette réponse ne correspond pas.')
  })
})

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('identifiant oublié, at a browser', () => {
  const { portal, chromium } = startDemonstration()

  it.each([
    { scripts: 'on', options: { viewport: { width: 320, height: 640 } } },
    { scripts: 'off', options: { javaScriptEnabled: false, colorScheme: 'dark' as const } },
  ])('scripts $scripts: from the cards to the login', async ({ options }) => {
    const visitor = await openBrowserUser(chromium(), portal().url, options)
    const { page } = visitor
    const look = async (percent: string | null) => {
      expect(await overflows(page)).toBe(false)
      if (percent) expect(fold(await page.locator('.steps b').innerText())).toBe(percent)
    }
    await visitor.open('/fr/identifiants-oublies')
    await visitor.follow(/^Récupérer mon identifiant/)
    await look(null)
    await page.getByRole('heading', { name: 'INE', exact: true }).click()
    await page.locator('#numero').fill(demoPerson('ybenali').numbers.ine ?? '')
    await page.locator('#naissance').fill(demoPerson('ybenali').typedDate)
    await look('33 %')
    await visitor.submit()
    await look('67 %')
    await visitor.answer('saint amand les eaux')
    await look('100 %')
    expect(await page.locator('#identifiant').innerText()).toBe('ybenali')
    expect(visitor.faults).toEqual([])
    await visitor.leave()
  })
})
