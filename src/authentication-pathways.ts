import type { RouteName, routes } from './routes.ts'

/**
 * Every authentication pathway: each way to authenticate as the owner of an account, and each form that can open or renew
 * a session or write a password. A POST route that is not declared here does not compile; `router.ts` refuses a session
 * cookie of a route that does not declare it. `docs/reference/authentication-pathways.md` is generated from this file
 * (ASVS 6.1.3, 6.3.4).
 */
export type Capability =
  /** Sets the cookie of a new session. */
  | 'opens-session'
  /** « Confirmez que c'est vous »: renews the authentication of an open session, under a new handle. */
  | 'renews-session'
  /** Writes a password that a person chose. */
  | 'writes-password'
  /** Writes a random password that nobody knows, to freeze the account. */
  | 'writes-unknown-password'

type Pathway = {
  readonly title: string
  readonly asks: string
  readonly strength: string
  readonly limits: string
  readonly opens: string
}

export const pathways = {
  'own-sign-in': {
    title: "Sésame's own sign-in",
    asks: 'login and password, then the second factor of people who have one',
    strength: 'a password by [the policy](password-policy.md); two factors once one is enrolled',
    limits:
      "wrong passwords: strangers together half of the directory's own lock-out and 100 in a row, known browsers and sessions a quarter; sign-ins of a network",
    opens: "a session; closed where the institution's server is configured",
  },
  passkey: {
    title: 'passkey',
    asks: 'the device, and a finger, a face or a PIN on it',
    strength: 'two factors, bound to the site',
    limits: 'each challenge is accepted once, before it expires',
    opens:
      "a session; where the institution's server is configured only the second step of a pathway that asked for it",
  },
  server: {
    title: "the institution's server (CAS, OpenID Connect)",
    asks: 'what that server asks for, at the level that is configured',
    strength: "that server's; Sésame's second factor in addition, unless it states that it asked for one",
    limits: 'its own',
    opens: 'a session; where it is configured nothing else does',
  },
  expired: {
    title: '« Votre mot de passe a expiré »',
    asks: 'login and a password that the directory itself calls expired, or to be changed',
    strength: 'as the sign-in; people with a second factor are sent to recovery, which asks for it',
    limits: 'the same limits as the sign-in; twenty refused passwords an hour',
    opens: "a new password, and a session unless the institution's server is configured",
  },
  change: {
    title: '« Changer mon mot de passe »',
    asks: 'an open session, the old password, and the second factor of people who have one, shown in the last ten minutes',
    strength: 'as what opened the session, and the password',
    limits: 'the same limits as the sign-in; twenty refused passwords an hour',
    opens: 'a new password; every other session ends',
  },
  reset: {
    title: '« Récupérer mon mot de passe »',
    asks: 'number and date of birth, the proofs of [the policy](../operate/recovery.md) (the joker unless configured otherwise), then the second factor of people who have one',
    strength:
      '**knowledge alone** by default for people who have none: see [003](../decisions/003-joker.md); with `renforce` or `nist-aal2` something held, sent or handed over',
    limits: 'five wrong answers suspend the question, for longer each time; codes: [guessing](guessing.md)',
    opens: 'a new password, no session',
  },
  identifier: {
    title: '« Récupérer mon identifiant »',
    asks: 'the same',
    strength: 'the same',
    limits: 'the same',
    opens: 'the login, in the page and by mail',
  },
  activation: {
    title: '« Activer mon compte »',
    asks: 'number and date of birth, a printed or mailed activation code; not possible once the account is active',
    strength: '78 bits, once, for a time: [010](../decisions/010-activation.md)',
    limits: 'ten wrong codes an hour, of one person from one network',
    opens: 'the first password, the joker, the addresses',
  },
  confirm: {
    title: "« Confirmez que c'est vous »",
    asks: "the password again, or a passkey, or the institution's server; then the second factor of people who have one",
    strength: 'as the sign-in',
    limits: 'the same limits',
    opens: 'what is sensitive, for ten minutes, to a session that is open already',
  },
  'second-factor': {
    title: 'printed code, app',
    asks: 'a code, after one of the pathways above',
    strength: '80 bits once; 6 digits of 30 s',
    limits:
      'five wrong tries block the app, not the printed codes; known browsers and sessions have tries of their own',
    opens: 'the second step of the pathway that asked for it',
  },
  desk: {
    title: 'the helpdesk',
    asks: '`sesame … --by --reason`, on the server',
    strength: "people who may log in there; how callers are verified is the institution's",
    limits: "written in the account's journal",
    opens:
      'clears a joker or second factors, freezes and unfreezes; hands over a code that recovers a password with number and date of birth; never a password',
  },
  'not-me': {
    title: "« Ce n'est pas moi »",
    asks: 'the link of a mail',
    strength: '192 bits, once, seven days',
    limits: '',
    opens: 'freezes, or closes recovery; opens nothing',
  },
} as const satisfies Readonly<Record<string, Pathway>>

type PathwayName = keyof typeof pathways
export type RouteDeclaration = {
  readonly capabilities: readonly Capability[]
  readonly pathways: readonly PathwayName[]
}

const noCapability: RouteDeclaration = { capabilities: [], pathways: [] }
const declare = (capabilities: readonly Capability[], by: readonly PathwayName[]): RouteDeclaration => ({
  capabilities,
  pathways: by,
})

type PostRoute = {
  [name in RouteName]: (typeof routes)[name] extends { readonly post: string } ? name : never
}[RouteName]

/** The capabilities of the form of each POST route. */
export const postDeclarations: { readonly [route in PostRoute]: RouteDeclaration } = {
  signIn: declare(['opens-session'], ['own-sign-in']),
  signInFor: declare(['opens-session'], ['own-sign-in']),
  confirm: declare(['renews-session'], ['confirm']),
  confirmPasskey: declare(['renews-session'], ['confirm', 'passkey']),
  signInReturn: noCapability,
  expiredPassword: declare(['writes-password', 'opens-session'], ['expired']),
  secondFactor: declare(
    ['opens-session', 'renews-session'],
    ['own-sign-in', 'server', 'confirm', 'second-factor'],
  ),
  signInPasskey: declare(
    ['opens-session', 'renews-session'],
    ['passkey', 'own-sign-in', 'server', 'confirm'],
  ),
  signOut: noCapability,
  identify: noCapability,
  proof: noCapability,
  joker: noCapability,
  journeyFactor: noCapability,
  journeyPasskey: noCapability,
  newPassword: declare(['writes-password'], ['reset']),
  identifyForIdentifier: noCapability,
  identifierProof: noCapability,
  identifierJoker: noCapability,
  identifierFactor: noCapability,
  identifierPasskey: noCapability,
  identifyForActivation: noCapability,
  activationCode: noCapability,
  activationPassword: declare(['writes-password'], ['activation']),
  activationJoker: noCapability,
  activationAddress: noCapability,
  activationAddressCode: noCapability,
  activationMobile: noCapability,
  activationMobileCode: noCapability,
  changePassword: declare(['writes-password', 'renews-session'], ['change']),
  addresses: noCapability,
  addressCode: noCapability,
  jokerChoice: noCapability,
  firstDay: noCapability,
  sessions: noCapability,
  authenticator: noCapability,
  recoveryCodes: noCapability,
  passkeys: noCapability,
  passkeyNew: noCapability,
  passkeyTry: noCapability,
  notMe: declare(['writes-unknown-password'], ['not-me']),
}

/** The only GET route with capabilities: the one to which the institution's server sends the browser back. */
export const getDeclarations = {
  signInReturn: declare(['opens-session', 'renews-session'], ['server', 'confirm']),
} as const satisfies { readonly [route in RouteName]?: RouteDeclaration }

export const capabilitiesOf = (route: RouteName, method: 'get' | 'post'): readonly Capability[] => {
  const declared: { readonly [name in RouteName]?: RouteDeclaration } =
    method === 'get' ? getDeclarations : postDeclarations
  return declared[route]?.capabilities ?? []
}
