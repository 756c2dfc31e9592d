import fc from 'fast-check'

/** What an attacker may send, in any order, from two browsers, to people whose secrets are partly known. */
export type Road = 'password' | 'identifier' | 'activation'
type Which = 'own' | 'other' | 'none'
/** The road of the browser's own journey, or another one, to which its proofs must be worth nothing. */
type Towards = 'own' | Road
type At<Kind extends string, More> = { readonly kind: Kind; readonly browser: number } & Readonly<More>

export const managed = ['change', 'enrol', 'retire', 'joker', 'address', 'sign-out', 'end-others'] as const
export type Managed = (typeof managed)[number]

export type Action =
  /** The next step as an honest person takes it, so that sequences come far. */
  | At<'onward', { road: Road; person: number }>
  /** A whole sign-in as its owner makes it. */
  | At<'enter', { person: number }>
  | At<'identify', { road: Road; person: number; right: boolean }>
  | At<'answer', { right: boolean; ref: Which; towards: Towards }>
  | At<'show', { right: boolean; ref: Which; towards: Towards }>
  | At<'type', { right: boolean; ref: Which }>
  | At<'choose', { ref: Which; charter: boolean; towards: Towards }>
  | At<'guess', { times: number }>
  | At<'look', { page: string }>
  | At<'sign-in', { person: number; right: boolean }>
  | At<'digits', { right: boolean }>
  | At<'confirm', { right: boolean }>
  | At<'manage', { what: Managed; right: boolean }>
  /** The code that was sent to an address: as this browser asked for it, as the other one did, or none. */
  | At<'receive', { code: Which }>
  | At<'replay', { which: number }>
  | At<'foreign', { which: number }>
  | At<'lose-cookies', object>
  | { readonly kind: 'wait'; readonly minutes: number }

/** Every page that shows what was proved. */
export const pages = [
  ...['mot-de-passe/nouveau', 'mot-de-passe/termine', 'mot-de-passe/second-element'],
  ...['mot-de-passe/question-joker', 'mot-de-passe/verification', 'identifiant/termine'],
  ...['activation/mot-de-passe', 'activation/question-joker', 'activation/adresse', 'activation/termine'],
  ...['compte', 'compte/application', 'compte/adresses', 'compte/sessions', 'compte/journal'],
] as const

const ref = fc.constantFrom<Which>('own', 'own', 'own', 'other', 'none')
const towards = fc.constantFrom<Towards>('own', 'own', 'own', 'own', 'password', 'identifier', 'activation')
const road = fc.constantFrom<Road>('password', 'password', 'identifier', 'activation')
const person = fc.nat({ max: 2 })
const mostly = fc.constantFrom(true, true, true, false)
const right = fc.boolean()

const one = <Kind extends string>(
  weight: number,
  kind: Kind,
  more: Record<string, fc.Arbitrary<unknown>>,
) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), browser: fc.nat({ max: 1 }), ...more }),
})

export const action = fc.oneof(
  one(16, 'onward', { road, person }),
  one(6, 'enter', { person }),
  one(4, 'identify', { road, person, right: mostly }),
  one(7, 'answer', { right, ref, towards }),
  one(5, 'show', { right: mostly, ref, towards }),
  one(2, 'type', { right: mostly, ref }),
  one(5, 'choose', { ref, charter: mostly, towards }),
  one(2, 'guess', { times: fc.integer({ min: 2, max: 6 }) }),
  one(6, 'look', { page: fc.constantFrom(...pages) }),
  one(2, 'sign-in', { person, right: mostly }),
  one(2, 'digits', { right: mostly }),
  one(1, 'confirm', { right: mostly }),
  one(8, 'manage', { what: fc.constantFrom(...managed, 'address'), right: mostly }),
  one(6, 'receive', { code: fc.constantFrom<Which>('own', 'own', 'other', 'other', 'none') }),
  one(4, 'replay', { which: fc.nat({ max: 60 }) }),
  one(1, 'foreign', { which: fc.nat({ max: 60 }) }),
  one(1, 'lose-cookies', {}),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait'), minutes: fc.constantFrom(1, 1, 9, 11, 16, 31) }),
  },
) as fc.Arbitrary<Action>
