import type { Asked } from './expectations.ts'
import { codesOfApp, useUp } from './proofs.ts'
import {
  aliveSession,
  type Cookies,
  hasFactor,
  journeyOf,
  newSession,
  type Pending,
  type Session,
  type State,
} from './state.ts'

/** What a request taught: which proofs were accepted, what they are worth from now on, and what ended. */
export type Answered = {
  readonly status: number
  readonly location: string | null
  readonly html: string
  /** Cookies that this answer set; empty: taken back. */
  readonly set: Partial<Cookies>
}
export type Event = { readonly kind: string; readonly chain: string }

export class Hole extends Error {}

export type Exchange = { readonly asked: Asked; readonly answer: Answered }

export const endSessions = ({ sessions }: State, person: string, spared = '') => {
  for (const [handle, session] of sessions)
    if (session.person === person && handle !== spared) sessions.delete(handle)
}

/** Its browser is known again by the answer, where there is one. */
const forgetKnownBrowsers = ({ known }: State, person: string, except = '') => {
  for (const [cookie, owner] of known) if (owner === person && cookie !== except) known.delete(cookie)
}

/** The first accepted write ends the sessions of that person, and their other journeys; so does a freeze. */
export const endOfPerson = (state: State, person: string, spared: Partial<Cookies> = {}) => {
  endSessions(state, person, spared.session)
  forgetKnownBrowsers(state, person)
  for (const half of state.halves.values()) if (half.person === person) half.dead = true
  endJourneys(state, person, spared.journey)
}

/** Whoever has not proved anything yet proves it after: such a journey goes on. */
const endJourneys = ({ journeys }: State, person: string, spared?: string) => {
  for (const [handle, journey] of journeys) {
    const { journeyKind, answered, proved, activated } = journey
    if (journey.person === person && handle !== spared && (answered || proved || activated))
      journey.dead ||= !(journeyKind === 'identifier' && proved)
  }
}

/** The session goes on under the handle that the answer set; only a factor that was shown makes it count longer. */
const renewed = ({ asked, answer }: Exchange, handle: string, factor: boolean) => {
  const { state, now } = asked
  const session = state.sessions.get(handle)
  state.sessions.delete(handle)
  if (!(session && answer.set.session)) return
  const { factorUntil, endsAt, sentTo, origin } = session
  state.sessions.set(answer.set.session, {
    ...newSession(session.person, now, factor, origin),
    ...{ endsAt, sentTo, ...(!factor && { factorUntil }) },
  })
}

/** Whoever chose anything, or signed in, needs no letter any more. */
const isActiveNow = ({ active, letters }: State, person: string) => {
  active.add(person)
  letters.delete(person)
}

type Learn = (exchange: Exchange, person: string) => void

const written: Learn = (exchange, person) => {
  const { state, cookies, path, body } = exchange.asked
  state.passwords.set(person, body.nouveau ?? '')
  const signedIn = path.startsWith('/fr/compte/')
  endOfPerson(state, person, signedIn ? { session: cookies.session } : { journey: cookies.journey })
  isActiveNow(state, person)
  if (signedIn) return renewed(exchange, cookies.session, false)
  const journey = journeyOf(state, cookies)
  if (journey) journey.proved = false
}

export const pendingOf = (state: State, origin: string): Pending => {
  const pending = state.pending.get(origin) ?? { letters: [], sheets: [], keys: [] }
  state.pending.set(origin, pending)
  return pending
}

/** The factor was shown by its first use; with the first of all, sheets that were begun before are void. */
const entered = ({ state, cookies, now }: Asked, session: Session, first: boolean) => {
  session.factorUntil = now + 10 * 60_000
  if (!first) return
  forgetKnownBrowsers(state, session.person, cookies.known)
  for (const { person, origin } of state.sessions.values())
    if (person === session.person) pendingOf(state, origin).sheets = []
}

type InService = (asked: Asked, session: Session) => void
const inService: Readonly<Record<string, InService>> = {
  application: (asked, session) => {
    const { state, body, now } = asked
    const { person, origin } = session
    const first = !hasFactor(state, person)
    const pending = pendingOf(state, origin)
    const letters = pending.letters.find(one => codesOfApp(one, now).includes(body.code ?? ''))
    state.apps.set(person, letters ?? '')
    state.served.add(`app:${person}:${body.code}`)
    pending.letters = []
    entered(asked, session, first)
  },
  'codes-de-secours': ({ state, body }, { person, origin }) => {
    const pending = pendingOf(state, origin)
    const sheet = pending.sheets.find(one => one.includes(body.code ?? '')) ?? []
    state.sheets.set(
      person,
      sheet.filter(code => code !== body.code),
    )
    pending.sheets = []
  },
  'cles-d-acces/essai': (asked, session) => {
    const { state, secrets, body } = asked
    const { person, origin } = session
    const first = !hasFactor(state, person)
    const key = secrets.signatures.get(body.cle ?? '')?.key
    if (key) state.keys.set(person, [...(state.keys.get(person) ?? []), key])
    state.served.add(body.cle ?? '')
    pendingOf(state, origin).keys = []
    entered(asked, session, first)
  },
}

const taken: Readonly<Record<string, (state: State, person: string, which: string) => void>> = {
  application: ({ apps }, person) => apps.delete(person),
  'codes-de-secours': ({ sheets }, person) => sheets.delete(person),
  'cles-d-acces': ({ keys }, person, which) =>
    keys.set(
      person,
      (keys.get(person) ?? []).filter(key => key !== which),
    ),
}

const pageIn = (path: string) => path.replace('/fr/compte/', '')

/** What follows from each event that a request caused. */
export const events: Readonly<Record<string, Learn>> = {
  'password.written': written,
  'activation.accepted': ({ asked: { state, cookies } }) => {
    const journey = journeyOf(state, cookies)
    if (journey) journey.activated = true
  },
  'identifier.told': ({ asked: { state, cookies } }) => {
    const journey = journeyOf(state, cookies)
    if (journey) journey.proved = true
  },
  'joker.set': ({ asked: { state, path, body } }, person) => {
    isActiveNow(state, person)
    // Whoever stands behind the old answer has proved nothing any more.
    if (path.startsWith('/fr/compte/')) endJourneys(state, person)
    state.answers.set(person, body.reponse ?? '')
    for (const key of state.wrong.keys()) if (key.startsWith(`${person}:`)) state.wrong.delete(key)
  },
  'contact.added': ({ asked: { state, body } }, person) => {
    isActiveNow(state, person)
    state.served.add(`sent:${body.code}`)
  },
  'factor.added': (exchange, person) => {
    const { state, cookies, path, now } = exchange.asked
    const session = aliveSession(state, cookies, now)
    if (session) inService[pageIn(path)]?.(exchange.asked, session)
    isActiveNow(state, person)
  },
  'factor.removed': ({ asked: { state, secrets, path, body } }, person) =>
    // The first factor voided the sheet.
    body.action !== 'retirer'
      ? state.sheets.delete(person)
      : taken[pageIn(path)]?.(state, person, secrets.listed.get(body.laquelle ?? '') ?? ''),
  'sign-in.confirmed': (exchange, person) => {
    const { state, cookies, body } = exchange.asked
    const shown = body.code !== undefined || body.cle !== undefined
    if (shown) useUp(state, person, body)
    const { confirms } = state.halves.get(cookies.entering) ?? {}
    const byHalf = !exchange.asked.path.includes('/confirmer/')
    if (byHalf) state.halves.delete(cookies.entering)
    renewed(exchange, byHalf ? (confirms ?? '') : cookies.session, shown)
  },
  'sign-in.accepted': ({ asked, answer }, person) => {
    const { state, cookies, body, now } = asked
    const shown = body.code !== undefined || body.cle !== undefined
    if (shown) useUp(state, person, body)
    state.halves.delete(cookies.entering)
    // A browser that signs in again leaves its old handle behind.
    state.sessions.delete(cookies.session)
    const handle = answer.set.session ?? ''
    state.sessions.set(handle, newSession(person, now, shown, handle))
    isActiveNow(state, person)
    // An activation that was left open somewhere chooses nothing more.
    for (const journey of state.journeys.values())
      if (journey.person === person && journey.activated) journey.dead = true
  },
}
