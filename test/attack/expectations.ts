import type { CrowdMember } from '../world/crowd.ts'
import type { JourneyKind } from './actions.ts'
import { codeServes, codesOfApp, type Secrets, signer } from './proofs.ts'
import {
  aliveSession,
  type Cookies,
  type Destinations,
  type Half,
  halfOf,
  hasFactor,
  hasShown,
  holdsNothing,
  isOpen,
  isSuspended,
  type Journey,
  journeyOf,
  mayEnter,
  type Session,
  type State,
  triesKey,
} from './state.ts'

/**
 * Which events a request may cause, by what its cookies were good for before it came. Anything else that happens is a
 * hole.
 */
export type Sent = {
  readonly path: string
  readonly body: Readonly<Record<string, string>>
  readonly cookies: Cookies
}

export type Asked = Sent & {
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

/** Events that need a proof; all others tell what was tried. */
export const guarded = [
  ...['password.written', 'password.unproved', 'activation.accepted', 'identifier.told', 'joker.set'],
  ...['contact.added', 'contact.removed', 'factor.added', 'factor.removed'],
  ...['sign-in.accepted', 'sign-in.confirmed'],
]

const none: readonly string[] = []
const of = (person: string | null | undefined, ...kinds: string[]) =>
  person ? kinds.map(kind => `${kind}:${person}`) : none

const on = (asked: Asked, journeyKind: JourneyKind) => {
  const journey = journeyOf(asked.state, asked.cookies)
  return journey?.journeyKind === journeyKind && !journey.dead ? journey : null
}

export const answerIsRight = ({ state, cookies, body, now }: Asked, journey: Journey | null) =>
  journey?.person != null &&
  !journey.ended &&
  isOpen(state, journey.person, now) &&
  !isSuspended(state, triesKey(state, cookies), now) &&
  body.reponse === state.answers.get(journey.person)

/** The second factor of the journey's person, after the right answer. */
export const factorIsRight = (asked: Asked, journey: Journey | null, by: 'code' | 'key') => {
  if (!(journey?.person && journey.answered && !journey.dead)) return false
  return by === 'code'
    ? codeServes(asked.state, journey.person, asked.body, asked.now)
    : signer(asked, asked, 'journey') === journey.person
}

export const letterIsRight = ({ state, body, now }: Asked, journey: Journey | null) =>
  journey?.person != null &&
  !journey.ended &&
  isOpen(state, journey.person, now) &&
  state.letters.get(journey.person) === body.code

/** Told once, however often the right answer is sent. */
const tellsAfterAnswer = (asked: Asked) => {
  const journey = on(asked, 'identifier')
  const isThere = journey && !journey.answered && !journey.proved
  const right = isThere && answerIsRight(asked, journey) && !hasFactor(asked.state, journey.person ?? '')
  return right ? of(journey?.person, 'identifier.told') : none
}

const tellsAfterFactor = (asked: Asked, by: 'code' | 'key') => {
  const journey = on(asked, 'identifier')
  return !journey?.proved && factorIsRight(asked, journey, by) ? of(journey?.person, 'identifier.told') : none
}

/** A password written in a journey. */
const writes = (asked: Asked, journeyKind: JourneyKind, ...kinds: string[]) => {
  const { state, body, now } = asked
  const journey = on(asked, journeyKind)
  const person = journey?.proved ? journey.person : null
  const may = person && body.charte && isOpen(state, person, now) && !state.ended.has(person)
  const lacksFactor = may && hasFactor(state, person) && !journey?.factor
  return may && !lacksFactor ? of(person, ...kinds) : none
}

const activates = (asked: Asked) => {
  const person = on(asked, 'activation')?.person
  return person && asked.state.letters.has(person)
    ? writes(asked, 'activation', 'password.written', 'activation.accepted')
    : none
}

/** Confirmed by a code that was sent there, which served nobody yet. */
const confirms = (asked: Asked, holder: Owner, kind: keyof Destinations) => {
  const { state, secrets, body } = asked
  const code = body.code ?? ''
  const to = secrets.sent.get(code)
  const right = to !== undefined && to === holder?.sentTo[kind] && !state.served.has(`sent:${code}`)
  return right ? of(holder?.person, 'contact.added') : none
}
type Owner = { readonly person: string | null; readonly sentTo: Destinations } | null

const activated = (asked: Asked) => {
  const journey = on(asked, 'activation')
  return journey?.activated && holdsNothing(asked.state, journey.person ?? '') ? journey : null
}

const alive = ({ state, cookies, now }: Asked) => {
  const session = aliveSession(state, cookies, now)
  return session && !state.ended.has(session.person) ? session : null
}
/** A session in which the second factor was shown of late, by whoever has one. */
const shown = (asked: Asked) => hasShown(asked.state, alive(asked), asked.now)
const fresh = (asked: Asked) => {
  const session = shown(asked)
  return session && asked.now < session.freshUntil ? session : null
}

const isPassword = ({ state }: Asked, person: string | undefined, typed: string | undefined) =>
  person !== undefined && typed !== undefined && state.passwords.get(person) === typed

/** Whose password was right at sign-in, and may come in. */
export const namedAtSignIn = (asked: Asked): string | null => {
  const named = asked.people.find(({ login }) => login === asked.body.identifiant)?.id
  const right = isPassword(asked, named, asked.body.motdepasse)
  return named && right && mayEnter(asked.state, named) ? named : null
}

const entersByPassword = (asked: Asked) => {
  const named = namedAtSignIn(asked)
  return named && !hasFactor(asked.state, named) ? of(named, 'sign-in.accepted') : none
}

/** A sign-in that waited opens a session, or confirms the one that asked. */
const ends = (asked: Asked, half: Half | null, person: string | null | undefined) => {
  if (!(half && person && mayEnter(asked.state, person))) return none
  if (half.confirms === null) return of(person, 'sign-in.accepted')
  return aliveSession(asked.state, { session: half.confirms }, asked.now)
    ? of(person, 'sign-in.confirmed')
    : none
}

const entersByCode = (asked: Asked) => {
  const half = halfOf(asked.state, asked.cookies, asked.now)
  const right = half?.person && codeServes(asked.state, half.person, asked.body, asked.now)
  return right ? ends(asked, half, half.person) : none
}

const entersByKey = (asked: Asked) => {
  const half = halfOf(asked.state, asked.cookies, asked.now)
  const person = half && signer(asked, asked, 'entering')
  return half?.person === null || half?.person === person ? ends(asked, half, person) : none
}

/** Whose password was right at « Confirmez que c'est vous ». */
export const confirmedByPassword = (asked: Asked): string | null => {
  const person = alive(asked)?.person
  const right = person && isPassword(asked, person, asked.body.motdepasse) && mayEnter(asked.state, person)
  return right ? person : null
}

/** A password alone confirms nothing for somebody who has a second factor. */
const confirmsByPassword = (asked: Asked) => {
  const person = confirmedByPassword(asked)
  return person && !hasFactor(asked.state, person) ? of(person, 'sign-in.confirmed') : none
}

const confirmsByKey = (asked: Asked) => {
  const person = aliveSession(asked.state, asked.cookies, asked.now)?.person
  return person && signer(asked, asked, 'confirm') === person ? of(person, 'sign-in.confirmed') : none
}

const changes = (asked: Asked) => {
  const person = shown(asked)?.person
  const right = person && isPassword(asked, person, asked.body.ancien) && mayEnter(asked.state, person)
  return right && asked.body.charte ? of(person, 'password.written') : none
}

/** The first use of what waits puts it in service. */
const firstUse: Readonly<Record<string, (asked: Asked, session: Session) => boolean>> = {
  application: ({ state, body, now }, { origin }) => {
    const letters = state.pending.get(origin)?.letters ?? []
    return letters.some(one => codesOfApp(one, now).includes(body.code ?? ''))
  },
  'codes-de-secours': ({ state, body }, { origin }) =>
    state.pending.get(origin)?.sheets.some(sheet => sheet.includes(body.code ?? '')) === true,
  'cles-d-acces/essai': ({ state, secrets, cookies, body }, { origin }) => {
    const signature = secrets.signatures.get(body.cle ?? '')
    return (
      signature !== undefined &&
      signature.holder === `enrol:${cookies.session}` &&
      state.pending.get(origin)?.keys.includes(signature.key) === true &&
      !state.served.has(body.cle ?? '')
    )
  },
}

const managesFactor = (asked: Asked) => {
  const session = fresh(asked)
  if (!session) return none
  const page = asked.path.replace('/fr/compte/', '')
  if (asked.body.action === 'retirer') return of(session.person, 'factor.removed')
  if (!firstUse[page]?.(asked, session)) return none
  // The first factor voids the sheet that was printed before it.
  const first = page !== 'codes-de-secours' && !hasFactor(asked.state, session.person)
  return of(session.person, 'factor.added', ...(first ? ['factor.removed'] : []))
}

const rules: Readonly<Record<string, (asked: Asked) => readonly string[]>> = {
  '/fr/mot-de-passe/nouveau': asked => writes(asked, 'password', 'password.written'),
  '/fr/activation/mot-de-passe': activates,
  '/fr/activation/question-joker': asked => of(activated(asked)?.person, 'joker.set'),
  '/fr/activation/adresse/code': asked => confirms(asked, activated(asked), 'mail'),
  '/fr/activation/mobile/code': asked => confirms(asked, activated(asked), 'mobile'),
  '/fr/identifiant/question-joker': tellsAfterAnswer,
  '/fr/identifiant/second-element': asked => tellsAfterFactor(asked, 'code'),
  '/fr/identifiant/cle-d-acces': asked => tellsAfterFactor(asked, 'key'),
  '/fr/connexion': entersByPassword,
  '/fr/connexion/second-element/compte': entersByCode,
  '/fr/connexion/cle-d-acces/compte': entersByKey,
  '/fr/connexion/confirmer/compte': confirmsByPassword,
  '/fr/connexion/confirmer/compte/cle-d-acces': confirmsByKey,
  '/fr/compte/mot-de-passe': changes,
  '/fr/compte/application': managesFactor,
  '/fr/compte/codes-de-secours': managesFactor,
  '/fr/compte/cles-d-acces': managesFactor,
  '/fr/compte/cles-d-acces/essai': managesFactor,
  '/fr/compte/question-joker': asked => of(fresh(asked)?.person, 'joker.set'),
  '/fr/compte/adresses': asked => of(fresh(asked)?.person, 'contact.removed'),
  '/fr/compte/adresses/mail': asked => confirms(asked, fresh(asked), 'mail'),
  '/fr/compte/adresses/mobile': asked => confirms(asked, fresh(asked), 'mobile'),
}

/** The events that this request may cause, as `kind:person`. */
export const allowed = (asked: Asked): readonly string[] => rules[asked.path]?.(asked) ?? none

type Looked = { readonly state: State; readonly cookies: Cookies; readonly now: number }

/** Whoever sees this page must have shown what it takes. */
export const maySee = ({ state, cookies, now }: Looked, page: string, html: string): boolean => {
  const journey = journeyOf(state, cookies)
  const has = (journeyKind: JourneyKind, what: 'proved' | 'activated' | 'answered') =>
    journey?.journeyKind === journeyKind && !journey.dead && journey[what]
  const session = aliveSession(state, cookies, now)
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
    'connexion/second-element/compte': state.halves.get(cookies.entering)?.person != null,
    ...{ 'compte/application': isFresh, 'compte/adresses': isFresh, 'compte/cles-d-acces': isFresh },
    ...{ 'compte/codes-de-secours': isFresh, 'compte/question-joker': isFresh },
    'compte/cles-d-acces/nouvelle': isFresh,
  }
  return pages[page] ?? (session !== null || !page.startsWith('compte'))
}
