import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  type IDToken,
} from 'openid-client'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Limits } from '../limits/limits.ts'
import { ok, refused } from '../result.ts'
import { createProviderDiscovery, type Provider } from './discovery.ts'
import {
  type AuthenticationRequest,
  type CallbackQuery,
  endOfSecond,
  type Identity,
  type IdentityServer,
} from './identity-server.ts'
import { readLogoutToken } from './logout-token.ts'
import { checkProvider } from './oidc-check.ts'
import { detailOf, refusalOf } from './oidc-faults.ts'
import type { OidcSettings } from './settings.ts'

const logoutForm = z.object({ logout_token: z.string().max(8192) })

/** Parameters of an authorization response (RFC 6749 §4.1.2, RFC 9207); others are dropped from the callback URL. */
const answers = ['code', 'state', 'iss', 'error', 'error_description'] as const

const callbackUrl = ({ returnTo }: AuthenticationRequest, callbackQuery: CallbackQuery) => {
  const url = new URL(returnTo)
  for (const name of answers) {
    const value = callbackQuery(name)
    if (value !== null) url.searchParams.set(name, value)
  }
  return url
}

const textIn = (value: unknown) => (typeof value === 'string' ? value : null)

/** `provider`: asked at each call, since the provider may not have answered before. */
type Client = {
  readonly settings: OidcSettings
  readonly clock: Clock
  readonly limits: Pick<Limits, 'sessionFresh' | 'sessionMaxAge'>
  readonly provider: ReturnType<typeof createProviderDiscovery>
}

/** `max_age` in seconds: with it the provider returns `auth_time`, which is required for a fresh sign-in. */
const oldestSignIn = ({ limits }: Client, fresh: boolean) =>
  Math.floor((fresh ? limits.sessionFresh : limits.sessionMaxAge) / 1000)

async function authorizationUrl(client: Client, { config }: Provider, authRequest: AuthenticationRequest) {
  const { scope, acrValues } = client.settings
  return buildAuthorizationUrl(config, {
    ...{
      redirect_uri: authRequest.returnTo.href,
      scope,
      state: authRequest.state,
      nonce: authRequest.nonce,
    },
    code_challenge: await calculatePKCECodeChallenge(authRequest.verifier),
    code_challenge_method: 'S256',
    ui_locales: authRequest.language,
    ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
    max_age: String(oldestSignIn(client, authRequest.fresh)),
    ...(authRequest.fresh && { prompt: 'login' }),
  })
}

async function exchange(
  client: Client,
  { config }: Provider,
  authRequest: AuthenticationRequest,
  callbackQuery: CallbackQuery,
) {
  const { loginClaim } = client.settings
  const tokens = await authorizationCodeGrant(config, callbackUrl(authRequest, callbackQuery), {
    pkceCodeVerifier: authRequest.verifier,
    expectedState: authRequest.state,
    expectedNonce: authRequest.nonce,
    idTokenExpected: true,
    ...(authRequest.fresh && { maxAge: oldestSignIn(client, true) }),
  })
  const claims = tokens.claims()
  if (!claims) return null
  const login =
    textIn(claims[loginClaim]) ??
    textIn((await fetchUserInfo(config, tokens.access_token, claims.sub))[loginClaim])
  return login === null ? null : { login, claims }
}

const identityOf = ({ settings, clock }: Client, login: string, claims: IDToken): Identity => ({
  login,
  authenticatedAt: claims.auth_time === undefined ? null : endOfSecond(claims.auth_time, clock.now()),
  session: textIn(claims.sid),
  subject: claims.sub,
  withSecondFactor: settings.secondFactorAcr.includes(textIn(claims.acr) ?? ''),
})

async function loginUrl(client: Client, authRequest: AuthenticationRequest) {
  const found = await client.provider()
  return found
    ? ok({ to: await authorizationUrl(client, found, authRequest) })
    : refused('identity-unavailable')
}

async function identify(client: Client, authRequest: AuthenticationRequest, callbackQuery: CallbackQuery) {
  const { acrValues } = client.settings
  const found = await client.provider()
  if (!found) return refused('identity-unavailable')
  try {
    const exchanged = await exchange(client, found, authRequest, callbackQuery)
    if (!exchanged) return refused('identity-refused')
    const { login, claims } = exchanged
    if (acrValues.length > 0 && !acrValues.includes(textIn(claims.acr) ?? '')) return refused('identity-weak')
    return ok({ identity: identityOf(client, login, claims) })
  } catch (fault) {
    const reason = refusalOf(fault)
    return reason === 'identity-unavailable'
      ? { ...refused(reason), detail: detailOf(fault) }
      : refused(reason)
  }
}

async function readLogout({ settings, provider }: Client, body: unknown) {
  const form = logoutForm.safeParse(body)
  if (!form.success) return refused('logout-refused')
  const found = await provider()
  if (!found) return refused('identity-unavailable')
  try {
    const logout = await readLogoutToken(found, settings.clientId, form.data.logout_token)
    return logout ? ok({ logout }) : refused('logout-refused')
  } catch (fault) {
    const refusal = refusalOf(fault)
    return refused(refusal === 'identity-unavailable' ? refusal : 'logout-refused')
  }
}

async function signOutUrl({ provider }: Client, backTo: URL) {
  const found = await provider()
  return found?.config.serverMetadata().end_session_endpoint === undefined
    ? null
    : buildEndSessionUrl(found.config, { post_logout_redirect_uri: backTo.href })
}

/** OpenID Connect: code flow with PKCE, state and nonce; the ID token's signature is checked too. */
export const createOidcServer = (
  settings: OidcSettings,
  clock: Clock,
  limits: Pick<Limits, 'sessionFresh' | 'sessionMaxAge'>,
): IdentityServer => {
  const client: Client = { settings, clock, limits, provider: createProviderDiscovery(settings, clock) }
  return {
    kind: 'oidc',
    host: new URL(settings.issuer).host,
    loginUrl: authRequest => loginUrl(client, authRequest),
    identify: (authRequest, callbackQuery) => identify(client, authRequest, callbackQuery),
    readLogout: body => readLogout(client, body),
    signOutUrl: backTo => signOutUrl(client, backTo),
    check: async returns => checkProvider(settings, await client.provider(), returns),
  }
}
