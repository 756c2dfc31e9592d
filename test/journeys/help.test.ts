import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { helpPages } from '../../src/help/all.ts'
import { createHelpContext } from '../../src/help/help-context.ts'
import { helpSlugs, hrefIn, type RouteName, routes } from '../../src/routes.ts'
import type { Language } from '../../src/texts/texts.ts'
import { helpFor } from '../../src/ui/help-links.ts'
import { helpPartsOf } from '../world/application-parts.ts'
import { hasChromium, launchChromium, openBrowserUser, overflows } from '../world/browser.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const addressesIn = (fixture: PortalFixture, language: Language) => {
  const href = hrefIn(language)
  return helpPages(createHelpContext(helpPartsOf(fixture.application))).map(({ at }) =>
    href(at.route, at.params),
  )
}

/** The results of a search, as its page lists them. */
const answersIn = (html: string) =>
  [...html.matchAll(/<a href="([^"]*)"><b>([^<]*)<\/b>/g)].map(([, href, title]) => ({
    href: href ?? '',
    title: textOf(title ?? ''),
  }))

describe('the help', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
  })
  afterAll(() => fixture?.stop())

  const search = async (asked: string, language: Language = 'fr') => {
    const { html, status, headers } = await newVisitor(fixture.url).get(
      `/${language}/aide/recherche?${new URLSearchParams({ q: asked })}`,
    )
    return { html, status, headers, text: textOf(html), answers: answersIn(html) }
  }
  const first = async (asked: string, language: Language = 'fr') => (await search(asked, language)).answers[0]

  it('is reached from every page of a journey, at the passage that answers it', async () => {
    const pages = (Object.keys(routes) as RouteName[]).flatMap(name => helpFor(name) ?? [])
    const visitor = newVisitor(fixture.url)
    for (const { topic, section } of pages) {
      const { html, status } = await visitor.get(hrefIn('fr')('helpTopic', { topic: helpSlugs[topic] }))
      expect(status).toBe(200)
      if (section) expect(html, `${topic}#${section}`).toContain(`id="${section}"`)
    }
    const joker = newVisitor(fixture.url)
    await joker.identify('numero-personnel', '204518', '14/07/1985')
    const step = await joker.get('/fr/mot-de-passe/question-joker')
    const help = step.html.includes('href="/fr/aide/mot-de-passe#question-joker"')
    expect(help).toBe(true)
    expect(step.html.includes('href="/en/mot-de-passe/question-joker"')).toBe(true)
    expect(textOf(step.html)).toContain("Aide pour cette page : J'ai oublié mon mot de passe")
  })

  it('leads nowhere that does not exist', async () => {
    const visitor = newVisitor(fixture.url)
    for (const language of ['fr', 'en'] as const) {
      const pages = ['/aide', '/aide/eduroam'].map(path => `/${language}${path}`)
      for (const path of [...pages, ...addressesIn(fixture, language)]) {
        const { html } = await visitor.get(path)
        const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'))
        for (const [, href = ''] of main.matchAll(/(?:href|src)="(\/[^"#]*)/g)) {
          const { status, location } = await visitor.get(href)
          expect(status === 200 || location?.includes('/connexion'), `${path} → ${href}`).toBeTruthy()
        }
      }
    }
  })

  it('finds a page by its own words, with or without accents, capitals, hyphens and plurals', async () => {
    expect(await first('MOT DE PASSE OUBLIE')).toMatchObject({ title: "J'ai oublié mon mot de passe" })
    expect(await first('mots de passe oubliés')).toMatchObject({ title: "J'ai oublié mon mot de passe" })
    for (const asked of ['wifi', 'Wi-Fi', 'WI FI iphone'])
      expect((await first(asked))?.href, asked).toMatch(/^\/fr\/aide\/eduroam/)
    expect(await first('hameçonnage')).toMatchObject({ title: "J'ai reçu un mail que je n'ai pas demandé" })
    expect(await first('hameconnage')).toEqual(await first('hameçonnage'))
    expect((await first('code activation'))?.href).toMatch(/^\/fr\/aide\/activation#/)
    expect((await first('INE'))?.href).toMatch(/etudiant/)
    expect((await first('forgotten login', 'en'))?.href).toMatch(/^\/en\/aide\/identifiant#/)
    expect((await first('phishing', 'en'))?.href).toMatch(/ce-n-est-pas-moi/)
  })

  const password = /aide\/(mot-de-passe|changer-mon-mot-de-passe)/
  it.each([
    ['password', 'fr', password],
    ['mdp', 'fr', password],
    ['MDP oublié', 'fr', /aide\/mot-de-passe/],
    ['imprimante', 'fr', /aide\/mon-compte/],
    ['imprimer', 'fr', /aide\//],
    ['eduroame', 'fr', /aide\/eduroam/],
    ['Eduraom', 'fr', /aide\/eduroam/],
    ['wifi', 'fr', /aide\/eduroam/],
    ['wfii', 'fr', /aide\/eduroam/],
    ['pasword', 'fr', password],
    ['imprimente', 'fr', /aide\/mon-compte/],
    ['identifiantt', 'fr', /aide\/identifiant/],
    ['hameçonage', 'fr', /aide\/ce-n-est-pas-moi/],
    ['mot de pase oublié', 'fr', /aide\/mot-de-passe/],
    ['mdp', 'en', password],
    ['imprimante', 'en', /aide\/mon-compte/],
    ['printer', 'en', /aide\/mon-compte/],
    ['eduroame', 'en', /aide\/eduroam/],
    ['wi-fi', 'en', /aide\/eduroam/],
    ['pasword', 'en', password],
    ['phising', 'en', /aide\/ce-n-est-pas-moi/],
  ] as const)(
    'finds by « %s », in %s, other words for a thing and words with one wrong letter',
    async (asked, language, found) => {
      expect((await first(asked, language))?.href).toMatch(found)
    },
  )

  it('takes no short word and no word of two wrong letters for another', async () => {
    for (const nothing of ['wxf', 'edurrrame', 'zdurobm'])
      expect((await search(nothing)).answers, nothing).toEqual([])
  })

  it('links each search result to the passage with the words', async () => {
    const { answers } = await search('majuscules accents tirets joker')
    expect(answers[0]?.href).toBe('/fr/aide/mot-de-passe#question-joker')
  })

  it('says when it finds nothing, and shows all it has', async () => {
    for (const nothing of ['zzyzx', '!!! ???', '日本語']) {
      const { status, text, answers } = await search(nothing)
      expect([status, answers], nothing).toEqual([200, []])
      expect(text).toContain(`L'aide ne dit rien de « ${nothing.trim()} »`)
      expect(text).toContain("Je n'ai jamais activé mon compte")
    }
    expect((await search('')).text).toContain('Que cherchez-vous ?')
    expect((await search('le de la et')).answers.length).toBeLessThanOrEqual(8)
  })

  it('keeps what was asked when the language changes', async () => {
    const { html } = await search('wifi & co')
    expect(html).toContain('href="/en/aide/recherche?q=wifi+%26+co"')
  })

  it('takes hostile questions for words: nothing runs, nothing breaks, nothing is kept or logged', async () => {
    const before = fixture.lines.length
    const hostile = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '{count, plural, one {x}}',
      "' OR 1=1 --",
      '\u202e\u2068\u0000',
      '(((((((((((((a+)+)+)+$',
      '%00%ff',
      'a '.repeat(400),
      'ß'.repeat(3000),
    ]
    for (const asked of hostile) {
      const { status, html, headers } = await search(asked)
      expect(status, asked.slice(0, 40)).toBe(asked.length > 2000 ? 431 : 200)
      if (status === 431) continue
      expect(html).not.toMatch(/<script>alert|<img src=x/)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.getSetCookie()).toEqual([])
    }
    const visitor = newVisitor(fixture.url)
    expect((await visitor.get('/fr/aide/recherche?q=wifi&q=code')).status).toBe(200)
    expect((await visitor.get('/fr/aide/recherche?q[a]=wifi&__proto__=x')).status).toBe(200)
    expect((await visitor.get('/fr/aide/recherche?q=%E0%A4%A')).status).toBe(200)
    expect((await visitor.get(`/fr/aide/recherche?q=${'a'.repeat(15_000)}`)).status).toBe(200)
    expect((await visitor.post('/fr/aide/recherche', { q: 'wifi' })).status).toBe(405)
    expect(fixture.lines.slice(before).join()).not.toMatch(/wifi|alert/)
  })

  it('follows the configuration: services, rules, figures, mobiles, and whom to call', async () => {
    const own = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      config: {
        password: { preset: 'nist' },
        limits: { jokerTries: 4, journeyIdle: 20 * 60_000 },
        services: [
          {
            id: 'vpn',
            name: { fr: 'VPN', en: 'VPN' },
            use: { fr: 'au réseau privé de la fac', en: 'the private network' },
          },
        ],
        branding: { helpdesk: { phone: '02 00 00 00 01', mail: 'aide@iles.example' } },
      },
    })
    const visitor = newVisitor(own.url)
    const text = textOf((await visitor.get('/fr/aide/mot-de-passe')).html)
    expect(text).toContain('Au réseau privé de la fac')
    expect(text).toContain('entre 15 et 64 caractères')
    expect(text).toContain('Vous avez 4 essais.')
    expect(text).toContain('20 minutes sans action')
    expect(text).toContain('02 00 00 00 01')
    expect(text).not.toMatch(/eduroam|Papercut/i)
    const guide = (await visitor.get('/fr/aide/guide/personnel')).html
    expect(guide).not.toMatch(/images\/(new-password|done)\./)
    expect(answersIn((await visitor.get('/fr/aide/recherche?q=eduroam')).html)).toEqual([])
    await own.stop()
  })

  it('does not mention a mobile where text messages are not configured', async () => {
    const known = createHelpContext(helpPartsOf(fixture.application))
    const pagesText = (mobiles: boolean) => JSON.stringify(helpPages({ ...known, mobiles }))
    expect(pagesText(true)).toContain('help.account.back.mobile')
    expect(pagesText(false)).not.toMatch(/help\.(account\.back|activation\.steps)\.mobile/)
  })

  it('speaks of the sign-in page that there is', async () => {
    const known = createHelpContext(helpPartsOf(fixture.application))
    const elsewhere = {
      ...known,
      embeddedSignIn: false,
      picturesMatch: { ...known.picturesMatch, signIn: false },
    }
    expect(JSON.stringify(helpPages(known))).toContain('help.sign-in.refused.wait')
    expect(JSON.stringify(helpPages(elsewhere))).not.toMatch(/refused\.wait|"picture":"sign-in/)
    expect(JSON.stringify(helpPages(elsewhere))).toContain('help.sign-in.refused.server')
  })
})

/** The pages themselves are checked with all others (`test/pages/`). */
describe.skipIf(!hasChromium() && process.env.CI !== 'true')('the search of the help in a browser', () => {
  it.each([
    ['fr', 'at 320 px', { viewport: { width: 320, height: 640 } }],
    ['en', 'at night', { colorScheme: 'dark' as const }],
  ] as const)(
    'in %s %s: axe finds nothing, nothing is to be scrolled sideways',
    async (language, _, options) => {
      const fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
      const browser = await launchChromium()
      const visitor = await openBrowserUser(browser, fixture.url, options)
      const search = ['wifi', 'zzyzx', '', `${'m'.repeat(90)}`].map(q => `/${language}/aide/recherche?q=${q}`)
      for (const path of search) {
        await visitor.open(path)
        expect(await visitor.axeFaults(), path).toEqual([])
        expect(await overflows(visitor.page), path).toBe(false)
      }
      expect(visitor.faults).toEqual([])
      await browser.close()
      await fixture.stop()
    },
  )

  it('is searched without scripts, by the keyboard', async () => {
    const fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
    const browser = await launchChromium()
    const visitor = await openBrowserUser(browser, fixture.url, { javaScriptEnabled: false })
    await visitor.open('/fr/aide')
    await visitor.page.locator('#q').focus()
    await visitor.page.keyboard.type('téléphone perdu')
    await visitor.page.keyboard.press('Enter')
    await visitor.page.waitForURL('**/recherche?q=*')
    expect(await visitor.heading()).toMatch(/réponses? pour « téléphone perdu »/)
    await visitor.page.getByRole('link', { name: /Je n’arrive pas à me connecter/ }).click()
    expect(visitor.path()).toBe('/fr/aide/connexion')
    await browser.close()
    await fixture.stop()
  })
})
