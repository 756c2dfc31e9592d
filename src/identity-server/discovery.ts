import { createRemoteJWKSet, customFetch as keysFetch, type RemoteJWKSet } from 'jose'
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client'
import { type Clock, hours } from '../clock.ts'
import { createHttpClient, type HttpClient, type Reply } from '../http-client/http-client.ts'
import { readSecret } from '../operator-file.ts'
import { refusalOf } from './oidc-faults.ts'
import type { OidcSettings } from './settings.ts'

/** Metadata of the provider, and its signing keys. */
export type Provider = { readonly config: Configuration; readonly keys: RemoteJWKSet }

/** Cache lifetime of the metadata; jose fetches the keys again when a token names an unknown one. */
const metadataLife = hours(1)

const authentications = { client_secret_basic: ClientSecretBasic, client_secret_post: ClientSecretPost }

const responseOf = ({ status, headers, body }: Reply) => {
  const texts = Object.entries(headers).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  )
  return new Response(status === 204 || status === 304 ? null : body, { status, headers: texts })
}

type FetchOptions = { method: string; headers: Headers | Record<string, string>; body?: unknown }

/** A `fetch` for the libraries over the portal's HTTP client, with its certificate authority, timeout and response limit. */
const fetchOver =
  (send: HttpClient, timeout: number) =>
  async (url: string, { method, headers, body }: FetchOptions) =>
    responseOf(
      await send(new URL(url), {
        method: method === 'POST' ? 'POST' : 'GET',
        headers: Object.fromEntries(new Headers(headers)),
        ...(body !== undefined && body !== null && { body: String(body) }),
        signal: AbortSignal.timeout(timeout),
      }),
    )

/** `known`: the last answer of the provider. `pendingRequest`: the one that concurrent callers share. */
type Discovery = {
  readonly settings: OidcSettings
  readonly clock: Clock
  readonly fetching: ReturnType<typeof fetchOver>
  readonly secret: string
  known: { readonly provider: Provider; readonly at: number } | null
  pendingRequest: Promise<Provider | null> | null
}

/** The issuer that this provider declares, when it is another than the one asked for (OpenID Connect Discovery 1.0 §4.3). */
const declaredIssuer = (fault: unknown): string | null => {
  const { code, cause } = (fault ?? {}) as { code?: unknown; cause?: unknown }
  const { attribute, body } = (cause ?? {}) as { attribute?: unknown; body?: { issuer?: unknown } }
  if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' && attribute === 'issuer')
    return typeof body?.issuer === 'string' ? body.issuer : null
  return cause === undefined ? null : declaredIssuer(cause)
}

const withoutSlash = (issuer: string) => issuer.replace(/\/$/, '')

/**
 * Reads the configuration of the provider. Its issuer must be the one asked for, except for a slash at the end, which operators add
 * or forget: both are read at the same address (§4.1), so the provider says which it is.
 */
async function discover(state: Discovery, issuer: string, isFirst = true): Promise<Configuration> {
  const { settings, fetching, secret } = state
  const insecure = new URL(issuer).protocol === 'http:' ? [allowInsecureRequests] : []
  try {
    return await discovery(
      new URL(issuer),
      settings.clientId,
      {},
      authentications[settings.clientAuthentication](secret),
      { [customFetch]: fetching, execute: [enableNonRepudiationChecks, ...insecure] },
    )
  } catch (fault) {
    const declared = declaredIssuer(fault)
    if (declared === null || !isFirst) throw fault
    if (withoutSlash(declared) !== withoutSlash(issuer)) throw fault
    return discover(state, declared, false)
  }
}

async function requestMetadata(state: Discovery): Promise<Provider | null> {
  const { settings, clock, fetching } = state
  try {
    const config = await discover(state, settings.issuer)
    const { jwks_uri } = config.serverMetadata()
    if (jwks_uri === undefined) return null
    const keys = createRemoteJWKSet(new URL(jwks_uri), {
      [keysFetch]: fetching,
      timeoutDuration: settings.timeout,
    })
    state.known = { provider: { config, keys }, at: clock.now() }
    return state.known.provider
  } catch (fault) {
    refusalOf(fault)
    return null
  }
}

async function findProvider(state: Discovery): Promise<Provider | null> {
  const { known, clock } = state
  if (known && clock.now() - known.at < metadataLife) return known.provider
  state.pendingRequest ??= requestMetadata(state).finally(() => {
    state.pendingRequest = null
  })
  return (await state.pendingRequest) ?? state.known?.provider ?? null
}

/**
 * Discovers the provider when it is first needed, and tries again until it answers, so that the portal starts while it is
 * down. Concurrent callers share one request.
 */
export const createProviderDiscovery = (settings: OidcSettings, clock: Clock) => {
  const state: Discovery = {
    settings,
    clock,
    fetching: fetchOver(createHttpClient(settings.caFile), settings.timeout),
    secret: readSecret(settings.clientSecretFile),
    known: null,
    pendingRequest: null,
  }
  /** `null`: it does not answer, or is no provider. Expired metadata is used until it answers again. */
  return (): Promise<Provider | null> => findProvider(state)
}
