import { hours } from '../../src/clock.ts'
import type { movableClock } from '../world/clock.ts'
import { codeSentTo } from '../world/mailbox.ts'
import type { PortalFixture } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'
import { type PagesSeen, send } from './seen.ts'

type Clock = ReturnType<typeof movableClock>
export type CrowdMember = PortalFixture['crowd'][number]

const nobody = (): never => {
  throw new Error('the crowd is too small')
}
export const crowdMemberOf = (fixture: PortalFixture, index: number): CrowdMember =>
  fixture.crowd[index] ?? nobody()

const chosen = 'Tr0mbone&Cascade-3'
const password = { nouveau: chosen, confirmation: chosen, charte: 'oui' }
const weak = { nouveau: 'court é', confirmation: 'autre' }

export const identify = (
  visitor: ReturnType<typeof newVisitor>,
  route: 'identify' | 'identifyForIdentifier' | 'identifyForActivation',
  { number, date }: CrowdMember,
) => send(visitor, route, { numero: number, naissance: date }, { kind: 'numero-personnel' })

/** « Récupérer mon mot de passe » to its end, and the page of a journey that was superseded. */
export const recoveryPages = async (fixture: PortalFixture, { look, refuse }: PagesSeen) => {
  const [visitor, late] = [newVisitor(fixture.url), newVisitor(fixture.url)]
  const crowdMember = crowdMemberOf(fixture, 0)
  await identify(visitor, 'identify', crowdMember)
  await look(visitor, 'joker')
  await refuse(visitor, 'joker', { reponse: 'faux' })
  await send(visitor, 'joker', { reponse: 'rex' })
  await late.answerJokerAs(crowdMember)
  await look(visitor, 'newPassword')
  await refuse(visitor, 'newPassword', weak)
  await send(visitor, 'newPassword', password)
  await look(visitor, 'done')
  await look(late, 'journeyStopped', {}, 410)
}

/** « Récupérer mon identifiant », to its end and past it. */
export const identifierPages = async (fixture: PortalFixture, clock: Clock, { look, refuse }: PagesSeen) => {
  const visitor = newVisitor(fixture.url)
  await identify(visitor, 'identifyForIdentifier', crowdMemberOf(fixture, 1))
  await look(visitor, 'identifierJoker')
  await refuse(visitor, 'identifierJoker', { reponse: 'faux' })
  await send(visitor, 'identifierJoker', { reponse: 'rex' })
  await look(visitor, 'identifierDone')
  clock.forward(hours(2))
  await look(visitor, 'identifierStopped', {}, 410)
}

/** « Activer mon compte », each step refused once, and the page of a used code. */
export const activationPages = async (fixture: PortalFixture, { look, refuse }: PagesSeen) => {
  const { store } = fixture.application
  const { activationCodes } = fixture.application.proofs
  const crowdMember = crowdMemberOf(fixture, 2)
  // Nothing was chosen yet: with a joker the account would be active.
  const code = await store.transaction(async tx => {
    await tx.deleteFrom('jokers').where('person', '=', crowdMember.id).execute()
    return activationCodes.make(tx, crowdMember.id, hours(24))
  })
  const lookAgain = async () => {
    const again = newVisitor(fixture.url)
    await identify(again, 'identifyForActivation', crowdMember)
    await send(again, 'activationCode', { code })
    await look(again, 'activationStopped', {}, 410)
  }
  const visitor = newVisitor(fixture.url)
  await identify(visitor, 'identifyForActivation', crowdMember)
  await look(visitor, 'activationCode')
  await refuse(visitor, 'activationCode', { code: 'AAAA-BBBB-CCCC-DDDD' })
  await send(visitor, 'activationCode', { code })
  await look(visitor, 'activationPassword')
  await refuse(visitor, 'activationPassword', weak)
  await send(visitor, 'activationPassword', password)
  await lookAgain()
  await look(visitor, 'activationJoker')
  await refuse(visitor, 'activationJoker', { reponse: 'ab' })
  await send(visitor, 'activationJoker', { question: 'pet', reponse: 'Belphégor' })
  for (const [contactStep, codeStep, to] of [
    ['activationAddress', 'activationAddressCode', 'lou@maison.example'],
    ['activationMobile', 'activationMobileCode', '+33612345678'],
  ] as const) {
    await look(visitor, contactStep)
    await refuse(visitor, contactStep, { contact: 'x' })
    await send(visitor, contactStep, { contact: to })
    await look(visitor, codeStep)
    await refuse(visitor, codeStep, { code: '1' })
    await send(visitor, codeStep, { code: await codeSentTo(fixture, to) })
  }
  await look(visitor, 'activationDone')
  await lookAgain()
}

/** The question suspended after five wrong answers. */
export const closedJokerPages = async (fixture: PortalFixture, { look }: PagesSeen) => {
  const visitor = newVisitor(fixture.url)
  await identify(visitor, 'identify', crowdMemberOf(fixture, 4))
  for (let tries = 0; tries < 5; tries += 1) await visitor.answer(`faux ${tries}`)
  await look(visitor, 'joker')
}
