import { recoveryCodesIn } from '../world/factors.ts'
import type { JourneyKind } from './actions.ts'
import {
  type AuditEvent,
  type Exchange,
  endSessions,
  eventEffects,
  type ObservedAnswer,
  unconfirmedFactorsOf,
  Vulnerability,
} from './event-effects.ts'
import {
  activationCodeIsRight,
  answerIsRight,
  confirmedByPassword,
  factorIsRight,
  pathsOf,
  personAtSignIn,
} from './expectations.ts'
import { useUp } from './proofs.ts'
import {
  activeSession,
  countWrongAnswer,
  hasFactor,
  type Journey,
  journeyOf,
  normaliseContact,
  pendingSignInLifetime,
  triesKey,
} from './state.ts'

/** The answer passed the joker step: it must be right, in time, and no second factor may be missing. */
const applyAnswer = ({ request, answer }: Exchange, journey: Journey) => {
  const to = answer.location ?? ''
  const right = answerIsRight(request, journey)
  if (to.endsWith('second-element') && !journey.answered) {
    if (!right) throw new Vulnerability('a wrong answer led to the second factor: without a proof')
    journey.answered = true
  }
  // A browser past that step is redirected to its step, whatever it sends.
  if (!to.endsWith(pathsOf[journey.journeyKind].proved) || journey.proved) return
  if (!right) throw new Vulnerability('a wrong answer passed, or one after the last try: without a proof')
  if (hasFactor(request.state, journey.person ?? ''))
    throw new Vulnerability('the second factor was skipped: the joker led on without a proof')
  journey.proved = true
}

const applyFactor = ({ request, answer }: Exchange, journey: Journey, by: 'code' | 'key') => {
  if (!answer.location?.endsWith(pathsOf[journey.journeyKind].proved) || journey.proved) return
  if (!factorIsRight(request, journey, by))
    throw new Vulnerability('the second factor was passed without a proof')
  useUp(request.state, journey.person ?? '', request.body)
  journey.proved = true
  journey.factor = true
}

const applyActivationCode = ({ request, answer }: Exchange, journey: Journey) => {
  if (!answer.location?.endsWith(pathsOf.activation.proved) || journey.proved) return
  if (!activationCodeIsRight(request, journey))
    throw new Vulnerability(
      'an activation code passed that is not theirs, or that served before: without a proof',
    )
  journey.proved = true
}

/** Counts a wrong answer. The same one sent again at once is a double click, which costs no try. */
const applyWrongAnswer = ({ request, answer }: Exchange, journey: Journey) => {
  const { state, cookies, body, now } = request
  if (answerIsRight(request, journey)) return
  if (answer.status !== 422 || !answer.html.includes('id="reponse-erreur"')) return
  // In a known browser of another person the question may be closed for that browser only: then the answer is not counted.
  const knownToAnother = cookies.known !== '' && state.known.get(cookies.known) !== journey.person
  if (knownToAnother && !answer.html.includes('ne correspond pas')) return
  if (!journey.wrong.has(body.reponse ?? '')) countWrongAnswer(state, triesKey(state, cookies), now)
  journey.wrong.add(body.reponse ?? '')
}

type ProofStepUpdate = (exchange: Exchange, journey: Journey) => void
const proofSteps: Readonly<Record<string, ProofStepUpdate>> = {
  'question-joker': (exchange, journey) => {
    if (journey.journeyKind === 'activation') return
    applyWrongAnswer(exchange, journey)
    applyAnswer(exchange, journey)
  },
  'second-element': (exchange, journey) => applyFactor(exchange, journey, 'code'),
  'cle-d-acces': (exchange, journey) => applyFactor(exchange, journey, 'key'),
  code: (exchange, journey) => {
    if (journey.journeyKind === 'activation') applyActivationCode(exchange, journey)
  },
}

/** Applies a step of the journey: the page it led to, and the proof that allowed it. */
const applyJourneyStep = (exchange: Exchange) => {
  const { request, answer } = exchange
  const journey = journeyOf(request.state, request.cookies)
  if (!journey) return
  const to = answer.location ?? ''
  if (/^\/fr\/(mot-de-passe|identifiant|activation)\//.test(to)) journey.at = to
  if (!request.path.startsWith(`${pathsOf[journey.journeyKind].start}/`)) return
  proofSteps[request.path.slice(pathsOf[journey.journeyKind].start.length + 1)]?.(exchange, journey)
}

const crowdNumberSlug = 'numero-personnel'

const openJourney = ({ request, answer }: Exchange) => {
  const handle = answer.set.journey
  const journeyKind = (Object.keys(pathsOf) as JourneyKind[]).find(name =>
    request.path.startsWith(`${pathsOf[name].start}/identification/`),
  )
  if (!(handle && journeyKind)) return
  const { numero, naissance } = request.body
  // A number is searched only as the kind that the page names.
  const person = request.path.endsWith(crowdNumberSlug)
    ? request.people.find(one => numero === one.number && naissance === one.date)
    : undefined
  const { journeys, ended } = request.state
  journeys.set(handle, {
    journeyKind,
    person: person?.id ?? null,
    ended: ended.has(person?.id ?? ''),
    at: answer.location ?? '',
    wrong: new Set(),
    sentTo: {},
    answered: false,
    proved: false,
    factor: false,
    activated: false,
    superseded: false,
  })
}

/** Records a pending sign-in: after a right password until the second factor, or without one until a passkey. */
const openPendingSignIn = ({ request, answer }: Exchange) => {
  const handle = answer.set.pending
  if (!handle) return
  const { state, cookies, path, now } = request
  const confirming = path === '/fr/connexion/confirmer/compte'
  const byPassword = confirming || path === '/fr/connexion'
  const person = byPassword ? (confirming ? confirmedByPassword(request) : personAtSignIn(request)) : null
  if (byPassword && !person) throw new Vulnerability('a sign-in waits for a second factor without a proof')
  const confirms = confirming ? cookies.session : null
  state.pendingSignIns.delete(cookies.pending)
  state.pendingSignIns.set(handle, {
    person,
    confirms,
    until: now + pendingSignInLifetime,
    superseded: false,
  })
}

const contactPages = { mail: 'adresse', mobile: 'mobile' } as const

/** Records the contacts to which codes are sent, and the sessions that were ended on request. */
const applyDestinations = ({ request, answer }: Exchange) => {
  const { state, path, body, cookies, now } = request
  const [journey, session] = [journeyOf(state, cookies), activeSession(state, cookies, now)]
  for (const kind of ['mail', 'mobile'] as const) {
    if (journey && path === `/fr/activation/${contactPages[kind]}` && answer.location?.endsWith('/code'))
      journey.sentTo[kind] = normaliseContact(body.contact)
    if (session && path === '/fr/compte/adresses' && answer.location === `/fr/compte/adresses/${kind}`)
      session.sentTo[kind] = normaliseContact(body[kind])
  }
  if (path === '/fr/deconnexion') state.sessions.delete(cookies.session)
  if (path === '/fr/compte/sessions' && answer.location === path && session)
    endSessions(state, session.person, cookies.session)
}

/** Records factors that were begun and wait for their first use. */
const applyBegunEnrolment = ({ request, answer }: Exchange) => {
  const { state, cookies, path, body, now } = request
  const origin = activeSession(state, cookies, now)?.origin
  if (!origin) return
  if (path === '/fr/compte/codes-de-secours' && body.action === 'commencer') {
    const sheet = recoveryCodesIn(answer.html)
    if (sheet.length > 0) unconfirmedFactorsOf(state, origin).sheets.push(sheet)
  }
  if (path === '/fr/compte/cles-d-acces/nouvelle' && answer.location?.endsWith('/essai'))
    unconfirmedFactorsOf(state, origin).keys.push(body.nom ?? '')
}

/** May the request with this answer have caused this event? A sign-in event must have set a session cookie. */
export const mayHaveCaused = (kind: string, { set, status }: ObservedAnswer) => {
  if (kind.startsWith('sign-in.')) return Boolean(set.session)
  // Only a password write may have an error answer: the outcome can be unknown when the page is sent.
  return status < 400 || kind.startsWith('password.') || kind === 'activation.accepted'
}

const givesSession = ['sign-in.accepted', 'sign-in.confirmed', 'password.written']

export const updateState = (exchange: Exchange, auditEvents: readonly AuditEvent[]) => {
  if (exchange.answer.set.session && !auditEvents.some(({ kind }) => givesSession.includes(kind)))
    throw new Vulnerability(`a session was given by ${exchange.request.path} without a proof`)
  openJourney(exchange)
  openPendingSignIn(exchange)
  applyDestinations(exchange)
  applyBegunEnrolment(exchange)
  applyJourneyStep(exchange)
  const { known } = exchange.answer.set
  const owner =
    journeyOf(exchange.request.state, exchange.request.cookies)?.person ??
    activeSession(exchange.request.state, exchange.request.cookies, exchange.request.now)?.person
  // Of two writes sent at once either answer may bring the cookie.
  if (known && owner) exchange.request.state.known.set(known, owner)
  for (const { kind, chain } of auditEvents) {
    eventEffects[kind]?.(exchange, chain)
    // A success makes the browser known.
    if (known) exchange.request.state.known.set(known, chain)
  }
}
