import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { helpSlugs } from '../../src/routes.ts'
import { sourceText, textKeys } from '../../src/texts/texts.ts'
import { hasChromium, launchChromium, openBrowserUser, overflows } from '../world/browser.ts'
import { sendWaitingMails } from '../world/mailbox.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { root } from '../world/root.ts'
import { scratchFolder } from '../world/scratch.ts'
import { newVisitor } from '../world/visitor.ts'

const folder = scratchFolder('sesame-overrides-')
afterAll(() => rmSync(folder, { recursive: true }))

type Sentences = Readonly<Record<string, string>>

/** A portal whose folder of overrides has these files. */
const withOverrides = (
  name: string,
  texts: { readonly fr: Sentences | string; readonly en: Sentences },
  others: Readonly<Record<string, string | Buffer>> = {},
) => {
  const overrides = join(folder, name)
  mkdirSync(overrides)
  writeFileSync(
    join(overrides, 'texts.fr.yaml'),
    typeof texts.fr === 'string' ? texts.fr : stringify(texts.fr),
  )
  writeFileSync(join(overrides, 'texts.en.yaml'), stringify(texts.en))
  for (const [file, content] of Object.entries(others)) {
    mkdirSync(dirname(join(overrides, file)), { recursive: true })
    writeFileSync(join(overrides, file), content)
  }
  return startPortal({ directory: 'embedded', store: 'SQLite', config: { overrides } })
}

const own = {
  fr: {
    'home.lead': "L'université vous ouvre : entrez !",
    'answer-wrong': '{left, plural, one {Raté, encore # essai.} other {Raté, encore # essais.}}',
    'question.pet': 'Comment appeliez-vous votre animal ?',
    'help.password.lead': 'Le guide de la cité Descartes.',
    'foot.privacy': 'Vos données chez nous',
    'forgotten.password': 'Je ne le connais plus',
    'mail.password-changed.subject': 'Nouveau mot de passe à Clairval',
    'mail.password-changed': 'Le mot de passe de votre compte de Clairval est nouveau.',
    'mail.signature': "L'équipe de {institution}",
  },
  en: {
    'home.lead': "The university's portal is open!",
    'answer-wrong': '{left, plural, one {Missed, # more.} other {Missed, # more.}}',
    'question.pet': 'What was your animal called?',
    'help.password.lead': 'The guide of the Descartes halls.',
    'foot.privacy': 'Your data with us',
    'mail.identifier-told.subject': 'Your login at Clairval',
    'mail.identifier-told': 'At Clairval you are {login}.',
    'mail.signature': 'The team of {institution}',
  },
} as const

const logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 30"><path d="M0 0h300v30H0z"/></svg>'
const mailLogo = readFileSync(join(root, 'src/ui/icons/icon-192.png'))
const files = {
  'help/mot-de-passe.fr.md':
    "# Dans les résidences\n\nL'accueil de la résidence Pascal vous aide.\n\n- Badge\n- Clé\n",
  'help/mot-de-passe.en.md': '# In the halls\n\nThe desk of Pascal hall helps you.\n',
  'logo.svg': logo,
  'logo.png': mailLogo,
}

describe('a portal with own sentences', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await withOverrides('own', own, files)
  })
  afterAll(() => fixture?.stop())
  const pageOf = async (path: string) => (await newVisitor(fixture.url).get(path)).html

  it('says them on its pages in every language, with the typography of each', async () => {
    expect(await pageOf('/fr')).toContain('L’université vous ouvre\u00a0: entrez\u202f!')
    expect(await pageOf('/en')).toContain('The university’s portal is open!')
    for (const path of ['/fr', '/fr/nulle-part'])
      expect(await pageOf(path)).toContain('Vos données chez nous')
    for (const path of ['/en', '/en/nowhere']) expect(await pageOf(path)).toContain('Your data with us')
  })

  it('says them in the help, and its search finds them', async () => {
    expect(await pageOf('/fr/aide/mot-de-passe')).toContain('Le guide de la cité Descartes.')
    expect(await pageOf('/fr/aide/recherche?q=Descartes')).toContain('/fr/aide/mot-de-passe')
    expect(await pageOf('/en/aide/recherche?q=Descartes')).toContain('/en/aide/mot-de-passe')
  })

  it('has own sections on a page of the help, which the search finds', async () => {
    const french = await pageOf('/fr/aide/mot-de-passe')
    expect(french).toContain('<h2 id="etablissement-1">Dans les résidences</h2>')
    expect(french).toContain('L’accueil de la résidence Pascal vous aide.')
    expect(french).toMatch(/<li><span>Badge<\/span><\/li>/)
    expect(await pageOf('/en/aide/mot-de-passe')).toContain('The desk of Pascal hall helps you.')
    expect(await pageOf('/fr/aide/connexion')).not.toContain('Dans les résidences')
    expect(await pageOf('/fr/aide/recherche?q=Pascal')).toContain('/fr/aide/mot-de-passe#etablissement-1')
  })

  it('shows no picture of a button that it names otherwise', async () => {
    const french = await pageOf('/fr/aide/guide/personnel')
    expect(french).toContain('Je ne le connais plus')
    expect(french).toMatch(/\/choose-staff\.\w+\.webp/)
    expect(french).not.toMatch(/\/forgotten\.\w+\.webp/)
    expect(await pageOf('/en/aide/guide/personnel')).toMatch(/\/forgotten\.\w+\.webp/)
  })

  it('sends the logo once for all pages, under an address that changes with it', async () => {
    const [, path = ''] = /<img src="(\/logo-[\w-]{12}\.svg)"[^>]*width="380"/.exec(await pageOf('/fr')) ?? []
    const { status, headers, html } = await newVisitor(fixture.url).get(path)
    expect([status, html]).toEqual([200, logo])
    expect(headers.get('content-type')).toBe('image/svg+xml')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(fixture.settings.config.branding.mailLogoFile).toMatch(/logo\.png$/)
  })

  it.each([
    [320, 'light'],
    [320, 'dark'],
    [600, 'light'],
    [1280, 'dark'],
  ] as const)(
    'fits the widest logo at %i px, in %s',
    { skip: !hasChromium() },
    async (width, colorScheme) => {
      const browser = await launchChromium()
      const viewport = { width, height: 700 }
      const person = await openBrowserUser(browser, fixture.url, { colorScheme, viewport })
      for (const path of ['/fr', '/en/aide/mot-de-passe']) {
        await person.open(path)
        expect(await overflows(person.page), path).toBe(false)
        expect(await person.axeFaults(), path).toEqual([])
        const box = await person.page.locator('.logo img').boundingBox()
        expect(box?.height).toBeCloseTo(37.8, 0)
        expect(box?.width).toBeGreaterThan(90)
      }
      expect(person.faults).toEqual([])
      await browser.close()
    },
  )

  it('shows no logo on a page whose address holds a secret, which loads nothing', async () => {
    const page = await pageOf('/fr/ce-n-est-pas-moi/Hc3v0m2Qn5rT8yUoPa1sDf')
    expect(page).toContain('class="brand"')
    expect(page).not.toContain('<img')
  })

  it('says them in a journey, with their values, and in both parts of its mail', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-personnel', '204518', '14/07/1985')
    expect((await visitor.get('/fr/mot-de-passe/question-joker')).html).toContain(
      'Comment appeliez-vous votre animal\u202f?',
    )
    expect((await visitor.answer('Médor')).html).toMatch(/Raté, encore \d\u00a0essais\./)
    await visitor.answer('Félix')
    expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
    await sendWaitingMails(fixture)
    const mails = await fixture.application.store.read.selectFrom('demo_mails').selectAll().execute()
    const changed = mails.filter(({ subject }) => subject === 'Nouveau mot de passe à Clairval')
    expect(changed.length).toBeGreaterThan(0)
    for (const { html, body } of changed)
      for (const part of [html, body]) {
        expect(part).toContain('Le mot de passe de votre compte de Clairval est nouveau.')
        expect(part.replace(/\s+/g, ' ')).toContain('L’équipe de Université de Clairval')
      }
    for (const { html } of changed) expect(html).toContain('src="cid:logo@sesame"')
  })

  it('refuses an answer that its own question contains', async () => {
    const visitor = newVisitor(fixture.url)
    const { location } = await visitor.signIn('ybenali', 'Bienvenue!2026y')
    expect(location).toContain('/fr/compte')
    const path = '/fr/compte/question-joker'
    const { refusal } = await visitor.submit(path, { question: 'pet', propre: '', reponse: 'appeliez' })
    expect(refusal).toContain('Comment appeliez-vous votre animal')
    expect(refusal).toContain('question')
  })

  it('says them in the English mail of an English journey', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.post('/en/identifiant/identification/numero-personnel', {
      numero: '204518',
      naissance: '14/07/1985',
    })
    await visitor.send('/en/identifiant/question-joker', { reponse: 'Félix' })
    await sendWaitingMails(fixture)
    const mails = await fixture.application.store.read
      .selectFrom('demo_mails')
      .selectAll()
      .where('subject', '=', 'Your login at Clairval')
      .execute()
    expect(mails.length).toBeGreaterThan(0)
    for (const { html, body } of mails)
      for (const part of [html, body]) expect(part).toContain('At Clairval you are clefevre.')
  })
})

it('a page of the help has 14 KB at most with as much as an institution may add to it', async () => {
  const sentences = textKeys.map(key => sourceText(key).replace(/[{}]/g, '')).join(' ')
  const section = `# Tout\n\n${sentences.slice(0, 3990)}\n`
  const fixture = await withOverrides(
    'long',
    { fr: {}, en: {} },
    Object.fromEntries(Object.values(helpSlugs).map(slug => [`help/${slug}.fr.md`, section])),
  )
  for (const slug of Object.values(helpSlugs)) {
    const { html } = await newVisitor(fixture.url).get(`/fr/aide/${slug}`)
    expect(html, slug).toContain('<h2 id="etablissement-1">Tout</h2>')
    expect(gzipSync(html).length, slug).toBeLessThan(14_336)
  }
  await fixture.stop()
})

it('browsers that keep a page get the new one when its sentences changed, and only then', async () => {
  const etagOf = async (name: string, lead: string) => {
    const fixture = await withOverrides(name, { fr: { 'home.lead': lead }, en: { 'home.lead': lead } })
    const { headers } = await newVisitor(fixture.url).get('/fr')
    await fixture.stop()
    return headers.get('etag')
  }
  const first = await etagOf('first', 'Entrez.')
  expect(await etagOf('same', 'Entrez.')).toBe(first)
  expect(await etagOf('changed', 'Entrez donc.')).not.toBe(first)
})

it('a portal whose own sentences are broken starts, says its own, and logs the file and the line of each', async () => {
  const fixture = await withOverrides('broken', {
    fr: 'home.lead: "Bonjour {name}"\nnav.menu: "Sommaire"\nnav.help: "Aide et conseils"\n',
    en: { 'nav.menu': 'Contents' },
  })
  const { status, html } = await newVisitor(fixture.url).get('/fr')
  expect(status).toBe(200)
  expect(html).toContain('Vous pouvez tout faire ici')
  expect(html).toContain('Sommaire')
  const logged = fixture.lines
    .map(line => JSON.parse(line) as Record<string, unknown>)
    .filter(({ check }) => check === 'overrides')
  expect(logged).toEqual([
    {
      level: 'warn',
      check: 'overrides',
      file: join(folder, 'broken', 'texts.fr.yaml'),
      line: 1,
      detail:
        '`home.lead` has {name}, which nothing fills in: the product’s sentence has no placeholder. The product’s sentence is used.',
    },
  ])
  await fixture.stop()
})
