import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hours } from '../../src/clock.ts'
import {
  type BrowserUser,
  demoPerson,
  hasChromium,
  launchChromium,
  openBrowserUser,
} from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'

const good = 'Tr0mbone&Cascade-3'

describe.skipIf(!hasChromium() && process.env.CI !== 'true').each([
  { scripts: 'on', options: {} },
  { scripts: 'off', options: { javaScriptEnabled: false } },
])('refusals, scripts $scripts', ({ options }) => {
  let fixture: PortalFixture
  let browser: Browser
  let visitor: BrowserUser
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', clock })
    browser = await launchChromium()
  })
  beforeEach(async () => {
    await visitor?.leave()
    visitor = await openBrowserUser(browser, fixture.url, options)
    clock.forward(hours(1))
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  /** The summary comes first, has the focus, and each of its links leads to its field. */
  const expectRefusal = async (...sentences: string[]) => {
    const text = await visitor.text()
    for (const sentence of sentences) expect(text).toContain(sentence)
    // A browser applies `autofocus` when it first paints the page.
    await expect.poll(() => visitor.page.evaluate(() => document.activeElement?.className)).toBe('summary')
    const targets = await visitor.page
      .locator('.summary a')
      .evaluateAll(links =>
        links.map(link => document.querySelector((link as HTMLAnchorElement).hash)?.tagName),
      )
    expect(targets.every(tag => tag === 'INPUT')).toBe(true)
    expect(await visitor.page.title()).toMatch(/^Erreur/)
  }

  describe('identification', () => {
    it.each([
      ['', '', ['Saisissez votre numéro.', 'Saisissez votre date de naissance, par exemple 1/2/1980.']],
      ['204518', '14/07/85', ["Écrivez l'année avec 4 chiffres, par exemple 1/2/1980."]],
      ['204518', '31/02/1985', ["Cette date n'existe pas."]],
      ['204518', 'juillet', ["Écrivez le jour, le mois et l'année, par exemple 1/2/1980."]],
      ['2045;18', '14/07/1985', ["Saisissez le numéro tel qu'il est écrit"]],
    ])('« %s » and « %s » are told what to do, and keep what was typed', async (number, date, sentences) => {
      await visitor.identify('clefevre', 'staff-number', { number, date })
      await expectRefusal(...sentences)
      expect(await visitor.page.locator('#numero').inputValue()).toBe(number)
      expect(await visitor.page.locator('#naissance').inputValue()).toBe(date)
    })

    it('an INE with a wrong key goes on, with one sentence, known or not', async () => {
      await visitor.identify('ybenali', 'ine', { number: '0123456789A' })
      expect(visitor.path()).toBe('/fr/mot-de-passe/question-joker')
      expect(await visitor.text()).toContain("La dernière lettre ou le dernier chiffre de l'INE saisi")
    })
  })

  describe('the joker question', () => {
    const question = () => visitor.page.locator('#question').innerText()

    it.each([
      ['an unknown number', 'clefevre', { number: '999123' }],
      ['a wrong birth date', 'clefevre', { date: '1/2/1980' }],
      ['somebody without a joker', 'nhaddad', {}],
      ['a number of another population', 'clefevre', { number: demoPerson('ybenali').numbers.ine ?? '' }],
    ])('%s is asked a stable question and refused like a wrong answer', async (_, login, more) => {
      await visitor.identify(login, 'staff-number', more)
      const first = await question()
      await visitor.answer('Félix')
      await expectRefusal('Cette réponse ne correspond pas.', 'Il vous reste 4 essais.')
      expect(await visitor.text()).toContain(
        "Ce n'est pas votre question ? Vérifiez le numéro et la date de naissance saisis, ou contactez l'assistance.",
      )
      await visitor.identify(login, 'staff-number', more)
      expect(await question()).toBe(first)
    })

    it('an empty answer costs nothing', async () => {
      await visitor.identify('odubois', 'uid')
      await visitor.answer(' ')
      await expectRefusal('Saisissez votre réponse')
      await visitor.answer('faux')
      await expectRefusal('Il vous reste 4 essais.')
    })

    it('five wrong answers close it for a day, for its owner too; the account stays open', async () => {
      clock.forward(hours(25))
      await visitor.identify('ybenali', 'student-number')
      for (const left of [4, 3, 2, 1]) {
        await visitor.answer(`faux ${left}`)
        expect(await visitor.text()).toContain(left === 1 ? 'reste 1 essai.' : `reste ${left} essais.`)
      }
      await visitor.answer('faux')
      expect(await visitor.text()).toContain('Votre compte, lui, reste ouvert.')
      expect(await visitor.page.locator('#reponse').count()).toBe(0)
      await visitor.identify('ybenali', 'ine')
      expect(await visitor.text()).toContain('Cette question est fermée')
      clock.forward(hours(25))
      await visitor.prove('ybenali', 'ine')
      expect(visitor.path()).toBe('/fr/mot-de-passe/nouveau')
    })
  })

  describe('the new password', () => {
    beforeEach(() => visitor.prove('clefevre', 'staff-number'))

    it.each([
      ['Ab1-', ['Allongez votre mot de passe : il lui faut au moins 12 caractères.']],
      ['TROMBONE&CASCADE-3', ['Ajoutez une lettre minuscule.']],
      ['trombone&cascade-3', ['Ajoutez une lettre majuscule.']],
      ['Trombone&Cascade-', ['Ajoutez un chiffre.']],
      ['Tr0mboneCascade3', ['Ajoutez un caractère spécial']],
      ["Tr0mbone'Cascade3", ["les signes ' et \\ sont acceptés, mais ne comptent pas"]],
      ['Tr0mbone& Cascade-3', ['Retirez les espaces.']],
      ['Tr0mbone&Cascadé-3', ['Retirez « é »']],
      ['Clefevre&Trombone-3', ['Retirez votre identifiant de connexion']],
      ['P@ssw0rd12345!', ['Ce mot de passe est trop courant']],
      ['Azerty123456!', ['Ce mot de passe est trop courant']],
      ['Camille&Trombone-3', ['Retirez votre nom ou votre prénom']],
      ['Trombone&Vert-1985', ['Retirez votre date ou votre année de naissance']],
      ['Clairval&Trombone-3', ["Retirez le nom de l'établissement"]],
      ['Felix&Trombone-3a', ['Retirez la réponse à votre question joker']],
      ['Bienvenue!2026c', ['Ce mot de passe est déjà utilisé']],
    ])('« %s » is refused with what to change, and nothing typed comes back', async (password, sentences) => {
      await visitor.choose(password)
      await expectRefusal(...sentences)
      expect(await visitor.page.locator('#nouveau').inputValue()).toBe('')
      expect(await visitor.page.locator('#charte').isChecked()).toBe(true)
      expect(await visitor.text()).toContain("Votre mot de passe n'a pas été changé.")
    })

    it('two different entries and a charter that was not accepted are reported together', async () => {
      await visitor.choose(good, { confirmation: `${good}x`, charter: false })
      await expectRefusal(
        'Saisissez deux fois le même mot de passe.',
        'Cochez la case du règlement intérieur',
      )
      expect(await visitor.text()).toContain('Il reste 2 points à corriger')
    })

    it('one of the last three is refused, a fourth opens the first again', async () => {
      const chosen = [good, 'Gr4nit_Boussole/7', 'Nuage+Pivoine.42', 'Violon;Oranger=19']
      for (const password of chosen) {
        await visitor.choose(password)
        expect(visitor.path()).toBe('/fr/mot-de-passe/termine')
        await visitor.prove('clefevre', 'staff-number')
      }
      for (const recent of chosen.slice(1)) {
        await visitor.choose(recent)
        await expectRefusal("Ce mot de passe est déjà utilisé, ou l'a été il y a peu.")
      }
      await visitor.choose(good)
      expect(visitor.path()).toBe('/fr/mot-de-passe/termine')
    })
  })

  it('the password in force, that no history knows, is refused', async () => {
    await fixture.application.store.transaction(tx =>
      tx
        .updateTable('embedded_people')
        .set(eb => ({
          password: eb
            .selectFrom('embedded_people as c')
            .select('c.password')
            .where('c.login', '=', 'clefevre'),
        }))
        .where('login', '=', 'odubois')
        .execute(),
    )
    await visitor.prove('odubois', 'uid')
    await visitor.choose(good)
    await expectRefusal("Ce mot de passe est déjà utilisé, ou l'a été il y a peu.")
  })

  it('the twentieth refused password ends the journey, and says how to go on', async () => {
    await visitor.prove('odubois', 'uid')
    for (let tried = 1; tried <= 20; tried += 1) await visitor.choose('Ab1-')
    expect(visitor.path()).toBe('/fr/mot-de-passe/fin')
    expect(await visitor.text()).toContain("Votre mot de passe n'a pas été changé.")
  })

  it('a page that does not exist leads home, with a reference', async () => {
    await visitor.open('/fr/rien')
    expect(await visitor.text()).toMatch(/référence à l'assistance : SES-/)
  })
})
