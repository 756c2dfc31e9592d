import type { Traveller } from '../world/crowd.ts'
import type { Road } from './actions.ts'
import {
  type Browser,
  digitsServe,
  type Journey,
  newSession,
  otherOf,
  pathsOf,
  type Walk,
} from './beliefs.ts'

/** What a request taught: which proofs were accepted, what they are worth from now on, and what ended. */
export type Answered = { readonly status: number; readonly location: string | null; readonly html: string }
type Body = Readonly<Record<string, string>>
export type Exchange = {
  readonly path: string
  readonly body: Body
  readonly answer: Answered
  /** The answer to the joker is theirs, and a try was left. */
  readonly right: boolean
}

export const keyOf = ({ journey, known, visitor }: Browser) => {
  const id = journey?.person?.id
  return `${id}:${known === id ? visitor.cookies.get('__Host-known') : 'stranger'}`
}

/** The answer led on: was it right, in time, and was nothing more to be shown? */
const learnAnswer = ({ held }: Walk, journey: Journey, { right, answer }: Exchange) => {
  const to = answer.location ?? ''
  if (right && to.endsWith('second-element')) journey.answered = true
  // Whoever is past that step is led where they are, whatever they send.
  if (!to.endsWith(pathsOf[journey.road].proved) || journey.proved) return
  if (!right) throw new Error('an answer passed that was not right, or after the last try: without a proof')
  if (held.apps.has(journey.person?.id ?? ''))
    throw new Error('the second factor was skipped: the joker led on without a proof')
  journey.proved = true
}

const learnDigits = (walk: Walk, journey: Journey, { body, answer }: Exchange) => {
  if (!answer.location?.endsWith(pathsOf[journey.road].proved) || journey.proved) return
  const code = body.code ?? ''
  if (!(journey.answered && journey.person && digitsServe(walk, journey.person, code)))
    throw new Error('the second factor was passed without a proof')
  walk.served.add(`${journey.person.id}:${code}`)
  journey.proved = true
}

const learnLetter = ({ held }: Walk, journey: Journey, { body, answer }: Exchange) => {
  if (!answer.location?.endsWith(pathsOf.activation.proved) || journey.proved) return
  if (held.letters.get(journey.person?.id ?? '') !== body.code)
    throw new Error('an activation code passed that is not theirs, or that served before: without a proof')
  journey.proved = true
}

/** The same wrong answer sent again at once is a second click, which costs no try. */
const countWrong = (walk: Walk, one: Browser, journey: Journey, { right, body, answer }: Exchange) => {
  const wrong = !right && answer.status === 422 && answer.html.includes('id="reponse-erreur"')
  const counted = wrong && journey.lastWrong !== body.reponse
  if (wrong) journey.lastWrong = body.reponse ?? ''
  if (counted) walk.wrong.set(keyOf(one), (walk.wrong.get(keyOf(one)) ?? 0) + 1)
}

/** A journey moved: which page, and by what right. */
const learnStep = (walk: Walk, one: Browser, exchange: Exchange) => {
  const to = exchange.answer.location ?? ''
  if (/^\/fr\/(mot-de-passe|identifiant|activation)\//.test(to)) one.at = to
  const { journey } = one
  if (!journey) return
  const step = exchange.path.replace(`${pathsOf[journey.road].start}/`, '')
  if (step === 'question-joker' && journey.road !== 'activation') {
    learnAnswer(walk, journey, exchange)
    countWrong(walk, one, journey, exchange)
  }
  if (step === 'second-element') learnDigits(walk, journey, exchange)
  if (step === 'code' && journey.road === 'activation') learnLetter(walk, journey, exchange)
}

const learnIdentified = ({ people }: Walk, one: Browser, { path, body, answer }: Exchange) => {
  const road = (Object.keys(pathsOf) as Road[]).find(name =>
    path.startsWith(`${pathsOf[name].start}/identif`),
  )
  if (!road || answer.status !== 303) return
  const person = people.find(({ number, date }) => body.numero === number && body.naissance === date)
  one.journey = {
    road,
    person: person ?? null,
    answered: false,
    proved: false,
    activated: false,
    lastWrong: '',
  }
  one.sentTo.delete('journey')
}

/** Where codes were asked to go, and sessions that were ended by hand. */
const learnPlaces = (walk: Walk, one: Browser, { path, body, answer: { location } }: Exchange) => {
  if (path === '/fr/activation/adresse' && location?.endsWith('/code'))
    one.sentTo.set('journey', body.contact ?? '')
  if (path === '/fr/compte/adresses' && location?.endsWith('/mail'))
    one.sentTo.set('account', body.mail ?? '')
  if (path === '/fr/deconnexion') one.session = null
  if (path !== '/fr/compte/sessions' || !location || !one.session) return
  const other = otherOf(walk, one)
  if (other.session?.person.id === one.session.person.id) other.session = null
}

/** The first accepted write ends the sessions of that person, and their other journeys. */
const endOfPerson = (each: Browser, id: string, spared: boolean) => {
  if (each.session?.person.id === id && !spared) each.session = null
  if (each.half?.person.id === id) each.half = null
  if (each.journey?.person?.id === id && each.journey.road !== 'identifier') each.journey.proved = false
}

type Learn = (walk: Walk, one: Browser, person: Traveller, exchange: Exchange) => void

const events: Readonly<Record<string, Learn>> = {
  'password.written': ({ held, browsers, now }, one, { id }, { path, body }) => {
    held.passwords.set(id, body.nouveau ?? '')
    const changedHere = path.startsWith('/fr/compte/')
    for (const each of browsers) endOfPerson(each, id, changedHere && each === one)
    const { session } = one
    if (changedHere && session)
      one.session = { ...newSession(session.person, now(), false), factorUntil: session.factorUntil }
  },
  'activation.accepted': ({ held }, one, { id }) => {
    held.letters.delete(id)
    if (one.journey) one.journey.activated = true
  },
  'joker.set': ({ held, wrong }, _, { id }, { body }) => {
    held.answers.set(id, body.reponse ?? '')
    for (const key of wrong.keys()) if (key.startsWith(`${id}:`)) wrong.delete(key)
  },
  'factor.added': ({ now }, one) => {
    if (one.session) one.session.factorUntil = now() + 10 * 60_000
  },
  'factor.removed': ({ held }, _, { id }) => {
    held.apps.delete(id)
  },
  'sign-in.confirmed': ({ served, now }, one, person, { path, body }) => {
    const withFactor = path.includes('second-element')
    if (withFactor) served.add(`${person.id}:${body.code}`)
    if (withFactor) one.half = null
    const factorUntil = one.session?.factorUntil ?? 0
    if (one.session)
      one.session = { ...newSession(person, now(), withFactor), ...(!withFactor && { factorUntil }) }
  },
  'sign-in.accepted': ({ held, served, now }, one, person, { path, body }) => {
    const withFactor = path.includes('second-element')
    if (withFactor) served.add(`${person.id}:${body.code}`)
    // Whoever has signed in has an account that works: the letter is dead.
    held.letters.delete(person.id)
    one.session = newSession(person, now(), withFactor)
    one.half = null
    one.sentTo.delete('account')
  },
}

export type Event = { readonly kind: string; readonly chain: string }

export const learn = (walk: Walk, one: Browser, exchange: Exchange, told: readonly Event[]) => {
  learnIdentified(walk, one, exchange)
  learnPlaces(walk, one, exchange)
  learnStep(walk, one, exchange)
  for (const { kind, chain } of told) {
    const person = walk.people.find(({ id }) => id === chain)
    if (person) events[kind]?.(walk, one, person, exchange)
  }
}
