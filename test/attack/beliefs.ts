import type { Traveller } from '../world/crowd.ts'
import type { newVisitor } from '../world/visitor.ts'
import type { Road } from './actions.ts'

/**
 * What may happen, as a reader of the rules knows it and not as the portal computes it: which browser showed what, what
 * each secret is worth now, and which events a request may therefore cause. Anything else that happens is a hole.
 */
export type Journey = {
  road: Road
  /** `null`: what was typed names nobody; such a journey leads nowhere. */
  person: Traveller | null
  /** The right answer led on; what stands between it and the end is the second factor. */
  answered: boolean
  proved: boolean
  /** The wrong answer that was given last. */
  lastWrong: string
  /** The first password was written in this journey: the joker and the contacts may follow. */
  activated: boolean
}

/** A sign-in that lasts as long as `rules.md` lets it, counted from what this browser did last. */
export type Session = {
  person: Traveller
  freshUntil: number
  /** How long the second factor that was shown in it serves; 0: none was. */
  factorUntil: number
  seenAt: number
  endsAt: number
}

export type Browser = {
  readonly name: number
  readonly visitor: ReturnType<typeof newVisitor>
  journey: Journey | null
  /** The page to which the journey led. */
  at: string
  /** The hidden field of its forms. */
  ref: string
  session: Session | null
  /** Whose password was right here, and waits for the digits. */
  half: { person: Traveller; until: number; confirms: boolean } | null
  /** Whose success this browser remembers. */
  known: string
  /** Where the last code was asked to be sent, by what asked for it. */
  readonly sentTo: Map<'journey' | 'account', string>
}

/** What the people hold, at this moment of a sequence. */
export type Held = {
  readonly passwords: Map<string, string>
  readonly answers: Map<string, string>
  /** What the app of each shows: now, and one step around. */
  readonly apps: Map<string, () => readonly string[]>
  /** Codes of letters that were not used yet; and all that were ever printed. */
  readonly letters: Map<string, string>
  readonly printed: ReadonlyMap<string, string>
}

/** One sequence, as far as it came. */
export type Walk = {
  readonly people: readonly Traveller[]
  readonly held: Held
  readonly browsers: readonly Browser[]
  readonly now: () => number
  /** Wrong answers that were certainly counted, by person and by kind of browser. */
  readonly wrong: Map<string, number>
  /** Digits that served: they must not serve again. */
  readonly served: Set<string>
}

export const pathsOf = {
  password: { start: '/fr/mot-de-passe', choose: 'nouveau', proved: '/fr/mot-de-passe/nouveau' },
  identifier: { start: '/fr/identifiant', choose: 'termine', proved: '/fr/identifiant/termine' },
  activation: { start: '/fr/activation', choose: 'mot-de-passe', proved: '/fr/activation/mot-de-passe' },
} as const satisfies { readonly [road in Road]: object }

export const otherOf = ({ browsers }: Pick<Walk, 'browsers'>, one: Browser) =>
  browsers[1 - one.name] as Browser

export const digitsServe = (
  { held, served }: Pick<Walk, 'held' | 'served'>,
  { id }: Traveller,
  code: string,
) => (held.apps.get(id)?.() ?? []).includes(code) && !served.has(`${id}:${code}`)

const minute = 60_000

export const newSession = (person: Traveller, now: number, withFactor: boolean): Session => ({
  person,
  freshUntil: now + 10 * minute,
  factorUntil: withFactor ? now + 10 * minute : 0,
  seenAt: now,
  endsAt: now + 8 * 60 * minute,
})

export const isAlive = (session: Session | null, now: number): session is Session =>
  session !== null && now < session.endsAt && now < session.seenAt + 30 * minute

/** Events that need a proof; all others tell what was tried. */
export const guarded = new Set([
  ...['password.written', 'activation.accepted', 'identifier.told', 'joker.set', 'contact.added'],
  ...['factor.added', 'factor.removed', 'sign-in.accepted', 'sign-in.confirmed'],
])

type Sent = { readonly path: string; readonly body: Readonly<Record<string, string>> }
type Asked = {
  readonly walk: Walk
  readonly browser: Browser
  /** The codes that lie in the mailboxes to which this browser had some sent. */
  readonly received: Readonly<Record<'journey' | 'account', string | null>>
  readonly triesLeft: boolean
}

/** The events that this request may cause, as `kind:person`. */
export const allowed = ({ path, body }: Sent, asked: Asked): ReadonlySet<string> => {
  const { browser, walk } = asked
  const { held } = walk
  const now = walk.now()
  const { journey, session, half } = browser
  const events = (person: Traveller | null | undefined, ...kinds: string[]) =>
    new Set(person ? kinds.map(kind => `${kind}:${person.id}`) : [])
  const on = (road: Road) => (journey?.road === road ? journey : null)
  const alive = isAlive(session, now) ? session : null
  const shown = alive && (!held.apps.has(alive.person.id) || now < alive.factorUntil) ? alive : null
  const fresh = shown && now < shown.freshUntil ? shown : null
  const isPassword = (person: Traveller | undefined, typed: string | undefined) =>
    person !== undefined && held.passwords.get(person.id) === typed

  const afterAnswer = (mine: Journey | null) =>
    mine?.person &&
    body.reponse === held.answers.get(mine.person.id) &&
    asked.triesLeft &&
    !held.apps.has(mine.person.id)
  const afterDigits = (mine: Journey | null) =>
    mine?.answered && mine.person && digitsServe(walk, mine.person, body.code ?? '')
  const received = (which: 'journey' | 'account') =>
    body.code !== undefined && body.code === asked.received[which]
  const none = events(undefined)

  const rules: Readonly<Record<string, () => ReadonlySet<string>>> = {
    '/fr/mot-de-passe/nouveau': () =>
      on('password')?.proved && body.charte ? events(journey?.person, 'password.written') : none,
    '/fr/activation/mot-de-passe': () =>
      on('activation')?.proved && held.letters.has(journey?.person?.id ?? '') && body.charte
        ? events(journey?.person, 'password.written', 'activation.accepted')
        : none,
    '/fr/activation/question-joker': () =>
      on('activation')?.activated ? events(journey?.person, 'joker.set') : none,
    '/fr/activation/adresse/code': () =>
      on('activation')?.activated && received('journey') ? events(journey?.person, 'contact.added') : none,
    '/fr/identifiant/question-joker': () =>
      afterAnswer(on('identifier')) ? events(journey?.person, 'identifier.told') : none,
    '/fr/identifiant/second-element': () =>
      afterDigits(on('identifier')) ? events(journey?.person, 'identifier.told') : none,
    '/fr/connexion/second-element/compte': () =>
      half && now < half.until && digitsServe(walk, half.person, body.code ?? '')
        ? events(half.person, half.confirms ? 'sign-in.confirmed' : 'sign-in.accepted')
        : none,
    '/fr/connexion/confirmer/compte': () =>
      isPassword(alive?.person, body.motdepasse) && !held.apps.has(alive?.person.id ?? '')
        ? events(alive?.person, 'sign-in.confirmed')
        : none,
    '/fr/compte/mot-de-passe': () =>
      isPassword(shown?.person, body.ancien) && body.charte
        ? events(shown?.person, 'password.written')
        : none,
    '/fr/compte/application': () => events(fresh?.person, 'factor.added', 'factor.removed'),
    '/fr/compte/question-joker': () => events(fresh?.person, 'joker.set'),
    '/fr/compte/adresses/mail': () => (received('account') ? events(alive?.person, 'contact.added') : none),
  }
  return rules[path]?.() ?? none
}

/** Signing in names a person in its body: the only request that says whose account it is about. */
export const allowedToEnter = (
  { path, body }: Sent,
  pair: readonly Traveller[],
  held: Held,
): Traveller | null => {
  if (path !== '/fr/connexion') return null
  const named = pair.find(({ login }) => login === body.identifiant)
  return named && held.passwords.get(named.id) === body.motdepasse ? named : null
}
