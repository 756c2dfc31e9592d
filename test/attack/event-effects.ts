import type { ObservedRequest } from './expectations.ts'
import { codesOfApp, useUp } from './proofs.ts'
import {
  activeSession,
  type Cookies,
  hasFactor,
  journeyOf,
  newSession,
  type Session,
  type State,
  type UnconfirmedFactors,
} from './state.ts'

/** How each audit event changes the expected state: which proofs count from now on, and what has ended. */
export type ObservedAnswer = {
  readonly status: number
  readonly location: string | null
  readonly html: string
  /** Cookies that this answer set; empty when it deleted the cookie. */
  readonly set: Partial<Cookies>
}
export type AuditEvent = { readonly kind: string; readonly chain: string }

export class Vulnerability extends Error {}

export type Exchange = { readonly request: ObservedRequest; readonly answer: ObservedAnswer }

export const endSessions = ({ sessions }: State, person: string, except = '') => {
  for (const [handle, session] of sessions)
    if (session.person === person && handle !== except) sessions.delete(handle)
}

/** Its browser is made known again by the answer, where there is one. */
const forgetKnownBrowsers = ({ known }: State, person: string, except = '') => {
  for (const [cookie, owner] of known) if (owner === person && cookie !== except) known.delete(cookie)
}

/** A password write or a freeze ends the sessions of the person and their other journeys, and forgets their known browsers. */
export const endSessionsAndJourneys = (state: State, person: string, except: Partial<Cookies> = {}) => {
  endSessions(state, person, except.session)
  forgetKnownBrowsers(state, person)
  for (const pendingSignIn of state.pendingSignIns.values())
    if (pendingSignIn.person === person) pendingSignIn.superseded = true
  endJourneys(state, person, except.journey)
}

/** Ends journeys that hold a proof. A journey without one goes on: its proof will be newer. */
const endJourneys = ({ journeys }: State, person: string, except?: string) => {
  for (const [handle, journey] of journeys) {
    const { journeyKind, answered, proved, activated } = journey
    if (journey.person === person && handle !== except && (answered || proved || activated))
      journey.superseded ||= !(journeyKind === 'identifier' && proved)
  }
}

/** The session continues under a new handle. Only a factor shown in this request extends the time for which the factor counts. */
const renewSession = ({ request, answer }: Exchange, handle: string, factor: boolean) => {
  const { state, now } = request
  const session = state.sessions.get(handle)
  state.sessions.delete(handle)
  if (!(session && answer.set.session)) return
  const { factorUntil, endsAt, sentTo, origin } = session
  state.sessions.set(answer.set.session, {
    ...newSession(session.person, now, factor, origin),
    endsAt,
    sentTo,
    ...(!factor && { factorUntil }),
  })
}

/** The account is active once its owner has set anything or signed in: activation codes are void. */
const markActive = ({ active, activationCodes }: State, person: string) => {
  active.add(person)
  activationCodes.delete(person)
}

type EventEffect = (exchange: Exchange, person: string) => void

const passwordWritten: EventEffect = (exchange, person) => {
  const { state, cookies, path, body } = exchange.request
  state.passwords.set(person, body.nouveau ?? '')
  const signedIn = path.startsWith('/fr/compte/')
  endSessionsAndJourneys(
    state,
    person,
    signedIn ? { session: cookies.session } : { journey: cookies.journey },
  )
  markActive(state, person)
  if (signedIn) return renewSession(exchange, cookies.session, false)
  const journey = journeyOf(state, cookies)
  if (journey) journey.proved = false
}

export const unconfirmedFactorsOf = (state: State, origin: string): UnconfirmedFactors => {
  const unconfirmed = state.unconfirmed.get(origin) ?? { appSecrets: [], sheets: [], keys: [] }
  state.unconfirmed.set(origin, unconfirmed)
  return unconfirmed
}

/**
 * The first use of a factor counts as showing it. A first factor voids sheets that were begun before it, and forgets the
 * other known browsers.
 */
const markFactorShown = ({ state, cookies, now }: ObservedRequest, session: Session, first: boolean) => {
  session.factorUntil = now + 10 * 60_000
  if (!first) return
  forgetKnownBrowsers(state, session.person, cookies.known)
  for (const { person, origin } of state.sessions.values())
    if (person === session.person) unconfirmedFactorsOf(state, origin).sheets = []
}

type EnrolmentEffect = (request: ObservedRequest, session: Session) => void
const enrolmentEffects: Readonly<Record<string, EnrolmentEffect>> = {
  application: (request, session) => {
    const { state, body, now } = request
    const { person, origin } = session
    const first = !hasFactor(state, person)
    const unconfirmed = unconfirmedFactorsOf(state, origin)
    const appSecret = unconfirmed.appSecrets.find(one => codesOfApp(one, now).includes(body.code ?? ''))
    state.apps.set(person, appSecret ?? '')
    state.used.add(`app:${person}:${body.code}`)
    unconfirmed.appSecrets = []
    markFactorShown(request, session, first)
  },
  'codes-de-secours': ({ state, body }, { person, origin }) => {
    const unconfirmed = unconfirmedFactorsOf(state, origin)
    const sheet = unconfirmed.sheets.find(one => one.includes(body.code ?? '')) ?? []
    state.sheets.set(
      person,
      sheet.filter(code => code !== body.code),
    )
    unconfirmed.sheets = []
  },
  'cles-d-acces/essai': (request, session) => {
    const { state, secrets, body } = request
    const { person, origin } = session
    const first = !hasFactor(state, person)
    const key = secrets.signatures.get(body.cle ?? '')?.key
    if (key) state.keys.set(person, [...(state.keys.get(person) ?? []), key])
    state.used.add(body.cle ?? '')
    unconfirmedFactorsOf(state, origin).keys = []
    markFactorShown(request, session, first)
  },
}

const removalEffects: Readonly<Record<string, (state: State, person: string, which: string) => void>> = {
  application: ({ apps }, person) => apps.delete(person),
  'codes-de-secours': ({ sheets }, person) => sheets.delete(person),
  'cles-d-acces': ({ keys }, person, which) =>
    keys.set(
      person,
      (keys.get(person) ?? []).filter(key => key !== which),
    ),
}

const pageIn = (path: string) => path.replace('/fr/compte/', '')

/** The effect of each kind of audit event. */
export const eventEffects: Readonly<Record<string, EventEffect>> = {
  'password.written': passwordWritten,
  'activation.accepted': ({ request: { state, cookies } }) => {
    const journey = journeyOf(state, cookies)
    if (journey) journey.activated = true
  },
  'identifier.told': ({ request: { state, cookies } }) => {
    const journey = journeyOf(state, cookies)
    if (journey) journey.proved = true
  },
  'joker.set': ({ request: { state, path, body } }, person) => {
    markActive(state, person)
    // Journeys that were proved by the old answer lose their proof.
    if (path.startsWith('/fr/compte/')) endJourneys(state, person)
    state.answers.set(person, body.reponse ?? '')
    for (const key of state.wrong.keys()) if (key.startsWith(`${person}:`)) state.wrong.delete(key)
  },
  'contact.added': ({ request: { state, body } }, person) => {
    markActive(state, person)
    state.used.add(`sent:${body.code}`)
  },
  'factor.added': (exchange, person) => {
    const { state, cookies, path, now } = exchange.request
    const session = activeSession(state, cookies, now)
    if (session) enrolmentEffects[pageIn(path)]?.(exchange.request, session)
    markActive(state, person)
  },
  'factor.removed': ({ request: { state, secrets, path, body } }, person) =>
    // A first factor voids the sheet.
    body.action !== 'retirer'
      ? state.sheets.delete(person)
      : removalEffects[pageIn(path)]?.(state, person, secrets.listed.get(body.laquelle ?? '') ?? ''),
  'sign-in.confirmed': (exchange, person) => {
    const { state, cookies, body } = exchange.request
    const shown = body.code !== undefined || body.cle !== undefined
    if (shown) useUp(state, person, body)
    const { confirms } = state.pendingSignIns.get(cookies.pending) ?? {}
    const byHalf = !exchange.request.path.includes('/confirmer/')
    if (byHalf) state.pendingSignIns.delete(cookies.pending)
    renewSession(exchange, byHalf ? (confirms ?? '') : cookies.session, shown)
  },
  'sign-in.accepted': ({ request, answer }, person) => {
    const { state, cookies, body, now } = request
    const shown = body.code !== undefined || body.cle !== undefined
    if (shown) useUp(state, person, body)
    state.pendingSignIns.delete(cookies.pending)
    // A browser that signs in again loses its old session.
    state.sessions.delete(cookies.session)
    const handle = answer.set.session ?? ''
    state.sessions.set(handle, newSession(person, now, shown, handle))
    markActive(state, person)
    // An activation left open in another browser may set nothing more.
    for (const journey of state.journeys.values())
      if (journey.person === person && journey.activated) journey.superseded = true
  },
}
