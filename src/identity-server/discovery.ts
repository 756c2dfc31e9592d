import { readFileSync } from 'node:fs'
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
import { type Outgoing, outgoing, type Reply } from '../web/outgoing.ts'
import { refusalOf } from './oidc-faults.ts'
import type { OidcSettings } from './settings.ts'

/** What the provider says of itself, and the keys by which it signs. */
export type Provider = { readonly config: Configuration; readonly keys: RemoteJWKSet }

/** Metadata is read again after this; keys by jose, when a message names one that is not known. */
const metadataLife = hours(1)

const secretIn = (file: string) => readFileSync(file, 'utf8').replace(/\r?\n$/, '')
const authentications = { client_secret_basic: ClientSecretBasic, client_secret_post: ClientSecretPost }

const responseOf = ({ status, headers, body }: Reply) => {
  const texts = Object.entries(headers).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  )
  return new Response(status === 204 || status === 304 ? null : body, { status, headers: texts })
}

type Asked = { method: string; headers: Headers | Record<string, string>; body?: unknown }

/** The libraries ask through the portal's own way out: its authority, its time-out, its longest answer. */
const fetchOver =
  (send: Outgoing, timeout: number) =>
  async (url: string, { method, headers, body }: Asked) =>
    responseOf(
      await send(new URL(url), {
        method: method === 'POST' ? 'POST' : 'GET',
        headers: Object.fromEntries(new Headers(headers)),
        ...(body !== undefined && body !== null && { body: String(body) }),
        signal: AbortSignal.timeout(timeout),
      }),
    )

/**
 * Finds the provider when it is first needed, and again until it answers: the portal starts while it is down. Of many
 * people who ask at once, one question goes out.
 */
export const createProviderDiscovery = (settings: OidcSettings, clock: Clock) => {
  const { issuer, clientId, timeout } = settings
  const fetching = fetchOver(outgoing(settings.caFile), timeout)
  const secret = secretIn(settings.clientSecretFile)
  let known: { readonly provider: Provider; readonly at: number } | null = null
  let asking: Promise<Provider | null> | null = null

  const request = async (): Promise<Provider | null> => {
    const insecure = new URL(issuer).protocol === 'http:' ? [allowInsecureRequests] : []
    try {
      const config = await discovery(
        new URL(issuer),
        clientId,
        {},
        authentications[settings.clientAuthentication](secret),
        { [customFetch]: fetching, execute: [enableNonRepudiationChecks, ...insecure] },
      )
      const { jwks_uri } = config.serverMetadata()
      if (jwks_uri === undefined) return null
      const keys = createRemoteJWKSet(new URL(jwks_uri), {
        [keysFetch]: fetching,
        timeoutDuration: timeout,
      })
      known = { provider: { config, keys }, at: clock.now() }
      return known.provider
    } catch (fault) {
      refusalOf(fault)
      return null
    }
  }

  /** `null`: it does not answer, or is no provider. What was known a while ago serves until it answers again. */
  return async (): Promise<Provider | null> => {
    if (known && clock.now() - known.at < metadataLife) return known.provider
    asking ??= request().finally(() => {
      asking = null
    })
    return (await asking) ?? known?.provider ?? null
  }
}
