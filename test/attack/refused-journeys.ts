import { digestOf } from '../../src/crypto/crypto.ts'
import { publicRef } from '../../src/journeys/steps/guard.ts'
import type { PortalFixture } from '../world/portal.ts'
import { newVisitor, type Visitor } from '../world/visitor.ts'
import type { Send } from './refusal-trace.ts'

/** What is typed to begin a journey. */
export type Identification = { readonly number: string; readonly date: string }

/** Who types this person's date or number wrong. Each has a number of nobody for themselves, whose tries are counted. */
export const otherIdentifications: Readonly<Record<string, (person: Identification) => Identification>> = {
  'of a wrong date': ({ number }) => ({ number, date: '3/3/1983' }),
  'of an unknown number': ({ number, date }) => ({ number: `9${number.slice(1)}`, date }),
}

/** The hidden field of the journey of this browser. A page without a form has none: it is computed from the cookie, as an attacker can do. */
export const journeyRefOf = ({ cookies }: Visitor) =>
  publicRef({ id: digestOf(cookies.get('__Host-journey') ?? '') })

/** A new browser that has typed this number and this date. */
export const identified = async (
  { url }: Pick<PortalFixture, 'url'>,
  start: string,
  { number, date }: Identification,
) => {
  const visitor = newVisitor(url)
  await visitor.post(`${start}/identification/numero-personnel`, { numero: number, naissance: date })
  return visitor
}

export type ProofPage = { readonly start: string; readonly page: string; readonly field: string }
export const jokerPage = { start: '/fr/mot-de-passe', page: 'question-joker', field: 'reponse' }

/** Sends an answer with the form of the journey's page. */
export const inJourney = async (
  fixture: Pick<PortalFixture, 'url'>,
  { start, page, field }: ProofPage,
  identification: Identification,
  until: (visitor: Visitor) => Promise<unknown> = async () => {},
): Promise<Send> => {
  const visitor = await identified(fixture, start, identification)
  await until(visitor)
  const demarche = journeyRefOf(visitor)
  return secret => visitor.post(`${start}/${page}`, { [field]: secret, demarche })
}
