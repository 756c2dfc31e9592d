import type { JourneyKind } from './actions.ts'

/**
 * The expected state: which proofs were shown and which secrets are valid, derived from the documented rules and not from the
 * portal's code. Rights belong to cookies: a browser with the handle of a journey has the proofs of that journey. Plain data, so
 * that several orders of concurrent requests can be tried on copies.
 */
export type Destinations = { mail?: string; mobile?: string }

export type Journey = {
  readonly journeyKind: JourneyKind
  /** `null`: the number and date match nobody; such a journey can prove nothing. */
  readonly person: string | null
  /** The directory said at identification that the account has ended; the write asks again. */
  readonly ended: boolean
  /** The page to which the last answer redirected. */
  at: string
  /** The right joker answer was given; the second factor is still missing. */
  answered: boolean
  proved: boolean
  /** A second factor was shown in this journey. */
  factor: boolean
  /** The first password was written in this journey: the joker and the contacts may follow. */
  activated: boolean
  /** Ended by another write or by a freeze. */
  superseded: boolean
  /** Wrong answers so far: the same one sent again counts as a double click, which costs no try. */
  readonly wrong: Set<string>
  /** The contacts to which codes were sent. */
  sentTo: Destinations
}

/** A session, with the idle and absolute limits of docs/decisions/011-sessions.md. */
export type Session = {
  readonly person: string
  /** The id of the session: its handle changes with each fresh proof. */
  readonly origin: string
  freshUntil: number
  /** Until when the second factor shown in this session counts. */
  factorUntil: number
  seenAt: number
  readonly endsAt: number
  sentTo: Destinations
}

/**
 * A sign-in that is not complete yet. `person`: the person whose password was right; `null` until a passkey identifies one.
 * `confirms`: the session that asks its person to authenticate again.
 */
export type PendingSignIn = {
  readonly person: string | null
  /** Handle of that session; `null` when a new session will open. */
  readonly confirms: string | null
  readonly until: number
  superseded: boolean
}

export type WrongAnswers = { at: number[]; level: number; until: number }

/** Factors begun in one session and not confirmed by a first use. Of several begun at once, the portal keeps one. */
export type UnconfirmedFactors = { appSecrets: string[]; sheets: string[][]; keys: string[] }

export type State = {
  readonly journeys: Map<string, Journey>
  readonly sessions: Map<string, Session>
  readonly pendingSignIns: Map<string, PendingSignIn>
  /** The person of a known browser, by its cookie. */
  readonly known: Map<string, string>
  readonly passwords: Map<string, string>
  readonly answers: Map<string, string>
  /** Secret of the app in service. */
  readonly apps: Map<string, string>
  /** Names of the passkeys in service. */
  readonly keys: Map<string, string[]>
  /** Unused recovery codes of the sheet in service. */
  readonly sheets: Map<string, string[]>
  /** Unused activation codes of people whose account is not active. */
  readonly activationCodes: Map<string, string>
  /** People who have set anything or signed in: activation codes are void for them. */
  readonly active: Set<string>
  /** By the id of the session in which they were begun. */
  readonly unconfirmed: Map<string, UnconfirmedFactors>
  /** Wrong answers that were certainly counted, by person and browser (`triesKey`). */
  readonly wrong: Map<string, WrongAnswers>
  /** Codes and signatures that were accepted: they must not be accepted again. */
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
  activationCodes: new Map(),
  unconfirmed: new Map(),
  wrong: new Map(),
  used: new Set(),
  frozen: new Set(),
  closedUntil: new Map(),
  ended: new Set(),
})

/** The cookies of a request. */
export type Cookies = Readonly<Record<'journey' | 'session' | 'pending' | 'known', string>>

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
  { pending }: Pick<Cookies, 'pending'>,
  now: number,
) => {
  const pendingSignIn = pendingSignIns.get(pending)
  return pendingSignIn && !pendingSignIn.superseded && now < pendingSignIn.until ? pendingSignIn : null
}

/** Has the person a second factor in service? A printed sheet alone is none. */
export const hasFactor = ({ apps, keys }: State, person: string) =>
  apps.has(person) || (keys.get(person)?.length ?? 0) > 0

/** After its password, an activation may still write only while its owner has neither a factor nor a sheet. */
export const hasNoFactorOrSheet = (state: State, person: string) =>
  !hasFactor(state, person) && (state.sheets.get(person)?.length ?? 0) === 0

/** The session, if it may do what could take over the account: a person with a second factor must have shown it. */
export const hasShown = (state: State, session: Session | null, now: number) =>
  session && (!hasFactor(state, session.person) || now < session.factorUntil) ? session : null

/** May this person recover the account now? */
export const mayRecover = ({ frozen, closedUntil }: State, person: string, now: number) =>
  !frozen.has(person) && now >= (closedUntil.get(person) ?? 0)

/** May this person sign in now? */
export const maySignIn = ({ frozen, ended }: State, person: string) =>
  !frozen.has(person) && !ended.has(person)

/** The counter of wrong answers for this browser: a known browser of the person has its own. */
export const triesKey = (state: State, cookies: Cookies) => {
  const person = journeyOf(state, cookies)?.person
  return `${person}:${person && state.known.get(cookies.known) === person ? cookies.known : 'stranger'}`
}

export const isSuspended = ({ wrong }: State, key: string, now: number) => now < (wrong.get(key)?.until ?? 0)

/** Five wrong answers in a day, or three of a known browser, suspend the question for a day, then for two, and so on. */
export const countWrongAnswer = ({ wrong }: State, key: string, now: number) => {
  const wrongAnswers = wrong.get(key) ?? { at: [], level: 0, until: 0 }
  wrong.set(key, wrongAnswers)
  if (now < wrongAnswers.until) return
  wrongAnswers.at = [...wrongAnswers.at.filter(at => at > now - day), now]
  if (wrongAnswers.at.length < (key.endsWith(':stranger') ? 5 : 3)) return
  wrongAnswers.level += 1
  wrongAnswers.until = now + Math.min(day * 2 ** (wrongAnswers.level - 1), 30 * day)
}

/** An address or a mobile number as the portal stores it. */
export const normaliseContact = (typed: string | undefined) => (typed ?? '').replace(/^0/, '+33')
