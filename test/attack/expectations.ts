import type { CrowdMember } from '../world/crowd.ts'
import type { JourneyKind } from './actions.ts'
import { codeServes, codesOfApp, type Secrets, signer } from './proofs.ts'
import {
  activeSession,
  type Cookies,
  type Destinations,
  hasFactor,
  hasNoFactorOrSheet,
  hasShown,
  isSuspended,
  type Journey,
  journeyOf,
  mayRecover,
  maySignIn,
  type PendingSignIn,
  pendingSignInOf,
  type Session,
  type State,
  triesKey,
} from './state.ts'

/**
 * The audit events that a request may cause, given the proofs that its cookies stood for before it was sent. Any other event is
 * a vulnerability.
 */
export type ObservedForm = {
  readonly path: string
  readonly body: Readonly<Record<string, string>>
  readonly cookies: Cookies
}

export type ObservedRequest = ObservedForm & {
  readonly state: State
  readonly secrets: Secrets
  readonly people: readonly CrowdMember[]
  readonly now: number
}

export const pathsOf = {
  password: { start: '/fr/mot-de-passe', choose: 'nouveau', proved: '/fr/mot-de-passe/nouveau' },
  identifier: { start: '/fr/identifiant', choose: 'termine', proved: '/fr/identifiant/termine' },
  activation: { start: '/fr/activation', choose: 'mot-de-passe', proved: '/fr/activation/mot-de-passe' },
} as const satisfies { readonly [journeyKind in JourneyKind]: object }

/** Events that need a proof; the others only record attempts. */
export const eventsThatNeedProof = [
  'password.written',
  'password.unproved',
  'activation.accepted',
  'identifier.told',
  'joker.set',
  'contact.added',
  'contact.removed',
  'factor.added',
  'factor.removed',
  'sign-in.accepted',
  'sign-in.confirmed',
]

const noEvents: readonly string[] = []
const eventsFor = (person: string | null | undefined, ...kinds: string[]) =>
  person ? kinds.map(kind => `${kind}:${person}`) : noEvents

const journeyOfKind = (request: ObservedRequest, journeyKind: JourneyKind) => {
  const journey = journeyOf(request.state, request.cookies)
  return journey?.journeyKind === journeyKind && !journey.superseded ? journey : null
}

export const answerIsRight = ({ state, cookies, body, now }: ObservedRequest, journey: Journey | null) =>
  journey?.person != null &&
  !journey.ended &&
  mayRecover(state, journey.person, now) &&
  !isSuspended(state, triesKey(state, cookies), now) &&
  body.reponse === state.answers.get(journey.person)

/** Is this a valid second factor of the journey's person, after the right answer? */
export const factorIsRight = (request: ObservedRequest, journey: Journey | null, by: 'code' | 'key') => {
  if (!(journey?.person && journey.answered && !journey.superseded)) return false
  return by === 'code'
    ? codeServes(request.state, journey.person, request.body, request.now)
    : signer(request, request, 'journey') === journey.person
}

export const activationCodeIsRight = ({ state, body, now }: ObservedRequest, journey: Journey | null) =>
  journey?.person != null &&
  !journey.ended &&
  mayRecover(state, journey.person, now) &&
  state.activationCodes.get(journey.person) === body.code

/** The identifier is revealed once, however often the right answer is sent. */
const revealsAfterAnswer = (request: ObservedRequest) => {
  const journey = journeyOfKind(request, 'identifier')
  const isThere = journey && !journey.answered && !journey.proved
  const right = isThere && answerIsRight(request, journey) && !hasFactor(request.state, journey.person ?? '')
  return right ? eventsFor(journey?.person, 'identifier.told') : noEvents
}

const revealsAfterFactor = (request: ObservedRequest, by: 'code' | 'key') => {
  const journey = journeyOfKind(request, 'identifier')
  return !journey?.proved && factorIsRight(request, journey, by)
    ? eventsFor(journey?.person, 'identifier.told')
    : noEvents
}

/** A password write in a journey. */
const writesPassword = (request: ObservedRequest, journeyKind: JourneyKind, ...kinds: string[]) => {
  const { state, body, now } = request
  const journey = journeyOfKind(request, journeyKind)
  const person = journey?.proved ? journey.person : null
  const mayCause = person && body.charte && mayRecover(state, person, now) && !state.ended.has(person)
  const lacksFactor = mayCause && hasFactor(state, person) && !journey?.factor
  return mayCause && !lacksFactor ? eventsFor(person, ...kinds) : noEvents
}

const activates = (request: ObservedRequest) => {
  const person = journeyOfKind(request, 'activation')?.person
  return person && request.state.activationCodes.has(person)
    ? writesPassword(request, 'activation', 'password.written', 'activation.accepted')
    : noEvents
}

/** A contact is confirmed by an unused code that was sent to it. */
const confirms = (request: ObservedRequest, holder: CodeOwner, kind: keyof Destinations) => {
  const { state, secrets, body } = request
  const code = body.code ?? ''
  const to = secrets.sent.get(code)
  const right = to !== undefined && to === holder?.sentTo[kind] && !state.used.has(`sent:${code}`)
  return right ? eventsFor(holder?.person, 'contact.added') : noEvents
}
type CodeOwner = { readonly person: string | null; readonly sentTo: Destinations } | null

const activated = (request: ObservedRequest) => {
  const journey = journeyOfKind(request, 'activation')
  return journey?.activated && hasNoFactorOrSheet(request.state, journey.person ?? '') ? journey : null
}

const openSession = ({ state, cookies, now }: ObservedRequest) => {
  const session = activeSession(state, cookies, now)
  return session && !state.ended.has(session.person) ? session : null
}
/** The session, if its person has no second factor or has shown it recently. */
const sessionWithFactor = (request: ObservedRequest) =>
  hasShown(request.state, openSession(request), request.now)
const freshSession = (request: ObservedRequest) => {
  const session = sessionWithFactor(request)
  return session && request.now < session.freshUntil ? session : null
}

const isPassword = ({ state }: ObservedRequest, person: string | undefined, typed: string | undefined) =>
  person !== undefined && typed !== undefined && state.passwords.get(person) === typed

/** The person whose password is right and who may sign in. */
export const personAtSignIn = (request: ObservedRequest): string | null => {
  const named = request.people.find(({ login }) => login === request.body.identifiant)?.id
  const right = isPassword(request, named, request.body.motdepasse)
  return named && right && maySignIn(request.state, named) ? named : null
}

const signsInByPassword = (request: ObservedRequest) => {
  const named = personAtSignIn(request)
  return named && !hasFactor(request.state, named) ? eventsFor(named, 'sign-in.accepted') : noEvents
}

/** A pending sign-in opens a session, or confirms the session that asked for it. */
const completesSignIn = (
  request: ObservedRequest,
  pendingSignIn: PendingSignIn | null,
  person: string | null | undefined,
) => {
  if (!(pendingSignIn && person && maySignIn(request.state, person))) return noEvents
  if (pendingSignIn.confirms === null) return eventsFor(person, 'sign-in.accepted')
  return activeSession(request.state, { session: pendingSignIn.confirms }, request.now)
    ? eventsFor(person, 'sign-in.confirmed')
    : noEvents
}

const signsInByCode = (request: ObservedRequest) => {
  const pendingSignIn = pendingSignInOf(request.state, request.cookies, request.now)
  const right =
    pendingSignIn?.person && codeServes(request.state, pendingSignIn.person, request.body, request.now)
  return right ? completesSignIn(request, pendingSignIn, pendingSignIn.person) : noEvents
}

const signsInByPasskey = (request: ObservedRequest) => {
  const pendingSignIn = pendingSignInOf(request.state, request.cookies, request.now)
  const person = pendingSignIn && signer(request, request, 'pending')
  return pendingSignIn?.person === null || pendingSignIn?.person === person
    ? completesSignIn(request, pendingSignIn, person)
    : noEvents
}

/** The person whose password is right on the confirmation page. */
export const confirmedByPassword = (request: ObservedRequest): string | null => {
  const person = openSession(request)?.person
  const right =
    person && isPassword(request, person, request.body.motdepasse) && maySignIn(request.state, person)
  return right ? person : null
}

/** A password alone confirms nothing for a person with a second factor. */
const confirmsByPassword = (request: ObservedRequest) => {
  const person = confirmedByPassword(request)
  return person && !hasFactor(request.state, person) ? eventsFor(person, 'sign-in.confirmed') : noEvents
}

const confirmsByPasskey = (request: ObservedRequest) => {
  const person = activeSession(request.state, request.cookies, request.now)?.person
  return person && signer(request, request, 'confirm') === person
    ? eventsFor(person, 'sign-in.confirmed')
    : noEvents
}

const changes = (request: ObservedRequest) => {
  const person = sessionWithFactor(request)?.person
  const right = person && isPassword(request, person, request.body.ancien) && maySignIn(request.state, person)
  return right && request.body.charte ? eventsFor(person, 'password.written') : noEvents
}

/** A begun factor is put in service by its first use. */
const firstUse: Readonly<Record<string, (request: ObservedRequest, session: Session) => boolean>> = {
  application: ({ state, body, now }, { origin }) => {
    const appSecrets = state.unconfirmed.get(origin)?.appSecrets ?? []
    return appSecrets.some(one => codesOfApp(one, now).includes(body.code ?? ''))
  },
  'codes-de-secours': ({ state, body }, { origin }) =>
    state.unconfirmed.get(origin)?.sheets.some(sheet => sheet.includes(body.code ?? '')) === true,
  'cles-d-acces/essai': ({ state, secrets, cookies, body }, { origin }) => {
    const signature = secrets.signatures.get(body.cle ?? '')
    return (
      signature !== undefined &&
      signature.holder === `enrol:${cookies.session}` &&
      state.unconfirmed.get(origin)?.keys.includes(signature.key) === true &&
      !state.used.has(body.cle ?? '')
    )
  },
}

const managesFactor = (request: ObservedRequest) => {
  const session = freshSession(request)
  if (!session) return noEvents
  const page = request.path.replace('/fr/compte/', '')
  if (request.body.action === 'retirer') return eventsFor(session.person, 'factor.removed')
  if (!firstUse[page]?.(request, session)) return noEvents
  // A first factor voids the sheet that was printed before it.
  const first = page !== 'codes-de-secours' && !hasFactor(request.state, session.person)
  return eventsFor(session.person, 'factor.added', ...(first ? ['factor.removed'] : []))
}

const rules: Readonly<Record<string, (request: ObservedRequest) => readonly string[]>> = {
  '/fr/mot-de-passe/nouveau': request => writesPassword(request, 'password', 'password.written'),
  '/fr/activation/mot-de-passe': activates,
  '/fr/activation/question-joker': request => eventsFor(activated(request)?.person, 'joker.set'),
  '/fr/activation/adresse/code': request => confirms(request, activated(request), 'mail'),
  '/fr/activation/mobile/code': request => confirms(request, activated(request), 'mobile'),
  '/fr/identifiant/question-joker': revealsAfterAnswer,
  '/fr/identifiant/second-element': request => revealsAfterFactor(request, 'code'),
  '/fr/identifiant/cle-d-acces': request => revealsAfterFactor(request, 'key'),
  '/fr/connexion': signsInByPassword,
  '/fr/connexion/second-element/compte': signsInByCode,
  '/fr/connexion/cle-d-acces/compte': signsInByPasskey,
  '/fr/connexion/confirmer/compte': confirmsByPassword,
  '/fr/connexion/confirmer/compte/cle-d-acces': confirmsByPasskey,
  '/fr/compte/mot-de-passe': changes,
  '/fr/compte/application': managesFactor,
  '/fr/compte/codes-de-secours': managesFactor,
  '/fr/compte/cles-d-acces': managesFactor,
  '/fr/compte/cles-d-acces/essai': managesFactor,
  '/fr/compte/question-joker': request => eventsFor(freshSession(request)?.person, 'joker.set'),
  '/fr/compte/adresses': request => eventsFor(freshSession(request)?.person, 'contact.removed'),
  '/fr/compte/adresses/mail': request => confirms(request, freshSession(request), 'mail'),
  '/fr/compte/adresses/mobile': request => confirms(request, freshSession(request), 'mobile'),
}

/** The events that this request may cause, as `kind:person`. */
export const allowedEvents = (request: ObservedRequest): readonly string[] =>
  rules[request.path]?.(request) ?? noEvents

type PageView = { readonly state: State; readonly cookies: Cookies; readonly now: number }

/** May a browser with these cookies be shown this page? */
export const mayView = ({ state, cookies, now }: PageView, page: string, html: string): boolean => {
  const journey = journeyOf(state, cookies)
  const has = (journeyKind: JourneyKind, what: 'proved' | 'activated' | 'answered') =>
    journey?.journeyKind === journeyKind && !journey.superseded && journey[what]
  const session = activeSession(state, cookies, now)
  const isFresh = hasShown(state, session, now) !== null && now < (session?.freshUntil ?? 0)
  const hidden = !html.includes('name="nouveau"')
  const pages: Readonly<Record<string, boolean>> = {
    'mot-de-passe/nouveau': hidden || has('password', 'proved'),
    'mot-de-passe/second-element': has('password', 'answered'),
    'mot-de-passe/cle-d-acces': has('password', 'answered'),
    'identifiant/second-element': has('identifier', 'answered'),
    'identifiant/cle-d-acces': has('identifier', 'answered'),
    'identifiant/termine': has('identifier', 'proved'),
    'activation/mot-de-passe': hidden || has('activation', 'proved'),
    'activation/question-joker': has('activation', 'activated'),
    'activation/adresse': has('activation', 'activated'),
    'activation/mobile': has('activation', 'activated'),
    'activation/termine': has('activation', 'activated'),
    'connexion/second-element/compte': state.pendingSignIns.get(cookies.pending)?.person != null,
    'compte/application': isFresh,
    'compte/adresses': isFresh,
    'compte/cles-d-acces': isFresh,
    'compte/codes-de-secours': isFresh,
    'compte/question-joker': isFresh,
    'compte/cles-d-acces/nouvelle': isFresh,
  }
  return pages[page] ?? (session !== null || !page.startsWith('compte'))
}
