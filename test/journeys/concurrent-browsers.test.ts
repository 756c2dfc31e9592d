import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { activationCodeFor } from '../world/crowd.ts'
import { enrolApp } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { codeSentTo } from '../world/mailbox.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf, type Visitor } from '../world/visitor.ts'

const chosen = 'Tr0mbone&Cascade-3'
const password = { nouveau: chosen, confirmation: chosen, charte: 'oui' }

/** Two tabs share the cookies of the browser; each keeps the form that it was shown. */
const tabOn = async (visitor: Visitor, path: string) => {
  const demarche = visitor.refIn((await visitor.get(path)).html)
  return (fields: Readonly<Record<string, string>>) => visitor.post(path, { ...fields, demarche })
}

describe('side by side', () => {
  let fixture: PortalFixture
  let next = 0
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      clock,
      crowd: 10,
      config: { limits: unlimited },
    })
  })
  afterAll(() => fixture?.stop())

  const somebody = () => {
    const crowdMember = fixture.crowd[next]
    next += 1
    if (!crowdMember) throw new Error('the crowd is too small')
    return { crowdMember, visitor: newVisitor(fixture.url) }
  }
  const signedIn = async () => {
    const { crowdMember, visitor } = somebody()
    await visitor.signIn(crowdMember.login, crowdMember.initialPassword)
    return { crowdMember, visitor }
  }
  const activating = async () => {
    const { crowdMember, visitor } = somebody()
    const code = await activationCodeFor(fixture.application, crowdMember)
    const begin = async (at: Visitor) => {
      const numero = crowdMember.number
      const path = '/fr/activation/identification/numero-personnel'
      await at.post(path, { numero, naissance: crowdMember.date })
      await (await tabOn(at, '/fr/activation/code'))({ code })
    }
    await begin(visitor)
    return { crowdMember, visitor, begin }
  }

  it('two tabs of an activation: the second finds the step that the first reached', async () => {
    const { visitor } = await activating()
    const [one, two] = [
      await tabOn(visitor, '/fr/activation/mot-de-passe'),
      await tabOn(visitor, '/fr/activation/mot-de-passe'),
    ]
    expect((await one(password)).location).toBe('/fr/activation/question-joker')
    expect((await two(password)).location).toBe('/fr/activation/question-joker')
  })

  it('an activation on a second device: the first write wins, and the other device says so', async () => {
    const { visitor, begin } = await activating()
    const phone = newVisitor(fixture.url)
    await begin(phone)
    await (await tabOn(phone, '/fr/activation/mot-de-passe'))(password)
    expect((await visitor.get('/fr/activation/mot-de-passe')).location).toBe('/fr/activation/fin')
    expect(textOf((await visitor.get('/fr/activation/fin')).html)).toContain(
      "Votre mot de passe vient d'être modifié",
    )
  })

  it('two tabs of a forgotten identifier: both are shown the login', async () => {
    const { crowdMember, visitor } = somebody()
    const { number: numero, date: naissance } = crowdMember
    await visitor.post('/fr/identifiant/identification/numero-personnel', { numero, naissance })
    const question = '/fr/identifiant/question-joker'
    const [one, two] = [await tabOn(visitor, question), await tabOn(visitor, question)]
    expect((await one({ reponse: 'rex' })).location).toBe('/fr/identifiant/termine')
    expect((await two({ reponse: 'rex' })).location).toBe('/fr/identifiant/termine')
  })

  it('two tabs that wait for the second factor: once one has entered, so has the other', async () => {
    const { crowdMember, visitor } = await signedIn()
    const { app } = await enrolApp(visitor, clock.now)
    clock.forward(minutes(1))
    const pending = newVisitor(fixture.url)
    await pending.signIn(crowdMember.login, crowdMember.initialPassword)
    const form = '/fr/connexion/second-element/sessions'
    const [one, two] = [await tabOn(pending, form), await tabOn(pending, form)]
    expect((await one({ code: app(clock.now()) })).location).toBe('/fr/compte/sessions')
    expect((await two({ code: app(clock.now()) })).location).toBe('/fr/compte/sessions')
    expect((await newVisitor(fixture.url).get(form)).location).toBe('/fr/connexion/suite/sessions')
  })

  it('two tabs that change the password: the second shows that the old password has changed', async () => {
    const { crowdMember, visitor } = await signedIn()
    const form = '/fr/compte/mot-de-passe'
    const [one, two] = [await tabOn(visitor, form), await tabOn(visitor, form)]
    expect((await one({ ancien: crowdMember.initialPassword, ...password })).status).toBe(303)
    const late = await two({
      ancien: crowdMember.initialPassword,
      nouveau: 'Violon;Granite=19',
      confirmation: 'Violon;Granite=19',
      charte: 'oui',
    })
    expect(late.location).toBe(form)
    expect(textOf((await visitor.get(form)).html)).toContain("Ce n'est pas votre mot de passe actuel")
  })

  it('a code typed in two tabs confirms once, and both see the address', async () => {
    const { crowdMember, visitor } = await signedIn()
    const to = `${crowdMember.login}@ailleurs.example`
    await visitor.post('/fr/compte/adresses', { faire: 'mail', mail: to })
    const code = await codeSentTo(fixture, to)
    const form = '/fr/compte/adresses/mail'
    const [one, two] = [await tabOn(visitor, form), await tabOn(visitor, form)]
    expect((await one({ code })).location).toBe('/fr/compte/adresses')
    expect((await two({ code })).location).toBe('/fr/compte/adresses')
    expect(await fixture.application.accounts.contacts.list(crowdMember.id)).toHaveLength(1)
  })

  it('a code goes on waiting while the session gets a new handle', async () => {
    const { crowdMember, visitor } = await signedIn()
    const to = `${crowdMember.login}@ailleurs.example`
    await visitor.post('/fr/compte/adresses', { faire: 'mail', mail: to })
    await visitor.post('/fr/connexion/confirmer/adresses', { motdepasse: crowdMember.initialPassword })
    const code = await codeSentTo(fixture, to)
    expect((await visitor.post('/fr/compte/adresses/mail', { code })).location).toBe('/fr/compte/adresses')
    expect(await fixture.application.accounts.contacts.list(crowdMember.id)).toHaveLength(1)
  })

  it('a second device shows that its session is over, then signs in and comes back', async () => {
    const { crowdMember, visitor } = await signedIn()
    const phone = newVisitor(fixture.url)
    await phone.signIn(crowdMember.login, crowdMember.initialPassword)
    const change = await tabOn(visitor, '/fr/compte/mot-de-passe')
    await change({ ancien: crowdMember.initialPassword, ...password })
    const over = '/fr/connexion/session-terminee/journal'
    expect((await phone.get('/fr/compte/journal')).location).toBe(over)
    expect(textOf((await phone.get(over)).html)).toContain('Votre session est terminée')
    expect((await phone.get('/fr/compte/journal')).location).toBe('/fr/connexion/vers/journal')
    expect((await phone.signIn(crowdMember.login, chosen, '/fr/connexion/vers/journal')).location).toBe(
      '/fr/compte/journal',
    )
  })
})
