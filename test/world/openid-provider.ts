import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'
import Provider, { type Configuration, type JWKS } from 'oidc-provider'

/** A real OpenID provider (`oidc-provider`) with a login page. */
export type OpenIdProvider = Awaited<ReturnType<typeof startOpenIdProvider>>

export const clientSecret = 'a secret of the tests, long enough for the provider'

const loginPage = (uid: string) => `<!doctype html><html lang="en"><title>The institution</title>
<form method="post" action="/interaction/${uid}"><label>Login <input name="login"></label>
<label>Password <input name="password" type="password"></label><button type="submit">Enter</button></form></html>`

const bodyOf = async (request: IncomingMessage) => {
  let body = ''
  for await (const part of request) body += part
  return new URLSearchParams(body)
}

const configuration = (portal: string, jwks: JWKS): Configuration => ({
  jwks,
  // By default it refuses private addresses, and the portal of the tests has one.
  fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined } as RequestInit),
  clients: [
    {
      client_id: 'sesame',
      client_secret: clientSecret,
      redirect_uris: ['fr', 'en'].map(language => `${portal}/${language}/connexion/retour`),
      post_logout_redirect_uris: ['fr', 'en'].map(language => `${portal}/${language}/`),
      backchannel_logout_uri: `${portal}/fr/connexion/retour`,
      backchannel_logout_session_required: true,
    },
  ],
  acrValues: ['one', 'two'],
  claims: { openid: ['sub'], profile: ['preferred_username'], acr: null, auth_time: null, sid: null },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  findAccount: (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, preferred_username: id.replace('sub-of-', '') }),
  }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({
      clientId: oidc.client?.clientId ?? '',
      accountId: oidc.session?.accountId ?? '',
    })
    grant.addOIDCScope('openid profile')
    await grant.save()
    return grant
  },
  cookies: { keys: ['of the tests'] },
  ttl: {
    Interaction: 600,
    Grant: 3600,
    Session: 3600,
    AccessToken: 600,
    IdToken: 600,
    AuthorizationCode: 60,
  },
})

/** Starts the provider. `portal`: public URL of the portal, for the registered redirect URIs. `path`: of the issuer. */
export const startOpenIdProvider = async (portal: string, path = '') => {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {}
  const server = createServer((request, response) => handle(request, response))
  const listen = (portNumber: number) =>
    new Promise<void>(resolve => server.listen(portNumber, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const issuer = `http://localhost:${port}${path}`
  const mounted = path.replace(/\/$/, '')
  /** The `acr` of the next sign-ins. */
  const acr = { value: 'one' }
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), kid: 'tests', alg: 'RS256', use: 'sig' }
  const provider = new Provider(issuer, configuration(portal, { keys: [key] } as JWKS))
  /** The age in seconds of the next sign-ins (`auth_time`). */
  const ago = { value: 0 }
  const asked: URL[] = []

  const interaction = async (request: IncomingMessage, response: ServerResponse, uid: string) => {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(loginPage(uid))
      return
    }
    const body = await bodyOf(request)
    const now = Math.floor(Date.now() / 1000)
    const result =
      body.get('password') === 'right'
        ? {
            login: {
              accountId: `sub-of-${body.get('login')}`,
              acr: acr.value,
              amr: ['pwd'],
              ts: now - ago.value,
            },
          }
        : { error: 'access_denied', error_description: 'wrong password' }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  }

  const callback = provider.callback()
  handle = (request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    asked.push(url)
    const uid = /^\/interaction\/([\w-]+)$/.exec(url.pathname)?.[1]
    if (uid) void interaction(request, response, uid)
    else {
      // As a framework in which it is mounted under a path does.
      if (mounted)
        Object.assign(request, { originalUrl: request.url, url: request.url?.slice(mounted.length) })
      callback(request, response)
    }
  }

  return {
    issuer,
    provider,
    acr,
    ago,
    /** Every requested address, in order. */
    asked,
    /** Signs any token with the key of the provider, or with another key. */
    sign: (
      claims: JWTPayload,
      { header = {}, by = privateKey }: { header?: Partial<JWTHeaderParameters>; by?: CryptoKey } = {},
    ) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: 'tests', typ: 'logout+jwt', ...header })
        .sign(by),
    stop: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
    start: () => listen(port),
  }
}
