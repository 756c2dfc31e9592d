import type { Finding } from '../directory/directory.ts'
import type { Ok, Refused, Result } from '../result.ts'
import type { Language } from '../texts/texts.ts'

/** The kinds of server where people can sign in, in place of the portal's own page. */
export const serverKinds = ['cas', 'oidc'] as const
export type ServerKind = (typeof serverKinds)[number]
export const isServerKind = (kind: string): kind is ServerKind =>
  (serverKinds as readonly string[]).includes(kind)

/** A request to the identity server, which the portal derives again at the callback to bind the response to the browser. */
export type AuthenticationRequest = {
  /** Sent back in the callback URL; only the browser that started the sign-in has the cookie from which it is derived. */
  readonly state: string
  /** OpenID Connect: binds the ID token to this request. */
  readonly nonce: string
  /** OpenID Connect: PKCE code verifier, without which the authorization code is useless. */
  readonly verifier: string
  /** The callback URL of the portal, without its query. */
  readonly returnTo: URL
  readonly language: Language
  /** The server must ask for a new proof even when its session is open. */
  readonly fresh: boolean
}

/** Reads a query parameter of the callback URL. */
export type CallbackQuery = (name: string) => string | null

/** The person whom the server has authenticated. */
export type Identity = {
  readonly login: string
  /** When the person authenticated; `null`: the server does not say, it may be hours ago. */
  readonly authenticatedAt: number | null
  /** The server's identifier of the sign-in, used for log-out: a CAS ticket, or an OpenID Connect `sid`. */
  readonly session: string | null
  /** The server's identifier of the person (`sub`), by which it may end all their sessions at once. */
  readonly subject: string | null
  /** The server says that it asked for more than a password. */
  readonly withSecondFactor: boolean
}

/** Milliseconds of a time given in whole seconds, rounded up so that a fresh sign-in is not judged too old, and at most now. */
export const endOfSecond = (second: number, now: number) => Math.min(second * 1000 + 999, now)

/**
 * `identity-refused`: the server's response does not prove the person's identity. `identity-weak`: it does, but at a lower
 * level than requested, or longer ago. `identity-unavailable`: no response in time, or a malformed one.
 */
export type IdentityRefusal = 'identity-refused' | 'identity-weak' | 'identity-unavailable'

/** Maximum age of a log-out message, in seconds. */
export const logoutMaxAge = 120

/** `detail`: for the log only, what an operator must correct. */
export type IdentificationFailure = Refused<IdentityRefusal> & { readonly detail?: string }

/** A log-out message: ends one sign-in (`session`), or all of a person (`subject`). */
export type LogoutMessage = {
  readonly session: string | null
  readonly subject: string | null
  /** Id for replay protection (`jti`); `null` when a replay has no effect. */
  readonly messageId: string | null
}

/**
 * The institution's server where people sign in, in place of the embedded page. No function throws for a fault of the
 * network or of that server, and each ends within the configured timeout.
 */
export interface IdentityServer {
  readonly kind: ServerKind
  /** Its host name, shown before the browser is redirected there. */
  readonly host: string
  /** The URL to which the browser is redirected. */
  loginUrl(authRequest: AuthenticationRequest): Promise<Result<{ to: URL }, 'identity-unavailable'>>
  /** Identifies the person by a request to the server itself: the callback's parameters alone are never trusted. */
  identify(
    authRequest: AuthenticationRequest,
    callbackQuery: CallbackQuery,
  ): Promise<Ok<{ identity: Identity }> | IdentificationFailure>
  /** Reads and verifies a log-out message, by its signature or by a ticket that only the server and the portal know. */
  readLogout(
    body: unknown,
  ): Promise<Result<{ logout: LogoutMessage }, 'logout-refused' | 'identity-unavailable'>>
  /** URL where the person can end the server's own session; `null` when it offers none, or does not answer. */
  signOutUrl(backTo: URL): Promise<URL | null>
  /** For `sesame check`. `returns`: the addresses that must be registered there. */
  check(returns: readonly URL[]): Promise<readonly Finding[]>
}
