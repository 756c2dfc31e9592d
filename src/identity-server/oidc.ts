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

/** OpenID Connect: code flow with PKCE, state and nonce; the ID token's signature is checked too. */
export const createOidcServer = (
  settings: OidcSettings,
  clock: Clock,
  limits: Pick<Limits, 'sessionFresh' | 'sessionMaxAge'>,
): IdentityServer => {
  const { issuer, clientId, scope, acrValues, loginClaim } = settings
  const provider = createProviderDiscovery(settings, clock)
  /** `max_age` in seconds: with it the provider returns `auth_time`, which is required for a fresh sign-in. */
  const oldest = (fresh: boolean) => Math.floor((fresh ? limits.sessionFresh : limits.sessionMaxAge) / 1000)

  const authorizationUrl = async ({ config }: Provider, authRequest: AuthenticationRequest) =>
    buildAuthorizationUrl(config, {
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
      max_age: String(oldest(authRequest.fresh)),
      ...(authRequest.fresh && { prompt: 'login' }),
    })

  const exchange = async (
    { config }: Provider,
    authRequest: AuthenticationRequest,
    callbackQuery: CallbackQuery,
  ) => {
    const tokens = await authorizationCodeGrant(config, callbackUrl(authRequest, callbackQuery), {
      pkceCodeVerifier: authRequest.verifier,
      expectedState: authRequest.state,
      expectedNonce: authRequest.nonce,
      idTokenExpected: true,
      ...(authRequest.fresh && { maxAge: oldest(true) }),
    })
    const claims = tokens.claims()
    if (!claims) return null
    const login =
      textIn(claims[loginClaim]) ??
      textIn((await fetchUserInfo(config, tokens.access_token, claims.sub))[loginClaim])
    return login === null ? null : { login, claims }
  }

  const identityOf = (login: string, claims: IDToken): Identity => ({
    login,
    authenticatedAt: claims.auth_time === undefined ? null : endOfSecond(claims.auth_time, clock.now()),
    session: textIn(claims.sid),
    subject: claims.sub,
    withSecondFactor: settings.secondFactorAcr.includes(textIn(claims.acr) ?? ''),
  })

  return {
    kind: 'oidc',
    host: new URL(issuer).host,

    loginUrl: async authRequest => {
      const found = await provider()
      return found ? ok({ to: await authorizationUrl(found, authRequest) }) : refused('identity-unavailable')
    },

    identify: async (authRequest, callbackQuery) => {
      const found = await provider()
      if (!found) return refused('identity-unavailable')
      try {
        const exchanged = await exchange(found, authRequest, callbackQuery)
        if (!exchanged) return refused('identity-refused')
        const { login, claims } = exchanged
        if (acrValues.length > 0 && !acrValues.includes(textIn(claims.acr) ?? ''))
          return refused('identity-weak')
        return ok({ identity: identityOf(login, claims) })
      } catch (fault) {
        const reason = refusalOf(fault)
        return reason === 'identity-unavailable'
          ? { ...refused(reason), detail: detailOf(fault) }
          : refused(reason)
      }
    },

    readLogout: async body => {
      const form = logoutForm.safeParse(body)
      if (!form.success) return refused('logout-refused')
      const found = await provider()
      if (!found) return refused('identity-unavailable')
      try {
        const logout = await readLogoutToken(found, clientId, form.data.logout_token)
        return logout ? ok({ logout }) : refused('logout-refused')
      } catch (fault) {
        const refusal = refusalOf(fault)
        return refused(refusal === 'identity-unavailable' ? refusal : 'logout-refused')
      }
    },

    signOutUrl: async backTo => {
      const found = await provider()
      return found?.config.serverMetadata().end_session_endpoint === undefined
        ? null
        : buildEndSessionUrl(found.config, { post_logout_redirect_uri: backTo.href })
    },

    check: async returns => checkProvider(settings, await provider(), returns),
  }
}
