import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { type BrowserUser, hasChromium, launchChromium, openBrowserUser } from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import { activationCodeFor } from '../world/crowd.ts'
import { enrolApp } from '../world/factors.ts'
import { createKeyboardUser, type KeyboardUser } from '../world/keyboard.ts'
import { unlimited } from '../world/limits.ts'
import { codeSentTo } from '../world/mailbox.ts'
import { withPasskeys } from '../world/passkeys.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

type CrowdMember = PortalFixture['crowd'][number]

const chosen = 'Tr0mbone&Cascade-3'

describe.skipIf(!hasChromium() && process.env.CI !== 'true')(
  'with a keyboard alone',
  { timeout: 120_000 },
  () => {
    let fixture: PortalFixture
    let browser: Browser
    let base: string
    let next = 0
    const clock = movableClock()
    beforeAll(async () => {
      const kind = { directory: 'embedded', store: 'SQLite' } as const
      fixture = await startPortal({ ...kind, clock, crowd: 20, config: { limits: unlimited } })
      base = fixture.url.replace('127.0.0.1', 'localhost')
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser?.close()
      await fixture?.stop()
    })

    /** A member of the crowd in a new browser. */
    const somebody = async (options: BrowserContextOptions) => {
      const crowdMember = fixture.crowd[next]
      next += 1
      if (!crowdMember) throw new Error('the crowd is too small')
      const person = await openBrowserUser(browser, base, options)
      return { crowdMember, person, keys: createKeyboardUser(person) }
    }

    const identify = async (keys: KeyboardUser, { number }: CrowdMember, nextPath: string) => {
      await keys.skip()
      await keys.tabTo(/^Valider$/)
      await keys.enter()
      await keys.correct('numero')
      await keys.press('Control+A')
      await keys.fill(/^Date de naissance/, '02011980')
      await keys.press('Shift+Tab')
      await keys.backAndForth()
      await keys.typeHere(number)
      await keys.enter(nextPath)
    }

    const choose = async (keys: KeyboardUser, password: string, nextPath: string | RegExp) => {
      await keys.tabTo(/Aide pour choisir/)
      await keys.press('Space')
      await keys.fill(/^Nouveau mot de passe/, password)
      await keys.fill(/^Confirmation/, password)
      await keys.tabTo(/^Je reconnais/)
      await keys.press('Space')
      await keys.tabTo(/^Lire le règlement/)
      await keys.tabTo(/^Valider$/)
      await keys.enter(nextPath)
    }

    const signIn = async (keys: KeyboardUser, { login, initialPassword }: CrowdMember, nextPath: string) => {
      await keys.skip()
      await keys.fill(/^Identifiant/, login)
      await keys.backAndForth()
      await keys.fill(/^Mot de passe/, initialPassword)
      await keys.enter(nextPath)
    }

    /** Signs in and opens an account page. */
    const inside = async (options: BrowserContextOptions, slug: string, path = slug) => {
      const { crowdMember, person, keys } = await somebody(options)
      await person.open(`/fr/connexion/vers/${slug}`)
      await signIn(keys, crowdMember, `**/compte/${path}`)
      return { crowdMember, person, keys }
    }

    const leave = async (person: BrowserUser) => {
      expect(person.faults).toEqual([])
      await person.leave()
    }

    describe.each([
      { scripts: 'on, on a desktop', options: {} },
      {
        scripts: 'off, at 320 px',
        options: { javaScriptEnabled: false, viewport: { width: 320, height: 640 } },
      },
    ])('scripts $scripts', ({ options }) => {
      it('a forgotten password is replaced', async () => {
        const { crowdMember, person, keys } = await somebody(options)
        await person.open('/fr/')
        await keys.menu(/^Identifiants oubliés$/, '**/identifiants-oublies')
        await keys.go(/^Récupérer mon mot de passe/, '**/mot-de-passe')
        await keys.go(/^Numéro personnel/, '**/numero-personnel')
        await identify(keys, crowdMember, '**/question-joker')
        await keys.skip()
        await keys.fill(/^Votre réponse/, 'faux')
        await keys.enter()
        await keys.correct('reponse')
        await keys.typeHere('rex')
        await keys.enter('**/nouveau')
        await keys.skip()
        await choose(keys, chosen, '**/termine')
        await leave(person)
      })

      it('a forgotten identifier is shown', async () => {
        const { crowdMember, person, keys } = await somebody(options)
        await person.open('/fr/identifiants-oublies')
        await keys.go(/^Récupérer mon identifiant/, '**/identifiant')
        await keys.go(/^Numéro personnel/, '**/numero-personnel')
        await identify(keys, crowdMember, '**/question-joker')
        await keys.skip()
        await keys.fill(/^Votre réponse/, 'rex')
        await keys.enter('**/termine')
        expect(await person.page.locator('#identifiant').innerText()).toBe(crowdMember.login)
        await leave(person)
      })

      it('an account is activated, with a joker and an address', async () => {
        const { crowdMember, person, keys } = await somebody(options)
        const code = await activationCodeFor(fixture.application, crowdMember)
        await person.open('/fr/')
        await keys.menu(/^Activer mon compte$/, '**/activation')
        await keys.go(/^Numéro personnel/, '**/numero-personnel')
        await identify(keys, crowdMember, '**/code')
        await keys.skip()
        await keys.fill(/^Code d'activation/, code)
        await keys.enter('**/mot-de-passe')
        await keys.skip()
        await choose(keys, chosen, '**/question-joker')
        await keys.skip()
        await keys.tabTo(/animal de compagnie/)
        await keys.press('ArrowDown')
        await keys.fill(/^Votre réponse/, 'cascade')
        await keys.enter()
        await keys.correct('reponse')
        await keys.typeHere('Bourg-la-Reine')
        await keys.enter('**/adresse')
        await keys.skip()
        const address = `${crowdMember.login}@maison.example`
        await keys.fill(/^Adresse mail/, address)
        await keys.enter('**/adresse/code')
        await keys.skip()
        await keys.fill(/^Code reçu/, await codeSentTo(fixture, address))
        await keys.enter('**/mobile')
        await keys.go(/^Passer cette étape$/, '**/termine')
        expect(await person.page.locator('#identifiant').innerText()).toBe(crowdMember.login)
        await leave(person)
      })

      it('a sign-in shows its second factor', async () => {
        const { crowdMember, person, keys } = await somebody(options)
        const owner = newVisitor(fixture.url)
        await owner.signIn(crowdMember.login, crowdMember.initialPassword)
        const { app } = await enrolApp(owner, clock.now)
        clock.forward(minutes(1))
        await person.open('/fr/')
        await keys.menu(/^Gérer mon compte$/, '**/connexion/vers/compte')
        await signIn(keys, { ...crowdMember, initialPassword: 'faux' }, '**/connexion/vers/compte')
        await keys.correct('identifiant')
        await keys.fill(/^Mot de passe/, crowdMember.initialPassword)
        await keys.enter('**/second-element/compte')
        await keys.skip()
        await keys.fill(/^Code/, '000000')
        await keys.enter()
        await keys.correct('code')
        await keys.typeHere(app(clock.now()))
        await keys.enter('**/premier-jour')
        await leave(person)
      })

      it('the password is changed', async () => {
        const { crowdMember, person, keys } = await inside(options, 'mot-de-passe')
        await keys.skip()
        await keys.tabTo(/^Valider$/)
        await keys.enter()
        await keys.correct('ancien')
        await keys.typeHere(crowdMember.initialPassword)
        await choose(keys, chosen, /mot-de-passe\/[\w-]{22}$/)
        await leave(person)
      })

      it('another joker is chosen', async () => {
        const { person, keys } = await inside(options, 'question-joker')
        await keys.skip()
        await keys.tabTo(/^Valider$/)
        await keys.enter()
        await keys.correct('question')
        await keys.press('ArrowDown')
        await keys.fill(/^Votre réponse/, 'Bourg-la-Reine')
        await keys.enter('**/compte/premier-jour')
        await leave(person)
      })

      it('an address is added, confirmed, and taken away', async () => {
        const { crowdMember, person, keys } = await inside(options, 'adresses')
        const address = `${crowdMember.login}@ailleurs.example`
        await keys.skip()
        await keys.fill(/^Ajouter une adresse/, 'x')
        await keys.enter()
        await keys.correct('mail')
        await keys.press('Control+A')
        await keys.typeHere(address)
        await keys.enter('**/adresses/mail')
        await keys.skip()
        await keys.fill(/^Code/, await codeSentTo(fixture, address))
        await keys.enter('**/compte/adresses')
        await keys.go(/^Retirer/, '**/compte/adresses')
        expect(await person.text()).not.toContain(address)
        await leave(person)
      })

      it('before what is sensitive one proves again who one is', async () => {
        const { crowdMember, person, keys } = await inside(options, 'sessions')
        clock.forward(minutes(11))
        await person.open('/fr/compte/adresses')
        await keys.skip()
        await keys.fill(/^Mot de passe/, 'faux')
        await keys.enter('**/confirmer/adresses')
        await keys.correct('motdepasse')
        await keys.typeHere(crowdMember.initialPassword)
        await keys.enter('**/compte/adresses')
        await leave(person)
      })

      it('a session elsewhere is ended, then this one', async () => {
        const { crowdMember, person, keys } = await inside(options, 'sessions')
        const elsewhere = newVisitor(fixture.url)
        await elsewhere.signIn(crowdMember.login, crowdMember.initialPassword)
        await person.page.reload()
        await keys.go(/^Fermer la session/, '**/compte/sessions')
        expect((await elsewhere.get('/fr/compte/sessions')).status).toBe(303)
        await person.open('/fr/compte')
        await keys.menu(/^Se déconnecter$/, '**/deconnexion')
        await leave(person)
      })
    })

    it('a passkey is made, tried, and signs in', async () => {
      const { crowdMember, person, keys } = await somebody({})
      await withPasskeys(person)
      await person.open('/fr/connexion/vers/cles-d-acces')
      await signIn(keys, crowdMember, '**/cles-d-acces')
      await keys.go(/^Ajouter une clé/, '**/nouvelle')
      await keys.skip()
      await keys.tabTo(/^Créer la clé/)
      await keys.enter('**/essai')
      await keys.go(/^Utiliser ma clé/, '**/cles-d-acces')
      await person.open('/fr/compte')
      await keys.menu(/^Se déconnecter$/, '**/deconnexion')
      // The device of this test answers at once where a passkey was used before; a person would be shown a list first.
      await person.page.evaluate(() => localStorage.clear())
      await keys.go(/^Se connecter de nouveau/, '**/connexion')
      await keys.go(/^Se connecter avec une clé/, '**/cle-d-acces/compte')
      await keys.go(/^Utiliser ma clé/, '**/compte/premier-jour')
      await leave(person)
    })
  },
)
