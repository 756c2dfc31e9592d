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
import type { Limits } from '../limits.ts'
import { ok, refused } from '../result.ts'
import { type Provider, providerOf } from './discovery.ts'
import {
  type Carried,
  type Identity,
  type IdentityServer,
  type Leaving,
  withinThatSecond,
} from './identity-server.ts'
import { readLogoutToken } from './logout-token.ts'
import { checkProvider } from './oidc-check.ts'
import { detailOf, refusalOf } from './oidc-faults.ts'
import type { OidcSettings } from './settings.ts'

const logoutForm = z.object({ logout_token: z.string().max(8192) })

/** What an answer of the provider may carry (RFC 6749 §4.1.2, RFC 9207); the library derives our address from it. */
const answers = ['code', 'state', 'iss', 'error', 'error_description'] as const

const answerAt = ({ returnTo }: Leaving, carried: Carried) => {
  const url = new URL(returnTo)
  for (const name of answers) {
    const value = carried(name)
    if (value !== null) url.searchParams.set(name, value)
  }
  return url
}

const textIn = (value: unknown) => (typeof value === 'string' ? value : null)

/** OpenID Connect: code flow with PKCE, state and nonce; the ID token's signature is checked too. */
export const oidcServer = (
  settings: OidcSettings,
  clock: Clock,
  limits: Pick<Limits, 'sessionFresh' | 'sessionWhole'>,
): IdentityServer => {
  const { issuer, clientId, scope, acrValues, loginClaim } = settings
  const provider = providerOf(settings, clock)
  /** Asked for an age, the provider says when the person signed in there; for a fresh sign-in it must. */
  const oldest = (fresh: boolean) => Math.floor((fresh ? limits.sessionFresh : limits.sessionWhole) / 1000)

  const addressFor = async ({ config }: Provider, leaving: Leaving) =>
    buildAuthorizationUrl(config, {
      ...{ redirect_uri: leaving.returnTo.href, scope, state: leaving.state, nonce: leaving.nonce },
      code_challenge: await calculatePKCECodeChallenge(leaving.verifier),
      ...{ code_challenge_method: 'S256', ui_locales: leaving.language },
      ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
      max_age: String(oldest(leaving.fresh)),
      ...(leaving.fresh && { prompt: 'login' }),
    })

  const exchange = async ({ config }: Provider, leaving: Leaving, carried: Carried) => {
    const tokens = await authorizationCodeGrant(config, answerAt(leaving, carried), {
      pkceCodeVerifier: leaving.verifier,
      expectedState: leaving.state,
      expectedNonce: leaving.nonce,
      idTokenExpected: true,
      ...(leaving.fresh && { maxAge: oldest(true) }),
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
    authenticatedAt: claims.auth_time === undefined ? null : withinThatSecond(claims.auth_time, clock.now()),
    session: textIn(claims.sid),
    subject: claims.sub,
    withSecondFactor: settings.secondFactorAcr.includes(textIn(claims.acr) ?? ''),
  })

  return {
    kind: 'oidc',
    host: new URL(issuer).host,

    depart: async leaving => {
      const found = await provider()
      return found ? ok({ to: await addressFor(found, leaving) }) : refused('identity-unavailable')
    },

    identify: async (leaving, carried) => {
      const found = await provider()
      if (!found) return refused('identity-unavailable')
      try {
        const exchanged = await exchange(found, leaving, carried)
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

    readEnding: async body => {
      const form = logoutForm.safeParse(body)
      if (!form.success) return refused('ending-refused')
      const found = await provider()
      if (!found) return refused('identity-unavailable')
      try {
        const ending = await readLogoutToken(found, clientId, form.data.logout_token)
        return ending ? ok({ ending }) : refused('ending-refused')
      } catch (fault) {
        const refusal = refusalOf(fault)
        return refused(refusal === 'identity-unavailable' ? refusal : 'ending-refused')
      }
    },

    signOut: async backTo => {
      const found = await provider()
      return found?.config.serverMetadata().end_session_endpoint === undefined
        ? null
        : buildEndSessionUrl(found.config, { post_logout_redirect_uri: backTo.href })
    },

    check: async returns => checkProvider(settings, await provider(), returns),
  }
}
