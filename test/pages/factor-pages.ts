import type { Clock } from '../../src/clock.ts'
import { enrolApp, optionsIn, printSheet } from '../world/factors.ts'
import type { PortalFixture } from '../world/portal.ts'
import { newSecurityKey } from '../world/security-key.ts'
import { newVisitor, type Visitor } from '../world/visitor.ts'
import { type CrowdMember, crowdMemberOf, identify } from './journey-pages.ts'
import { type PagesSeen, send } from './seen.ts'

const lists = ['authenticator', 'recoveryCodes', 'passkeys'] as const

const makePasskey = async (fixture: PortalFixture, owner: Visitor, { look, refuse }: PagesSeen) => {
  const port = new URL(fixture.url).port
  const key = newSecurityKey({ origin: `http://localhost:${port}`, host: 'localhost' })
  const before = () => send(owner, 'passkeys', { action: 'commencer' })
  for (const page of ['passkeyNew', 'passkeyTry'] as const)
    await refuse(owner, page, { nom: 'Autre', cle: '{}' }, { before })
  await before()
  const making = optionsIn(await look(owner, 'passkeyNew'))
  await send(owner, 'passkeyNew', { nom: 'Téléphone', cle: key.make(making) })
  const trying = optionsIn(await look(owner, 'passkeyTry'))
  await send(owner, 'passkeyTry', { cle: key.sign(trying) })
}

const asked = async (fixture: PortalFixture, crowdMember: CrowdMember, { look, refuse }: PagesSeen) => {
  const visitor = newVisitor(fixture.url)
  await visitor.signIn(crowdMember.login, crowdMember.initialPassword)
  const params = { page: 'compte' }
  await look(visitor, 'secondFactor', params)
  await refuse(visitor, 'secondFactor', { code: '1' }, { params })
  await visitor.post('/fr/connexion/cle-d-acces/compte', {})
  await look(visitor, 'signInPasskey', params)
  await refuse(visitor, 'signInPasskey', { cle: '{}' }, { params })
}

const askedInJourneys = async (
  fixture: PortalFixture,
  crowdMember: CrowdMember,
  { look, refuse }: PagesSeen,
) => {
  for (const [form, joker, factor, passkey, path] of [
    ['identify', 'joker', 'journeyFactor', 'journeyPasskey', '/fr/mot-de-passe'],
    ['identifyForIdentifier', 'identifierJoker', 'identifierFactor', 'identifierPasskey', '/fr/identifiant'],
  ] as const) {
    const visitor = newVisitor(fixture.url)
    await identify(visitor, form, crowdMember)
    await send(visitor, joker, { reponse: 'rex' })
    await look(visitor, factor)
    await refuse(visitor, factor, { code: '1' })
    const before = async () => {
      const demarche = visitor.refIn((await visitor.get(`${path}/second-element`)).html)
      await visitor.post(`${path}/cle-d-acces`, { demarche })
    }
    await refuse(visitor, passkey, { cle: '{}' }, { before })
    await before()
    await look(visitor, passkey)
  }
}

/** Second factors: enrolled in the account, then asked for at sign-in and in both journeys. */
export const factorPages = async (fixture: PortalFixture, clock: Clock, pages: PagesSeen) => {
  const crowdMember = crowdMemberOf(fixture, 3)
  const owner = newVisitor(fixture.url)
  await owner.signIn(crowdMember.login, crowdMember.initialPassword)
  for (const page of lists) await pages.look(owner, page)
  await send(owner, 'authenticator', { action: 'commencer' })
  await pages.look(owner, 'authenticator')
  await pages.refuse(owner, 'authenticator', { action: 'confirmer', code: '1' })
  await enrolApp(owner, clock.now)
  await send(owner, 'recoveryCodes', { action: 'commencer' })
  await pages.refuse(owner, 'recoveryCodes', { action: 'confirmer', code: 'FAUX' })
  await printSheet(owner)
  await makePasskey(fixture, owner, pages)
  for (const page of lists) await pages.look(owner, page)
  const params = { page: 'adresses' }
  await pages.look(owner, 'confirm', params)
  await owner.post('/fr/connexion/confirmer/adresses/cle-d-acces', {})
  await pages.look(owner, 'confirmPasskey', params)
  await pages.refuse(owner, 'confirmPasskey', { cle: '{}' }, { params })
  await asked(fixture, crowdMember, pages)
  await askedInJourneys(fixture, crowdMember, pages)
}
