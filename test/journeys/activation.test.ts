import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hours } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { newPerson } from '../../src/services/source/person-lock.ts'
import {
  demoPerson,
  fold,
  hasChromium,
  launchChromium,
  openBrowserUser,
  overflows,
} from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import { confirmContact } from '../world/contacts.ts'
import { appOf, printSheet } from '../world/factors.ts'
import { findPerson } from '../world/find-person.ts'
import { unlimitedPosts } from '../world/limits.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'
import { wrongActivationCode } from '../world/wrong-codes.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const at = (page: string) => `/fr/activation/${page}`
const ines = { number: '22609431', date: '29/2/2008' }
const chosen = 'Tr0mbone&Cascade-3'

/** A person who activates an account, over HTTP. */
const activatingVisitor = (fixture: PortalFixture) => {
  const visitor = newVisitor(fixture.url)
  const send = async (page: string, fields: Readonly<Record<string, string>>) =>
    visitor.send(at(page), fields)
  return {
    visitor,
    send,
    identify: (number = ines.number, date = ines.date, slug = 'numero-etudiant') =>
      visitor.post(at(`identification/${slug}`), { numero: number, naissance: date }),
    type: (code: string) => send('code', { code }),
    choose: (password = chosen) =>
      send('mot-de-passe', { nouveau: password, confirmation: password, charte: 'oui' }),
  }
}

describe.each(kinds.filter(available))('activer mon compte, on $directory and $store', kind => {
  let fixture: PortalFixture
  let person: PersonId
  let code: string
  const clock = movableClock()
  beforeEach(async () => {
    fixture = await startPortal({ ...kind, people: 20, clock, config: { limits: unlimitedPosts } })
    const found = await fixture.application.directory.findLogin('imoreau')
    if (!found.ok || !found.person) throw new Error('Inès is gone')
    person = found.person.id
    code = await fixture.application.store.transaction(tx =>
      fixture.application.proofs.activationCodes.make(tx, person, hours(24)),
    )
  })
  afterEach(() => fixture?.stop())

  const codeIn = async (to: string) => {
    await fixture.portal.outbox.run()
    const { read } = fixture.application.store
    const find = async () =>
      (await read.selectFrom('demo_mails').selectAll().where('recipient', '=', to).execute()).at(-1)
    await expect.poll(find).toBeDefined()
    return /\b\d{4} ?\d{4}\b/.exec(fold((await find())?.body ?? ''))?.[0] ?? ''
  }

  it('opened again by the helpdesk adds no address beside one that was confirmed before, for a day', async () => {
    const { store, proofs, accounts } = fixture.application
    await confirmContact(fixture, { id: person }, 'ancienne@maison.example')
    await store.transaction(tx => proofs.activationCodes.reopen(tx, person))
    const handed = await store.transaction(tx => proofs.activationCodes.make(tx, person, hours(24)))
    const { identify, type, choose, send } = activatingVisitor(fixture)
    await identify()
    expect((await type(handed)).location).toBe(at('mot-de-passe'))
    expect((await choose()).location).toBe(at('question-joker'))
    await send('question-joker', { question: 'pet', reponse: 'Belphégor' })
    const refused = await send('adresse', { contact: 'nouvelle@pirate.example' })
    expect([refused.status, textOf(refused.html).includes('ne changent pas pour')]).toEqual([422, true])
    expect((await send('adresse', { contact: '', passer: 'oui' })).location).toBe(at('mobile'))
    expect((await accounts.contacts.list(person)).map(({ to }) => to)).toEqual(['ancienne@maison.example'])
  })

  it('leads from the activation code to a valid password, a joker that allows recovery, and confirmed contacts', async () => {
    const { visitor, identify, type, choose, send } = activatingVisitor(fixture)
    expect((await identify()).location).toBe(at('code'))
    expect((await type(` ${code.toLowerCase().replaceAll('-', ' ')} `)).location).toBe(at('mot-de-passe'))
    expect((await choose()).location).toBe(at('question-joker'))
    expect((await fixture.application.directory.bind(person, chosen)).ok).toBe(true)

    const refused = await send('question-joker', { question: 'pet', reponse: 'Moreau' })
    expect(textOf(refused.html)).toContain("Choisissez une réponse qui n'est pas votre nom ni votre prénom.")
    expect((await send('question-joker', { question: 'pet', reponse: 'Belphégor' })).location).toBe(
      at('adresse'),
    )
    const own = await send('adresse', { contact: 'imoreau@univ-demo.example' })
    if (kind.directory === 'embedded') expect(textOf(own.html)).toContain('Choisissez une autre adresse')
    else await send('adresse/code', { changer: 'oui' })
    expect((await send('adresse', { contact: 'ines@maison.example' })).location).toBe(at('adresse/code'))
    const malformed = await send('adresse/code', { code: '1' })
    expect(textOf(malformed.html)).toContain('Il vous reste 5 essais.')
    const sent = await codeIn('ines@maison.example')
    const wrong = await send('adresse/code', { code: sent === '1111 1111' ? '22222222' : '11111111' })
    expect(textOf(wrong.html)).toContain('Il vous reste 4 essais.')
    expect((await send('adresse/code', { code: sent })).location).toBe(at('mobile'))
    await send('mobile', { contact: '06 12 34 56 78' })
    expect((await send('mobile/code', { code: await codeIn('+33612345678') })).location).toBe(at('termine'))
    const done = textOf((await visitor.get(at('termine'))).html)
    expect(done).toContain('Votre identifiant de connexion est : imoreau')
    expect(done).toMatch(/Prouvé à \d\d:\d\d:\d\d/)
    expect((await fixture.application.accounts.contacts.list(person)).map(({ to }) => to)).toEqual([
      'ines@maison.example',
      '+33612345678',
    ])

    const back = newVisitor(fixture.url)
    await back.identify('numero-etudiant', ines.number, ines.date)
    expect((await back.answer('belphegor')).location).toMatch(/nouveau$/)
  })

  it('the joker is no part of the password just written, not even after a restart', async () => {
    const { identify, type, choose, send } = activatingVisitor(fixture)
    await identify()
    await type(code)
    await choose()
    fixture = await fixture.restart()
    for (const reponse of ['Cascade', 'trombone', 'Tr0mbone&Cascade-3'])
      expect(textOf((await send('question-joker', { question: 'pet', reponse })).html)).toContain(
        "Choisissez une réponse qui n'est pas dans votre mot de passe.",
      )
    const { facts } = await fixture.application.store.read
      .selectFrom('journeys')
      .select('facts')
      .executeTakeFirstOrThrow()
    expect(facts).not.toMatch(/cascade|trombone/i)
    expect((await send('question-joker', { question: 'pet', reponse: 'Belphégor' })).location).toBe(
      at('adresse'),
    )
    const after = await fixture.application.store.read
      .selectFrom('journeys')
      .select('facts')
      .executeTakeFirstOrThrow()
    expect(JSON.parse(after.facts)).toEqual({ person })
  })

  it('a joker that replaces another, which was set meanwhile, lets no journey write that the other proved', async () => {
    const { identify, type, choose, send } = activatingVisitor(fixture)
    await identify()
    await type(code)
    await choose()
    await chosenOnes['a joker']?.(fixture.application)
    const stranger = newVisitor(fixture.url)
    await stranger.identify('numero-etudiant', ines.number, ines.date)
    expect((await stranger.answer('belphegor')).location).toMatch(/nouveau$/)
    expect((await send('question-joker', { question: 'book', reponse: 'L’Œuvre au noir' })).location).toBe(
      at('adresse'),
    )
    expect((await stranger.choose('Autre&Cascade-4')).location).toMatch(/fin$/)
    expect((await fixture.application.directory.bind(person, chosen)).ok).toBe(true)
  })

  it('both contacts may be left out, and the page says what that costs', async () => {
    const { visitor, identify, type, choose, send } = activatingVisitor(fixture)
    await identify()
    await type(code)
    await choose()
    await send('question-joker', { question: 'book', reponse: 'L’Œuvre au noir' })
    expect(textOf((await visitor.get(at('adresse'))).html)).toContain(
      'un moyen de moins pour récupérer votre compte',
    )
    expect((await send('adresse', { passer: 'oui' })).location).toBe(at('mobile'))
    expect((await send('mobile', { passer: 'oui' })).location).toBe(at('termine'))
    expect(await fixture.application.accounts.contacts.list(person)).toEqual([])
  })

  it('stopped before the password it begins anew with the same code, across a restart', async () => {
    const first = activatingVisitor(fixture)
    await first.identify()
    await first.type(code)
    fixture = await fixture.restart()
    expect((await first.visitor.get(at('mot-de-passe'))).status).toBe(200)
    const second = activatingVisitor(fixture)
    await second.identify()
    expect((await second.type(code)).location).toBe(at('mot-de-passe'))
    expect((await second.choose()).location).toBe(at('question-joker'))
    const late = await first.visitor.get(at('mot-de-passe'))
    expect(late.location).toBe(at('fin'))
    fixture = await fixture.restart()
    expect((await second.visitor.get(at('question-joker'))).status).toBe(200)
  })

  it('a used code says that the account is active, and links to recovery', async () => {
    const first = activatingVisitor(fixture)
    await first.identify()
    await first.type(code)
    await first.choose()
    const again = async () => {
      const { visitor, identify, type } = activatingVisitor(fixture)
      await identify()
      expect((await type(code)).location).toBe(at('fin'))
      const { html } = await visitor.get(at('fin'))
      expect(textOf(html)).toContain('Votre compte est déjà activé')
      return html
    }
    // Stopped before the joker: no recovery is possible.
    expect(await again()).toContain('href="/fr/connexion/vers/premier-jour"')
    await first.send('question-joker', { question: 'pet', reponse: 'Belphégor' })
    expect(textOf(await again())).toContain('Récupérer mon mot de passe')
  })

  const nadia = { number: '198077', date: '2/5/1972', slug: 'numero-personnel' }

  it('an activation code is void for ever once its owner has signed in, even in a journey that it opened', async () => {
    const found = await fixture.application.directory.findLogin('nhaddad')
    if (!found.ok || !found.person) throw new Error('Nadia is gone')
    const { id } = found.person
    const { store, directory } = fixture.application
    const { activationCodes } = fixture.application.proofs
    const letter = await store.transaction(tx => activationCodes.make(tx, id, hours(24)))
    const { visitor, identify, type, choose } = activatingVisitor(fixture)
    await identify(nadia.number, nadia.date, nadia.slug)
    expect((await type(letter)).location).toBe(at('mot-de-passe'))
    const owner = newVisitor(fixture.url)
    expect((await owner.signIn('nhaddad', 'Bienvenue!2026n')).location).toBe('/fr/compte')
    await owner.post('/fr/deconnexion', {})
    expect((await choose()).location).toBe(at('fin'))
    expect((await visitor.get(at('fin'))).html).toContain('href="/fr/connexion/vers/premier-jour"')
    expect((await directory.bind(id, 'Bienvenue!2026n')).ok).toBe(true)
    const again = activatingVisitor(fixture)
    await again.identify(nadia.number, nadia.date, nadia.slug)
    expect((await again.type(letter)).location).toBe(at('fin'))
  })

  type AccountChoice = (application: PortalFixture['application']) => Promise<unknown>
  const chosenOnes: Readonly<Record<string, AccountChoice>> = {
    'a joker': async ({ store, proofs: { joker } }) => {
      const hashed = await joker.hashAnswer('Belphégor')
      if (!hashed.ok) throw new Error(hashed.reason)
      await store.transaction(tx =>
        joker.set(tx, { person, question: 'pet', free: false, kept: hashed.kept }),
      )
    },
    'a confirmed address': ({ store, accounts: { contacts } }) =>
      store.transaction(tx =>
        contacts.add(tx, { id: person, addresses: [] }, 'ines@maison.example' as never),
      ),
    'an app': async ({ store, proofs: { authenticators } }) => {
      await store.transaction(tx => authenticators.begin(tx, person, 'laptop'))
      const offer = await authenticators.offer(person, 'laptop', { issuer: 'test', label: 'test' })
      const app = appOf(offer?.letters ?? '')
      await store.transaction(tx => authenticators.confirm(tx, person, 'laptop', app(clock.now())))
    },
    'a chosen password': ({ store }) =>
      store.transaction(tx =>
        tx
          .insertInto('people')
          .values({ ...newPerson(person), password_chosen_at: clock.now() })
          .onConflict(conflict => conflict.column('person').doUpdateSet({ password_chosen_at: clock.now() }))
          .execute(),
      ),
  }
  it.each(Object.keys(chosenOnes))('an activation code is void once there is %s', async name => {
    const opened = activatingVisitor(fixture)
    await opened.identify()
    await opened.type(code)
    await chosenOnes[name]?.(fixture.application)
    expect((await opened.choose()).location).toBe(at('fin'))
    expect((await fixture.application.directory.bind(person, chosen)).ok).toBe(false)
    const again = activatingVisitor(fixture)
    await again.identify()
    expect((await again.type(code)).location).toBe(at('fin'))
  })

  it.each(['frozen', 'expired'] as const)('a right code is refused like a wrong one: %s', async why => {
    const freeze = { person, kind: 'frozen', until: null, by: 'test', reason: 'test' } as const
    if (why === 'frozen')
      await fixture.application.store.transaction(tx => fixture.application.accounts.freezes.put(tx, freeze))
    else clock.forward(hours(25))
    const { identify, type } = activatingVisitor(fixture)
    await identify()
    const answer = await type(code)
    expect(answer.status).toBe(422)
    expect(textOf(answer.html)).toContain('Ce code ne correspond pas. Il vous reste 9 essais.')
  })

  it('a wrong code sent twice costs one try; after ten even the right one waits', async () => {
    const { visitor, identify, type } = activatingVisitor(fixture)
    await identify()
    const page = await visitor.get(at('code'))
    const form = { code: wrongActivationCode(), demarche: visitor.refIn(page.html) }
    await Promise.all([1, 2, 3, 4].map(() => visitor.post(at('code'), form)))
    expect(textOf((await visitor.get(at('code'))).html)).toContain('Il vous reste 9 essais.')
    for (let n = 1; n < 10; n += 1) await type(wrongActivationCode(n))
    expect(textOf((await type(code)).html)).toContain("Il y a eu trop d'essais")
    clock.forward(hours(2))
    const later = activatingVisitor(fixture)
    await later.identify()
    expect((await later.type(code)).location).toBe(at('mot-de-passe'))
  })

  it.each([
    'AAAA-BBBB-CCCC-DDD',
    'AAAA-BBBB-CCCC-DDDD-E',
    'AAAA-BBBB-CCCC-DDDO',
    'AAAA-BBBB-CCCC-DDD1',
    'ÀAAA-BBBB-CCCC-DDDD',
    '22609431',
    'x'.repeat(100),
  ])('what cannot be a code, « %s », costs no try and leaves no row', async typed => {
    const { visitor, identify, type } = activatingVisitor(fixture)
    await identify()
    await type(wrongActivationCode())
    const rows = async () => {
      const { read } = fixture.application.store
      const counters = read.selectFrom('counters').selectAll().where('name', '!=', 'global')
      // A portal that has just started seals the log by itself.
      const events = read.selectFrom('audit_events').selectAll().where('chain', '!=', 'system')
      // PostgreSQL gives rows in no order.
      return [...(await counters.execute()), ...(await events.execute())]
        .map(row => JSON.stringify(row))
        .sort()
    }
    const before = await rows()
    for (let tried = 0; tried < 12; tried += 1) {
      const answer = await type(typed)
      expect(answer.status).toBe(422)
      expect(textOf(answer.html)).toContain("cet essai n'est pas compté")
    }
    expect(await rows()).toEqual(before)
    expect(textOf((await visitor.get(at('code'))).html)).toContain('Il vous reste 9 essais.')
    expect((await type(code)).location).toBe(at('mot-de-passe'))
  })

  it('known and unknown people get the same pages, tries and rows', {
    timeout: 180_000,
  }, async () => {
    const rows = async () => {
      const { read } = fixture.application.store
      const tables = [
        'journeys',
        'audit_events',
        'notices',
        'mails',
        'people',
        'attempts',
        'joker_tries',
      ] as const
      const lengths = tables.map(async table => (await read.selectFrom(table).selectAll().execute()).length)
      const counted = await read
        .selectFrom('counters')
        .select(eb => ['name', eb.fn.sum<number>('count').as('passed')])
        .where('name', '!=', 'global')
        .groupBy('name')
        .orderBy('name')
        .execute()
      return [...(await Promise.all(lengths)), ...counted.map(({ passed }) => Number(passed))]
    }
    const plain = (html: string) =>
      html
        .replace(/value="[^"]{16}"/, 'value=""')
        .replace(/\d\d:\d\d/g, '00:00')
        .replace(/<style>[\s\S]*?<\/style>/, '')
    const trace = async (number: string, date: string, slug: string) => {
      const before = await rows()
      const { visitor, identify, type } = activatingVisitor(fixture)
      const answers = [(await identify(number, date, slug)).location]
      const shown = [plain((await visitor.get(at('code'))).html)]
      for (const typed of ['FAUX', ...Array.from({ length: 11 }, (_, which) => wrongActivationCode(which))]) {
        const { status, html } = await type(typed)
        answers.push(String(status))
        shown.push(plain(html))
      }
      answers.push((await visitor.get(at('mot-de-passe'))).location)
      const after = await rows()
      const left = after.map((count, index) => count - (before[index] ?? 0))
      return { answers, shown, left }
    }
    await trace(ines.number, '1/1/2001', 'numero-etudiant')
    const known = await trace(ines.number, ines.date, 'numero-etudiant')
    for (const [number, date] of [
      ['22609432', '29/2/2008'],
      [ines.number, '28/2/2008'],
      ['22104587', '3/11/2004'],
    ] as const)
      expect(await trace(number, date, 'numero-etudiant')).toEqual(known)
  })
})

describe.each(kinds.filter(available))(
  'whose account is active already, where the policy takes no joker alone, on $directory and $store',
  kind => {
    let fixture: PortalFixture
    const clock = movableClock()
    beforeAll(async () => {
      const recovery = { preset: 'renforce' }
      fixture = await startPortal({
        ...kind,
        people: 20,
        clock,
        config: { limits: unlimitedPosts, recovery },
      })
    })
    afterAll(() => fixture?.stop())

    it('is led to a recovery that can work, and else to the first day', async () => {
      const person = await findPerson(fixture.application, 'imoreau')
      const { activationCodes } = fixture.application.proofs
      const code = await fixture.application.store.transaction(tx =>
        activationCodes.make(tx, person.id, hours(72)),
      )
      const first = activatingVisitor(fixture)
      await first.identify()
      await first.type(code)
      await first.choose()
      await first.send('question-joker', { question: 'pet', reponse: 'Belphégor' })
      const again = async () => {
        const { visitor, identify, type } = activatingVisitor(fixture)
        await identify()
        expect((await type(code)).location).toBe(at('fin'))
        return (await visitor.get(at('fin'))).html
      }
      const firstDay = 'href="/fr/connexion/vers/premier-jour"'
      // A joker alone recovers nothing under this policy.
      expect(await again()).toContain(firstDay)
      const owner = newVisitor(fixture.url)
      await owner.signIn('imoreau', chosen)
      await printSheet(owner)
      // A sheet proves after a day.
      expect(await again()).toContain(firstDay)
      clock.forward(hours(25))
      expect(textOf(await again())).toContain('Récupérer mon mot de passe')
    })
  },
)

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('activer mon compte, at a browser', () => {
  let fixture: PortalFixture
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  beforeEach(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
  })
  afterEach(() => fixture?.stop())
  afterAll(() => browser?.close())

  const who = demoPerson('imoreau')

  it.each([
    { scripts: 'on', options: { viewport: { width: 320, height: 640 } } },
    { scripts: 'off', options: { javaScriptEnabled: false, colorScheme: 'dark' as const } },
  ])('scripts $scripts: Inès, with the code of the home page', { timeout: 90_000 }, async ({ options }) => {
    const visitor = await openBrowserUser(browser, fixture.url, options)
    const { page } = visitor
    const look = async (percent: string | null) => {
      expect(await visitor.axeFaults()).toEqual([])
      expect(await overflows(page)).toBe(false)
      if (percent) expect(fold(await page.locator('.steps b').innerText())).toBe(percent)
    }
    await visitor.open('/fr/')
    expect(await visitor.text()).toContain(who.activationCode)
    await visitor.follow(/^Activer mon compte/)
    await look(null)
    await page.getByRole('heading', { name: 'Numéro étudiant', exact: true }).click()
    await page.locator('#numero').fill(who.numbers['student-number'] ?? '')
    await page.locator('#naissance').fill(who.typedDate)
    await visitor.submit()
    await page.locator('#code').fill('faux')
    await visitor.submit()
    await look('25 %')
    await page.locator('#code').fill(who.activationCode ?? '')
    await visitor.submit()
    await look('50 %')
    await visitor.choose(chosen)
    await look('75 %')
    await visitor.submit()
    await look('75 %')
    await page.getByRole('radio', { name: /animal de compagnie/ }).check()
    await page.locator('#reponse').fill('Belphégor')
    await visitor.submit()
    await look('75 %')
    await page.locator('#contact').fill('ines@maison.example')
    await visitor.submit()
    await look('75 %')
    await page.getByRole('button', { name: 'Changer d’adresse, ou passer' }).click()
    await page.getByRole('button', { name: 'Passer cette étape' }).click()
    await look('75 %')
    await page.getByRole('button', { name: 'Passer cette étape' }).click()
    await page.waitForURL('**/termine')
    await look('100 %')
    expect(await page.locator('#identifiant').innerText()).toBe('imoreau')
    expect(visitor.faults).toEqual([])
    await visitor.leave()
  })
})
