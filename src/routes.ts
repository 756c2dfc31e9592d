import type { Language } from './texts/texts.ts'

/**
 * Every URL of the product. `get: 'same'`: the same bytes for everyone, rendered once, without reading cookies.
 * `get: 'private'`: never stored. `post`: the rule that protects the form against other origins (see `web/origin.ts`);
 * `from-server`: another server sends the request, which carries its own proof.
 */
type Route = {
  readonly path: string
  readonly get: 'same' | 'private'
  readonly post?: 'same-origin' | 'token-in-body' | 'from-server'
}

export const routes = {
  home: { path: '/', get: 'same' },
  signIn: { path: '/connexion', get: 'same', post: 'same-origin' },
  signInFor: { path: '/connexion/vers/:page', get: 'same', post: 'same-origin' },
  confirm: { path: '/connexion/confirmer/:page', get: 'private', post: 'same-origin' },
  confirmPasskey: { path: '/connexion/confirmer/:page/cle-d-acces', get: 'private', post: 'same-origin' },
  signInLeave: { path: '/connexion/depart', get: 'private' },
  signInReturn: { path: '/connexion/retour', get: 'private', post: 'from-server' },
  signInRefused: { path: '/connexion/refusee/:why', get: 'same' },
  signInNext: { path: '/connexion/suite/:page', get: 'private' },
  expiredPassword: { path: '/connexion/mot-de-passe-expire', get: 'same', post: 'same-origin' },
  secondFactor: { path: '/connexion/second-element/:page', get: 'private', post: 'same-origin' },
  signInPasskey: { path: '/connexion/cle-d-acces/:page', get: 'private', post: 'same-origin' },
  signOut: { path: '/deconnexion', get: 'private', post: 'same-origin' },
  forgotten: { path: '/identifiants-oublies', get: 'same' },
  chooseNumber: { path: '/mot-de-passe', get: 'same' },
  identify: { path: '/mot-de-passe/identification/:kind', get: 'same', post: 'same-origin' },
  proof: { path: '/mot-de-passe/preuve', get: 'private', post: 'same-origin' },
  joker: { path: '/mot-de-passe/question-joker', get: 'private', post: 'same-origin' },
  journeyFactor: { path: '/mot-de-passe/second-element', get: 'private', post: 'same-origin' },
  journeyPasskey: { path: '/mot-de-passe/cle-d-acces', get: 'private', post: 'same-origin' },
  newPassword: { path: '/mot-de-passe/nouveau', get: 'private', post: 'same-origin' },
  writing: { path: '/mot-de-passe/verification', get: 'private' },
  done: { path: '/mot-de-passe/termine', get: 'private' },
  journeyStopped: { path: '/mot-de-passe/fin', get: 'private' },
  identifier: { path: '/identifiant', get: 'same' },
  identifyForIdentifier: {
    path: '/identifiant/identification/:kind',
    get: 'same',
    post: 'same-origin',
  },
  identifierProof: { path: '/identifiant/preuve', get: 'private', post: 'same-origin' },
  identifierJoker: { path: '/identifiant/question-joker', get: 'private', post: 'same-origin' },
  identifierFactor: { path: '/identifiant/second-element', get: 'private', post: 'same-origin' },
  identifierPasskey: { path: '/identifiant/cle-d-acces', get: 'private', post: 'same-origin' },
  identifierDone: { path: '/identifiant/termine', get: 'private' },
  identifierStopped: { path: '/identifiant/fin', get: 'private' },
  activation: { path: '/activation', get: 'same' },
  identifyForActivation: {
    path: '/activation/identification/:kind',
    get: 'same',
    post: 'same-origin',
  },
  activationCode: { path: '/activation/code', get: 'private', post: 'same-origin' },
  activationPassword: { path: '/activation/mot-de-passe', get: 'private', post: 'same-origin' },
  activationWriting: { path: '/activation/verification', get: 'private' },
  activationJoker: { path: '/activation/question-joker', get: 'private', post: 'same-origin' },
  activationAddress: { path: '/activation/adresse', get: 'private', post: 'same-origin' },
  activationAddressCode: { path: '/activation/adresse/code', get: 'private', post: 'same-origin' },
  activationMobile: { path: '/activation/mobile', get: 'private', post: 'same-origin' },
  activationMobileCode: { path: '/activation/mobile/code', get: 'private', post: 'same-origin' },
  activationDone: { path: '/activation/termine', get: 'private' },
  activationStopped: { path: '/activation/fin', get: 'private' },
  journeyMissing: { path: '/demarche-introuvable/:start', get: 'same' },
  account: { path: '/compte', get: 'private' },
  changePassword: { path: '/compte/mot-de-passe', get: 'private', post: 'same-origin' },
  passwordChanged: { path: '/compte/mot-de-passe/:change', get: 'private' },
  addresses: { path: '/compte/adresses', get: 'private', post: 'same-origin' },
  addressCode: { path: '/compte/adresses/:kind', get: 'private', post: 'same-origin' },
  jokerChoice: { path: '/compte/question-joker', get: 'private', post: 'same-origin' },
  journal: { path: '/compte/journal', get: 'private' },
  journalExport: { path: '/compte/journal/:file', get: 'private' },
  firstDay: { path: '/compte/premier-jour', get: 'private', post: 'same-origin' },
  sessionEnded: { path: '/connexion/session-terminee/:page', get: 'same' },
  sessions: { path: '/compte/sessions', get: 'private', post: 'same-origin' },
  authenticator: { path: '/compte/application', get: 'private', post: 'same-origin' },
  recoveryCodes: { path: '/compte/codes-de-secours', get: 'private', post: 'same-origin' },
  passkeys: { path: '/compte/cles-d-acces', get: 'private', post: 'same-origin' },
  passkeyNew: { path: '/compte/cles-d-acces/nouvelle', get: 'private', post: 'same-origin' },
  passkeyTry: { path: '/compte/cles-d-acces/essai', get: 'private', post: 'same-origin' },
  help: { path: '/aide', get: 'same' },
  helpSearch: { path: '/aide/recherche', get: 'private' },
  helpGuide: { path: '/aide/guide/:population', get: 'same' },
  helpPicture: { path: '/aide/images/:file', get: 'private' },
  devices: { path: '/aide/eduroam', get: 'same' },
  helpTopic: { path: '/aide/:topic', get: 'same' },
  charter: { path: '/reglement-interieur/:version', get: 'same' },
  charterFor: { path: '/reglement-interieur/:version/:form', get: 'same' },
  accessibility: { path: '/accessibilite', get: 'same' },
  legal: { path: '/mentions-legales', get: 'same' },
  privacy: { path: '/donnees-personnelles', get: 'same' },
  notMe: { path: '/ce-n-est-pas-moi/:token', get: 'private', post: 'token-in-body' },
  demoMails: { path: '/demo/mails', get: 'private' },
  demoMail: { path: '/demo/mails/:id', get: 'private' },
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof routes
export type Href = (route: RouteName, params?: Readonly<Record<string, string>>) => string

/** The last segment of the URLs of `identify`, in French words. */
export const numberSlugs = {
  'student-number': 'numero-etudiant',
  ine: 'ine',
  'staff-number': 'numero-personnel',
  uid: 'uid',
} as const

/** The last segment of the URLs of the help, in French words. */
export const helpSlugs = {
  password: 'mot-de-passe',
  identifier: 'identifiant',
  activation: 'activation',
  change: 'changer-mon-mot-de-passe',
  'sign-in': 'connexion',
  account: 'mon-compte',
  'not-me': 'ce-n-est-pas-moi',
  student: 'etudiant',
  staff: 'personnel',
  external: 'externe',
} as const
export type HelpTopic = keyof typeof helpSlugs
export const guidePopulations = ['student', 'staff', 'external'] as const
export type GuidePopulation = (typeof guidePopulations)[number]

/**
 * Pages to which sign-in can return. The URL of sign-in has the name of the page, so that no redirect target comes from a
 * request (ASVS 3.7.2).
 */
export const returnSlugs = {
  account: 'compte',
  changePassword: 'mot-de-passe',
  addresses: 'adresses',
  jokerChoice: 'question-joker',
  journal: 'journal',
  firstDay: 'premier-jour',
  sessions: 'sessions',
  authenticator: 'application',
  recoveryCodes: 'codes-de-secours',
  passkeys: 'cles-d-acces',
} as const satisfies { readonly [name in RouteName]?: string }

/** The first page of each journey, by which « démarche introuvable » begins it again. */
export const startSlugs = {
  chooseNumber: 'mot-de-passe',
  identifier: 'identifiant',
  activation: 'activation',
} as const satisfies { readonly [name in RouteName]?: string }
export type StartRoute = keyof typeof startSlugs

/** Forms that ask to accept the charter: its URL has the name of the form to which it leads back. */
export const charterFormSlugs = {
  newPassword: 'mot-de-passe-oublie',
  activationPassword: 'activation',
  changePassword: 'mon-compte',
  expiredPassword: 'mot-de-passe-expire',
} as const satisfies { readonly [name in RouteName]?: string }
export type CharterForm = keyof typeof charterFormSlugs
export const charterForms = Object.keys(charterFormSlugs) as CharterForm[]

/** The route of each return page by its name. */
export const returnRoutes: Readonly<Record<string, RouteName>> = Object.fromEntries(
  Object.entries(returnSlugs).map(([route, slug]) => [slug, route as RouteName]),
)

const filled = (path: string, params: Readonly<Record<string, string>>) =>
  path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name]
    if (value === undefined) throw new Error(`route parameter "${name}" is missing for ${path}`)
    return encodeURIComponent(value)
  })

/** `base` is the path under which a proxy publishes the portal: empty, or `/sesame`. */
export const hrefIn =
  (language: Language, base = ''): Href =>
  (route, params = {}) => {
    const path = filled(routes[route].path, params)
    return `${base}/${language}${path === '/' ? '/' : path}`
  }
