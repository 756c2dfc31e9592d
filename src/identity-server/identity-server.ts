import type { Finding } from '../directory/directory.ts'
import type { Ok, Refused, Result } from '../result.ts'
import type { Language } from '../texts/texts.ts'

/** A browser that leaves for the server where its person signs in, and must be known again when it comes back. */
export type AuthenticationRequest = {
  /** In the address to which the server sends the browser back; only the browser that left can make it again. */
  readonly state: string
  /** OpenID Connect: stands in the token that belongs to this leaving and to no other. */
  readonly nonce: string
  /** OpenID Connect: PKCE, without which the code is worth nothing. */
  readonly verifier: string
  /** Our own address of return, without its query. */
  readonly returnTo: URL
  readonly language: Language
  /** Whoever is signed in there must show again who they are. */
  readonly fresh: boolean
}

/** What the address of return carries, by name. */
export type CallbackQuery = (name: string) => string | null

/** Who the server says has come back. */
export type Identity = {
  readonly login: string
  /** When the person really proved who they are; `null`: the server does not say, it may be hours ago. */
  readonly authenticatedAt: number | null
  /** The server's own name for the sign-in, by which it ends it: a CAS ticket, an OpenID Connect `sid`. */
  readonly session: string | null
  /** The server's own name for the person (`sub`): it may end all that is theirs at once. */
  readonly subject: string | null
  /** The server says that it asked for more than a password. */
  readonly withSecondFactor: boolean
}

/** A server that counts whole seconds may mean the end of one: nobody is told that they came too early. */
export const endOfSecond = (second: number, now: number) => Math.min(second * 1000 + 999, now)

/**
 * `identity-refused`: the server, or what it sent, does not prove who stands there. `identity-weak`: it does, at a lower
 * level than asked, or longer ago. `identity-unavailable`: no answer in time, or one that is none.
 */
export type IdentityRefusal = 'identity-refused' | 'identity-weak' | 'identity-unavailable'

/** Seconds: a message that ends sessions may have waited a little; an old one is not obeyed. */
export const logoutMaxAge = 120

/** `detail`: for the log alone, what an operator must mend. */
export type IdentificationFailure = Refused<IdentityRefusal> & { readonly detail?: string }

/** Whose sessions the server ends: one sign-in, or all of a person. */
export type LogoutMessage = {
  readonly session: string | null
  readonly subject: string | null
  /** A message that must be obeyed once; `null`: obeying it again changes nothing. */
  readonly messageId: string | null
}

/**
 * The server of the institution where people sign in, in place of the embedded page. No verb throws for a fault of the
 * network or of that server, and each ends within the configured time-out.
 */
export interface IdentityServer {
  readonly kind: 'cas' | 'oidc'
  /** Its name in the address bar, told before anybody is led there. */
  readonly host: string
  /** Where the browser goes. */
  loginUrl(authRequest: AuthenticationRequest): Promise<Result<{ to: URL }, 'identity-unavailable'>>
  /** Whose browser came back, asked of the server itself: nothing that the browser carries is believed. */
  identify(
    authRequest: AuthenticationRequest,
    callbackQuery: CallbackQuery,
  ): Promise<Ok<{ identity: Identity }> | IdentificationFailure>
  /** Reads a message that ends sessions; its proof is its own (a ticket that only the server knew, a signature). */
  readLogout(
    body: unknown,
  ): Promise<Result<{ logout: LogoutMessage }, 'logout-refused' | 'identity-unavailable'>>
  /** Where a person ends the session there too; `null` when the server offers none, or does not answer. */
  signOutUrl(backTo: URL): Promise<URL | null>
  /** For `sesame check`. `returns`: the addresses that must be registered there. */
  check(returns: readonly URL[]): Promise<readonly Finding[]>
}
