import { recoveryCodesIn } from '../world/factors.ts'
import type { JourneyKind } from './actions.ts'
import {
  type Answered,
  type Event,
  type Exchange,
  endSessions,
  events,
  Hole,
  pendingOf,
} from './event-effects.ts'
import {
  answerIsRight,
  confirmedByPassword,
  factorIsRight,
  letterIsRight,
  namedAtSignIn,
  pathsOf,
} from './expectations.ts'
import { useUp } from './proofs.ts'
import {
  aliveSession,
  countWrong,
  halfLife,
  hasFactor,
  type Journey,
  journeyOf,
  spelt,
  triesKey,
} from './state.ts'

/** The answer led on: was it right, in time, and was nothing more to be shown? */
const learnAnswer = ({ asked, answer }: Exchange, journey: Journey) => {
  const to = answer.location ?? ''
  const right = answerIsRight(asked, journey)
  if (to.endsWith('second-element') && !journey.answered) {
    if (!right) throw new Hole('an answer led to the second factor that was not right: without a proof')
    journey.answered = true
  }
  // Whoever is past that step is led where they are, whatever they send.
  if (!to.endsWith(pathsOf[journey.journeyKind].proved) || journey.proved) return
  if (!right) throw new Hole('an answer passed that was not right, or after the last try: without a proof')
  if (hasFactor(asked.state, journey.person ?? ''))
    throw new Hole('the second factor was skipped: the joker led on without a proof')
  journey.proved = true
}

const learnFactor = ({ asked, answer }: Exchange, journey: Journey, by: 'code' | 'key') => {
  if (!answer.location?.endsWith(pathsOf[journey.journeyKind].proved) || journey.proved) return
  if (!factorIsRight(asked, journey, by)) throw new Hole('the second factor was passed without a proof')
  useUp(asked.state, journey.person ?? '', asked.body)
  journey.proved = true
  journey.factor = true
}

const learnLetter = ({ asked, answer }: Exchange, journey: Journey) => {
  if (!answer.location?.endsWith(pathsOf.activation.proved) || journey.proved) return
  if (!letterIsRight(asked, journey))
    throw new Hole('an activation code passed that is not theirs, or that served before: without a proof')
  journey.proved = true
}

/** The same wrong answer sent again at once is a second click, which costs no try. */
const learnWrong = ({ asked, answer }: Exchange, journey: Journey) => {
  const { state, cookies, body, now } = asked
  if (answerIsRight(asked, journey)) return
  if (answer.status !== 422 || !answer.html.includes('id="reponse-erreur"')) return
  // Closed in a browser that is known to be another's alone, it counts for nobody else.
  const beside = cookies.known !== '' && state.known.get(cookies.known) !== journey.person
  if (beside && !answer.html.includes('ne correspond pas')) return
  if (!journey.wrong.has(body.reponse ?? '')) countWrong(state, triesKey(state, cookies), now)
  journey.wrong.add(body.reponse ?? '')
}

type LearnStep = (exchange: Exchange, journey: Journey) => void
const proofSteps: Readonly<Record<string, LearnStep>> = {
  'question-joker': (exchange, journey) => {
    if (journey.journeyKind === 'activation') return
    learnWrong(exchange, journey)
    learnAnswer(exchange, journey)
  },
  'second-element': (exchange, journey) => learnFactor(exchange, journey, 'code'),
  'cle-d-acces': (exchange, journey) => learnFactor(exchange, journey, 'key'),
  code: (exchange, journey) => {
    if (journey.journeyKind === 'activation') learnLetter(exchange, journey)
  },
}

/** A journey moved: which page, and by what right. */
const learnStep = (exchange: Exchange) => {
  const { asked, answer } = exchange
  const journey = journeyOf(asked.state, asked.cookies)
  if (!journey) return
  const to = answer.location ?? ''
  if (/^\/fr\/(mot-de-passe|identifiant|activation)\//.test(to)) journey.at = to
  if (!asked.path.startsWith(`${pathsOf[journey.journeyKind].start}/`)) return
  proofSteps[asked.path.slice(pathsOf[journey.journeyKind].start.length + 1)]?.(exchange, journey)
}

const slugOfCrowd = 'numero-personnel'

const learnIdentified = ({ asked, answer }: Exchange) => {
  const handle = answer.set.journey
  const journeyKind = (Object.keys(pathsOf) as JourneyKind[]).find(name =>
    asked.path.startsWith(`${pathsOf[name].start}/identification/`),
  )
  if (!(handle && journeyKind)) return
  const { numero, naissance } = asked.body
  // A number is searched only where its card says.
  const person = asked.path.endsWith(slugOfCrowd)
    ? asked.people.find(one => numero === one.number && naissance === one.date)
    : undefined
  const { journeys, ended } = asked.state
  journeys.set(handle, {
    ...{
      journeyKind,
      person: person?.id ?? null,
      ended: ended.has(person?.id ?? ''),
      at: answer.location ?? '',
      wrong: new Set(),
      sentTo: {},
    },
    ...{ answered: false, proved: false, factor: false, activated: false, dead: false },
  })
}

/** A sign-in that waits: for the second factor of whose password was right, or for any passkey. */
const learnHalf = ({ asked, answer }: Exchange) => {
  const handle = answer.set.entering
  if (!handle) return
  const { state, cookies, path, now } = asked
  const confirming = path === '/fr/connexion/confirmer/compte'
  const byPassword = confirming || path === '/fr/connexion'
  const person = byPassword ? (confirming ? confirmedByPassword(asked) : namedAtSignIn(asked)) : null
  if (byPassword && !person) throw new Hole('a sign-in waits for a second factor without a proof')
  const confirms = confirming ? cookies.session : null
  state.halves.delete(cookies.entering)
  state.halves.set(handle, { person, confirms, until: now + halfLife, dead: false })
}

const spotOf = { mail: 'adresse', mobile: 'mobile' } as const

/** Where codes were asked to go, and sessions that were ended by hand. */
const learnPlaces = ({ asked, answer }: Exchange) => {
  const { state, path, body, cookies, now } = asked
  const [journey, session] = [journeyOf(state, cookies), aliveSession(state, cookies, now)]
  for (const kind of ['mail', 'mobile'] as const) {
    if (journey && path === `/fr/activation/${spotOf[kind]}` && answer.location?.endsWith('/code'))
      journey.sentTo[kind] = spelt(body.contact)
    if (session && path === '/fr/compte/adresses' && answer.location === `/fr/compte/adresses/${kind}`)
      session.sentTo[kind] = spelt(body[kind])
  }
  if (path === '/fr/deconnexion') state.sessions.delete(cookies.session)
  if (path === '/fr/compte/sessions' && answer.location === path && session)
    endSessions(state, session.person, cookies.session)
}

/** What was begun, and waits for its first use. */
const learnBegun = ({ asked, answer }: Exchange) => {
  const { state, cookies, path, body, now } = asked
  const origin = aliveSession(state, cookies, now)?.origin
  if (!origin) return
  if (path === '/fr/compte/codes-de-secours' && body.action === 'commencer') {
    const sheet = recoveryCodesIn(answer.html)
    if (sheet.length > 0) pendingOf(state, origin).sheets.push(sheet)
  }
  if (path === '/fr/compte/cles-d-acces/nouvelle' && answer.location?.endsWith('/essai'))
    pendingOf(state, origin).keys.push(body.nom ?? '')
}

/** May this request be what caused this event? Its answer tells where an event gave its browser something. */
export const mayHaveCaused = (kind: string, { set, status }: Answered) => {
  if (kind.startsWith('sign-in.')) return Boolean(set.session)
  // Only a password may be written although its browser is told that nobody knows yet.
  return status < 400 || kind.startsWith('password.') || kind === 'activation.accepted'
}

const givesSession = ['sign-in.accepted', 'sign-in.confirmed', 'password.written']

export const learn = (exchange: Exchange, told: readonly Event[]) => {
  if (exchange.answer.set.session && !told.some(({ kind }) => givesSession.includes(kind)))
    throw new Hole(`a session was given by ${exchange.asked.path} without a proof`)
  learnIdentified(exchange)
  learnHalf(exchange)
  learnPlaces(exchange)
  learnBegun(exchange)
  learnStep(exchange)
  const { known } = exchange.answer.set
  for (const { kind, chain } of told) {
    events[kind]?.(exchange, chain)
    // A success is remembered in its browser.
    if (known) exchange.asked.state.known.set(known, chain)
  }
}
