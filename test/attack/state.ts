import type { JourneyKind } from './actions.ts'

/**
 * What was shown and what each secret is worth now, as a reader of the rules knows it and not as the portal computes it.
 * Rights hang on cookies: whoever holds the handle of a journey has what that journey showed, in whatever browser. Plain
 * data, so that several orders of what was sent at once can be tried on copies.
 */
export type Destinations = { mail?: string; mobile?: string }

export type Journey = {
  readonly journeyKind: JourneyKind
  /** `null`: what was typed names nobody; such a journey leads nowhere. */
  readonly person: string | null
  /** The directory said at identification that this person's time here is over; a write asks it again. */
  readonly ended: boolean
  /** The page to which it led. */
  at: string
  /** The right answer led on; what stands between it and the end is the second factor. */
  answered: boolean
  proved: boolean
  /** A second factor was shown in it. */
  factor: boolean
  /** The first password was written in it: the joker and the contacts may follow. */
  activated: boolean
  /** Ended by another write, or by a freeze. */
  superseded: boolean
  /** The wrong answers that were given: one sent again may be a second click, which costs no try. */
  readonly wrong: Set<string>
  /** Where its codes were asked to be sent. */
  sentTo: Destinations
}

/** A sign-in that lasts as long as `rules.md` lets it, counted from what its browser did last. */
export type Session = {
  readonly person: string
  /** Names it for as long as it lives: its handle changes with each fresh proof. */
  readonly origin: string
  freshUntil: number
  /** Until when the second factor that was shown in it counts. */
  factorUntil: number
  seenAt: number
  readonly endsAt: number
  sentTo: Destinations
}

/**
 * A sign-in that waits. `person`: whose password was right; `null`: a passkey will tell. `confirms`: somebody signed in
 * shows again who they are, and their session goes on.
 */
export type PendingSignIn = {
  readonly person: string | null
  /** Handle of that session; `null`: a new one opens. */
  readonly confirms: string | null
  readonly until: number
  superseded: boolean
}

export type WrongAnswers = { at: number[]; level: number; until: number }

/** What second factors are made of until their first use, in one session: of several begun at once, the portal keeps one. */
export type UnconfirmedFactors = { letters: string[]; sheets: string[][]; keys: string[] }

export type State = {
  readonly journeys: Map<string, Journey>
  readonly sessions: Map<string, Session>
  readonly pendingSignIns: Map<string, PendingSignIn>
  /** Whose success a browser remembers, by its cookie. */
  readonly known: Map<string, string>
  readonly passwords: Map<string, string>
  readonly answers: Map<string, string>
  /** Letters of the secret of the app in service. */
  readonly apps: Map<string, string>
  /** Passkeys in service, by what names each to the portal. */
  readonly keys: Map<string, string[]>
  /** Printed codes that were not used yet, of the sheet in service. */
  readonly sheets: Map<string, string[]>
  /** Activation codes of letters that were not used yet, of whoever chose nothing here. */
  readonly letters: Map<string, string>
  /** Whoever chose anything here, or signed in: letters open nothing for them. */
  readonly active: Set<string>
  /** By the session in which it was begun. */
  readonly unconfirmed: Map<string, UnconfirmedFactors>
  /** Wrong answers that were certainly counted, by person and by kind of browser. */
  readonly wrong: Map<string, WrongAnswers>
  /** Digits, sent codes and signatures that served: they must not serve again. */
  readonly used: Set<string>
  readonly frozen: Set<string>
  readonly closedUntil: Map<string, number>
  readonly ended: Set<string>
}

export const emptyState = (): State => ({
  journeys: new Map(),
  sessions: new Map(),
  pendingSignIns: new Map(),
  known: new Map(),
  passwords: new Map(),
  answers: new Map(),
  apps: new Map(),
  keys: new Map(),
  sheets: new Map(),
  active: new Set(),
  letters: new Map(),
  unconfirmed: new Map(),
  wrong: new Map(),
  used: new Set(),
  frozen: new Set(),
  closedUntil: new Map(),
  ended: new Set(),
})

/** The cookies that go with a request. */
export type Cookies = Readonly<Record<'journey' | 'session' | 'entering' | 'known', string>>

const minute = 60_000
const day = 24 * 60 * minute

export const newSession = (person: string, now: number, factor: boolean, origin: string): Session => ({
  person,
  origin,
  freshUntil: now + 10 * minute,
  factorUntil: factor ? now + 10 * minute : 0,
  seenAt: now,
  endsAt: now + 8 * 60 * minute,
  sentTo: {},
})

export const pendingSignInLifetime = 10 * minute
const idle = 30 * minute

export const journeyOf = ({ journeys }: State, { journey }: Pick<Cookies, 'journey'>) =>
  journeys.get(journey) ?? null

export const activeSession = ({ sessions }: State, { session }: Pick<Cookies, 'session'>, now: number) => {
  const held = sessions.get(session)
  return held && now < held.endsAt && now < held.seenAt + idle ? held : null
}

export const pendingSignInOf = (
  { pendingSignIns }: State,
  { entering }: Pick<Cookies, 'entering'>,
  now: number,
) => {
  const pendingSignIn = pendingSignIns.get(entering)
  return pendingSignIn && !pendingSignIn.superseded && now < pendingSignIn.until ? pendingSignIn : null
}

/** Only what a person put in service and was asked for: a printed sheet alone is no factor. */
export const hasFactor = ({ apps, keys }: State, person: string) =>
  apps.has(person) || (keys.get(person)?.length ?? 0) > 0

/** An activation that goes on after its password writes while its owner has no factor, and no sheet either. */
export const hasNoFactorOrSheet = (state: State, person: string) =>
  !hasFactor(state, person) && (state.sheets.get(person)?.length ?? 0) === 0

/** Whoever has a second factor shows it before what could take the account away. */
export const hasShown = (state: State, session: Session | null, now: number) =>
  session && (!hasFactor(state, session.person) || now < session.factorUntil) ? session : null

/** May this person recover anything here now? */
export const mayRecover = ({ frozen, closedUntil }: State, person: string, now: number) =>
  !frozen.has(person) && now >= (closedUntil.get(person) ?? 0)

/** May this person sign in here now? */
export const maySignIn = ({ frozen, ended }: State, person: string) =>
  !frozen.has(person) && !ended.has(person)

/** Whose tries an answer of this browser spends. */
export const triesKey = (state: State, cookies: Cookies) => {
  const person = journeyOf(state, cookies)?.person
  return `${person}:${person && state.known.get(cookies.known) === person ? cookies.known : 'stranger'}`
}

export const isSuspended = ({ wrong }: State, key: string, now: number) => now < (wrong.get(key)?.until ?? 0)

/** Five wrong answers in a day, or three of a known browser, close the question for a day, then for two, … */
export const countWrongAnswer = ({ wrong }: State, key: string, now: number) => {
  const wrongAnswers = wrong.get(key) ?? { at: [], level: 0, until: 0 }
  wrong.set(key, wrongAnswers)
  if (now < wrongAnswers.until) return
  wrongAnswers.at = [...wrongAnswers.at.filter(at => at > now - day), now]
  if (wrongAnswers.at.length < (key.endsWith(':stranger') ? 5 : 3)) return
  wrongAnswers.level += 1
  wrongAnswers.until = now + Math.min(day * 2 ** (wrongAnswers.level - 1), 30 * day)
}

/** An address or a mobile as it is kept. */
export const normaliseContact = (typed: string | undefined) => (typed ?? '').replace(/^0/, '+33')
