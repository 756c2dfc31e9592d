import { fc } from '../world/properties.ts'

/** The actions of an attacker who has two browsers and knows some of the secrets of four people. */
export type JourneyKind = 'password' | 'identifier' | 'activation'
export type Ownership = 'own' | 'other' | 'none'
/** The journey to which a form is sent: that of the browser, or another one, where the proofs of this one must not count. */
export type TargetJourney = 'own' | JourneyKind
/** What is typed as a second factor. `paper`: a printed recovery code. */
export type FactorInput = 'app' | 'used-digits' | 'paper' | 'used-paper' | 'of-another' | 'wrong'
/** Whose passkey signs. `pending`: a passkey of that person that was registered and never used. */
export type PasskeyChoice = 'own' | 'other' | 'pending'
/** The page on which a passkey is asked for in place of another proof. */
export type PasskeyPage = 'journey' | 'pending' | 'confirm'
export type ContactKind = 'mail' | 'mobile'
type BrowserAction<Name extends string, More> = {
  readonly kind: Name
  readonly browser: number
} & Readonly<More>

const managed = [
  'change',
  'app',
  'retire-app',
  'print',
  'retire-print',
  'retire-key',
  'new-key',
  'joker',
  'mail',
  'mobile',
  'sign-out',
  'end-others',
  'expired',
] as const
export type Managed = (typeof managed)[number]

/** An action that ends with one form, which may be sent alone, several times at once, or together with another form. */
export type FormAction =
  /** The next step with the right data, so that sequences get far into a journey. */
  | BrowserAction<'next-step', { journeyKind: JourneyKind; person: number }>
  | BrowserAction<'identify', { journeyKind: JourneyKind; person: number; right: boolean; card: string }>
  | BrowserAction<'answer', { right: boolean; ref: Ownership; towards: TargetJourney }>
  | BrowserAction<'show', { by: FactorInput; ref: Ownership; towards: TargetJourney }>
  /** A passkey in a journey. `whose`: its owner; `from`: the browser whose page gave the challenge. */
  | BrowserAction<'sign', { whose: PasskeyChoice; from: Ownership; towards: TargetJourney }>
  /** Asks for a passkey in place of another proof, and does not sign. */
  | BrowserAction<'switch', { where: PasskeyPage; towards: TargetJourney }>
  | BrowserAction<'type', { right: boolean; ref: Ownership }>
  | BrowserAction<'choose', { ref: Ownership; charter: boolean; towards: TargetJourney }>
  | BrowserAction<'sign-in', { person: number; right: boolean }>
  | BrowserAction<'digits', { by: FactorInput }>
  | BrowserAction<'sign-in-key', { person: number; whose: PasskeyChoice; from: Ownership }>
  | BrowserAction<'confirm', { right: boolean }>
  | BrowserAction<'confirm-key', { whose: PasskeyChoice; from: Ownership }>
  | BrowserAction<'manage', { what: Managed; right: boolean }>
  | BrowserAction<'try-key', { from: Ownership }>
  /** Types a code that was sent: the one this browser or the other asked for, by mail or text message, or a made-up one. */
  | BrowserAction<'receive', { code: Ownership; of: ContactKind; at: ContactKind }>
  | BrowserAction<'replay', { which: number }>

export type Action =
  | FormAction
  | {
      readonly kind: 'together'
      readonly first: FormAction
      readonly second: FormAction | null
      readonly times: number
    }
  /** The helpdesk or the directory acts, alone or while a form is being handled. */
  | {
      readonly kind: 'desk'
      readonly what: DeskOperationKind
      readonly person: number
      readonly concurrent: FormAction | null
    }
  /** A complete sign-in of a person, and the complete enrolment of a second factor. */
  | BrowserAction<'enter', { person: number; by: 'password' | 'key' }>
  | BrowserAction<'enrol', { what: 'app' | 'key' | 'print' }>
  | BrowserAction<'guess', { times: number }>
  | BrowserAction<'look', { page: string }>
  | BrowserAction<'cross-site', { which: number }>
  | BrowserAction<'lose-cookies', object>
  | BrowserAction<'put-back', { cookie: 'journey' | 'session' | 'pending' | 'known'; which: number }>
  | { readonly kind: 'wait'; readonly minutes: number }
  /** Two people whom the portal refuses for the same reason: the answers must not depend on whether the secret was right. */
  | {
      readonly kind: 'compare-refusals'
      readonly cause: RefusalCause
      readonly proof: RefusedProof
      readonly bursts: number[]
    }

const cause = ['suspended', 'frozen', 'closed', 'ended'] as const
export type RefusalCause = (typeof cause)[number]
const refusedProofs = ['answer', 'identifier', 'activation-code', 'password'] as const
export type RefusedProof = (typeof refusedProofs)[number]

export const deskOperations = ['freeze', 'unfreeze', 'close', 'activation-code', 'end', 'resume'] as const
export type DeskOperationKind = (typeof deskOperations)[number]

/** Pages that may only be shown after a proof. */
export const pages = [
  'mot-de-passe/nouveau',
  'mot-de-passe/termine',
  'mot-de-passe/second-element',
  'mot-de-passe/cle-d-acces',
  'identifiant/second-element',
  'identifiant/cle-d-acces',
  'mot-de-passe/question-joker',
  'mot-de-passe/verification',
  'identifiant/termine',
  'activation/mot-de-passe',
  'activation/question-joker',
  'activation/adresse',
  'activation/mobile',
  'activation/termine',
  'connexion/second-element/compte',
  'connexion/cle-d-acces/compte',
  'compte',
  'compte/application',
  'compte/adresses',
  'compte/sessions',
  'compte/journal',
  'compte/cles-d-acces',
  'compte/cles-d-acces/nouvelle',
  'compte/codes-de-secours',
  'compte/question-joker',
  'compte/premier-jour',
] as const

export const weighted = <T>(...each: readonly (readonly [weight: number, of: fc.Arbitrary<T>])[]) =>
  fc.oneof(...each.map(([weight, arbitrary]) => ({ weight, arbitrary }))) as fc.Arbitrary<T>

const ref = fc.constantFrom<Ownership>('own', 'own', 'own', 'own', 'other', 'none')
const from = fc.constantFrom<Ownership>('own', 'own', 'own', 'other', 'other', 'none')
const towards = weighted<TargetJourney>(
  [9, fc.constant('own')],
  [3, fc.constantFrom('password', 'identifier', 'activation')],
)
const card = fc.constantFrom('numero-personnel', 'numero-personnel', 'numero-personnel', 'uid', 'ine')
const mostly = fc.constantFrom(true, true, true, false)
const by = fc.constantFrom<FactorInput>(
  'app',
  'app',
  'paper',
  'paper',
  'used-paper',
  'used-digits',
  'of-another',
  'wrong',
)
const whose = fc.constantFrom<PasskeyChoice>('own', 'own', 'own', 'other', 'pending')
const which = fc.constantFrom<Ownership>('own', 'own', 'own', 'other', 'none')
const kind = fc.constantFrom<ContactKind>('mail', 'mobile')
const browser = fc.nat({ max: 1 })
const right = fc.boolean()
const many = fc.nat({ max: 60 })

type Fields<Name extends Action['kind']> = Omit<Extract<Action, { kind: Name }>, 'kind' | 'browser'>
type FieldArbitraries<Name extends Action['kind']> = {
  readonly [field in keyof Fields<Name>]: fc.Arbitrary<Fields<Name>[field]>
}

/** Actions of one kind, from either browser. */
const arbitraryOf = <Name extends Action['kind']>(name: Name, fields: FieldArbitraries<Name>) =>
  fc.record({ kind: fc.constant(name), browser, ...fields }) as unknown as fc.Arbitrary<
    Extract<Action, { kind: Name }>
  >

export const journeyKind = fc.constantFrom<JourneyKind>('password', 'password', 'identifier', 'activation')
export const person = fc.nat({ max: 3 })

/** An arbitrary for each kind of action. */
export const draw = {
  nextStep: (who = person, on: fc.Arbitrary<JourneyKind> = journeyKind) =>
    arbitraryOf('next-step', { journeyKind: on, person: who }),
  identify: (who = person) => arbitraryOf('identify', { journeyKind, person: who, right: mostly, card }),
  answer: (of = right) => arbitraryOf('answer', { right: of, ref, towards }),
  show: () => arbitraryOf('show', { by, ref, towards }),
  sign: () => arbitraryOf('sign', { whose, from, towards }),
  switch: () =>
    arbitraryOf('switch', { where: fc.constantFrom<PasskeyPage>('journey', 'pending', 'confirm'), towards }),
  type: (of = mostly) => arbitraryOf('type', { right: of, ref }),
  choose: () => arbitraryOf('choose', { ref, charter: mostly, towards }),
  'sign-in': (who = person) => arbitraryOf('sign-in', { person: who, right: mostly }),
  digits: (of = by) => arbitraryOf('digits', { by: of }),
  'sign-in-key': (who = person) => arbitraryOf('sign-in-key', { person: who, whose, from }),
  confirm: () => arbitraryOf('confirm', { right: mostly }),
  'confirm-key': () => arbitraryOf('confirm-key', { whose, from }),
  manage: (...what: readonly Managed[]) =>
    arbitraryOf('manage', { what: fc.constantFrom(...(what.length > 0 ? what : managed)), right: mostly }),
  'try-key': () => arbitraryOf('try-key', { from }),
  receive: () => arbitraryOf('receive', { code: which, of: kind, at: kind }),
  replay: () => arbitraryOf('replay', { which: many }),
  together: (first: fc.Arbitrary<FormAction>, second: fc.Arbitrary<FormAction | null>) =>
    arbitraryOf('together', { first, second, times: fc.integer({ min: 2, max: 4 }) }),
  desk: (who = person, concurrent: fc.Arbitrary<FormAction | null> = fc.constant(null)) =>
    arbitraryOf('desk', {
      what: fc.constantFrom(...deskOperations, 'unfreeze', 'resume'),
      person: who,
      concurrent,
    }),
  enter: (who = person) =>
    arbitraryOf('enter', { person: who, by: fc.constantFrom('password', 'password', 'key') }),
  enrol: () => arbitraryOf('enrol', { what: fc.constantFrom('app', 'key', 'print') }),
  guess: () => arbitraryOf('guess', { times: fc.integer({ min: 2, max: 6 }) }),
  look: () => arbitraryOf('look', { page: fc.constantFrom(...pages) }),
  'cross-site': () => arbitraryOf('cross-site', { which: many }),
  'lose-cookies': () => arbitraryOf('lose-cookies', {}),
  'put-back': () =>
    arbitraryOf('put-back', {
      cookie: fc.constantFrom('journey', 'journey', 'session', 'pending', 'known'),
      which: fc.nat({ max: 20 }),
    }),
  wait: (...minutes: readonly number[]) => arbitraryOf('wait', { minutes: fc.constantFrom(...minutes) }),
  'compare-refusals': () =>
    arbitraryOf('compare-refusals', {
      cause: fc.constantFrom(...cause),
      proof: fc.constantFrom(...refusedProofs),
      bursts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
    }),
}

/** Any form, weighted by how far it leads. */
export const form: fc.Arbitrary<FormAction> = weighted<FormAction>(
  [24, draw.nextStep()],
  [4, draw.identify()],
  [7, draw.answer()],
  [4, draw.show()],
  [4, draw.sign()],
  [3, draw.switch()],
  [2, draw.type()],
  [6, draw.choose()],
  [2, draw['sign-in']()],
  [2, draw.digits()],
  [2, draw['sign-in-key']()],
  [1, draw.confirm()],
  [2, draw['confirm-key']()],
  [9, draw.manage()],
  [1, draw['try-key']()],
  [7, draw.receive()],
  [5, draw.replay()],
)

/** The same form several times at once, or two forms at once. */
export const together = (first: fc.Arbitrary<FormAction>) =>
  draw.together(first, fc.option(form, { freq: 1 }))

export const any: fc.Arbitrary<Action> = weighted<Action>(
  [62, form],
  [14, together(form)],
  [3, draw.desk(person, fc.option(form, { freq: 1 }))],
  [6, draw.enter()],
  [3, draw.enrol()],
  [2, draw.guess()],
  [7, draw.look()],
  [1, draw['cross-site']()],
  [1, draw['lose-cookies']()],
  [3, draw['put-back']()],
  [2, draw.wait(1, 1, 1, 6, 9, 11, 16, 31, 1500)],
  [1, draw['compare-refusals']()],
)
