import { z } from 'zod'
import { loggedOutTicket } from '../cas/logout-request.ts'
import type { CasUser } from '../cas/response.ts'
import { casEndpoint, validateTicket } from '../cas/validate.ts'
import type { Clock } from '../clock.ts'
import { createHttpClient, type HttpClient } from '../http-client/http-client.ts'
import { ok, refused } from '../result.ts'
import {
  type AuthenticationRequest,
  type CallbackQuery,
  endOfSecond,
  type Identity,
  type IdentityServer,
} from './identity-server.ts'
import type { CasSettings } from './settings.ts'

const logoutForm = z.object({ logoutRequest: z.string() })

/** The service is the callback URL with the state, so that a ticket is valid for one request and for no other site. */
const serviceUrl = ({ returnTo, state }: AuthenticationRequest) => {
  const service = new URL(returnTo)
  service.searchParams.set('state', state)
  return service.href
}

/** Reads an ISO date, to which Java may add its zone in brackets, or seconds since 1970; `null` for anything else. */
const instantIn = (text: string, now: number): number | null => {
  if (/^\d{9,11}$/.test(text)) return endOfSecond(Number(text), now)
  const at = Date.parse(text.replace(/\[[^\]]*\]$/, ''))
  return Number.isNaN(at) ? null : Math.min(at, now)
}

type Client = { readonly settings: CasSettings; readonly clock: Clock; readonly send: HttpClient }

function identityOf(
  { settings, clock }: Client,
  { user, attributes }: CasUser,
  ticket: string,
  fresh: boolean,
): Identity | null {
  const { loginAttribute, dateAttribute, secondFactorAttribute, secondFactorValues } = settings
  const logins = loginAttribute === undefined ? [user] : (attributes.get(loginAttribute) ?? [])
  const [login] = logins
  if (login === undefined || logins.length !== 1) return null
  const now = clock.now()
  const finding = attributes.get(dateAttribute)?.[0]
  return {
    login,
    // `renew` was given at login and at validation: the password was typed for this very ticket (§2.5.1).
    authenticatedAt: fresh ? now : finding === undefined ? null : instantIn(finding, now),
    session: ticket,
    subject: null,
    withSecondFactor: (attributes.get(secondFactorAttribute) ?? []).some(value =>
      secondFactorValues.includes(value),
    ),
  }
}

async function identify(client: Client, authRequest: AuthenticationRequest, callbackQuery: CallbackQuery) {
  const { url, timeout } = client.settings
  const ticket = callbackQuery('ticket')
  if (!ticket) return refused('identity-refused')
  const asked = { casUrl: url, service: serviceUrl(authRequest), ticket, renew: authRequest.fresh }
  const validated = await validateTicket(client.send, asked, AbortSignal.timeout(timeout))
  if (!validated.ok)
    return refused(validated.reason === 'cas-unavailable' ? 'identity-unavailable' : 'identity-refused')
  const identity = identityOf(client, validated, ticket, authRequest.fresh)
  return identity ? ok({ identity }) : refused('identity-refused')
}

function readLogout(body: unknown) {
  const form = logoutForm.safeParse(body)
  const ticket = form.success ? loggedOutTicket(form.data.logoutRequest) : null
  return ticket
    ? ok({ logout: { session: ticket, subject: null, messageId: null } })
    : refused('logout-refused')
}

async function check(
  { settings, send }: Client,
  returns: Parameters<IdentityServer['check']>[0],
): ReturnType<IdentityServer['check']> {
  const { url, timeout } = settings
  const [service] = returns
  const about = { casUrl: url, service: service?.href ?? '', ticket: 'ST-sesame-check', renew: false }
  const asked = await validateTicket(send, about, AbortSignal.timeout(timeout))
  const good = !asked.ok && asked.reason === 'ticket-refused'
  return [
    {
      level: good ? 'good' : 'wrong',
      what: 'sign-in',
      detail: good
        ? `${url} validates tickets. It must know the services that begin with ${returns.map(({ href }) => href).join(' and ')}.`
        : `${url} does not validate tickets at p3/serviceValidate: check signIn.server.url, its certificate and caFile. Nobody can sign in.`,
    },
  ]
}

/** CAS Protocol 3.0: the callback carries a ticket, which the server validates. */
export const createCasServer = (settings: CasSettings, clock: Clock): IdentityServer => {
  const { url } = settings
  const client = { settings, clock, send: createHttpClient(settings.caFile) }
  return {
    kind: 'cas',
    host: new URL(url).host,
    loginUrl: async authRequest => {
      const query = { service: serviceUrl(authRequest), ...(authRequest.fresh && { renew: 'true' }) }
      return ok({ to: casEndpoint(url, 'login', query) })
    },
    identify: (authRequest, callbackQuery) => identify(client, authRequest, callbackQuery),
    readLogout: async body => readLogout(body),
    signOutUrl: async backTo => casEndpoint(url, 'logout', { service: backTo.href }),
    check: returns => check(client, returns),
  }
}
