import { type HttpClient, NoReply } from '../http-client/http-client.ts'
import { ok, type Result, refused } from '../result.ts'
import { type CasUser, readResponse } from './response.ts'

/** `https://sso.univ.example/cas` and `login` make `https://sso.univ.example/cas/login`. */
export const casEndpoint = (casUrl: string, path: string, query: Readonly<Record<string, string>> = {}) => {
  const url = new URL(`${casUrl.replace(/\/$/, '')}/${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}

export type TicketValidation = Result<CasUser, 'ticket-refused' | 'cas-unavailable'>

/**
 * Validates a ticket at the CAS server (CAS Protocol 3.0 §2.5), which refuses it the second time or for another service.
 * `renew`: accepts only a ticket for which the password was typed (§2.5.1).
 */
export const validateTicket = async (
  send: HttpClient,
  { casUrl, service, ticket, renew }: { casUrl: string; service: string; ticket: string; renew: boolean },
  signal: AbortSignal,
): Promise<TicketValidation> => {
  const query = { service, ticket, ...(renew && { renew: 'true' }) }
  try {
    const { status, body } = await send(casEndpoint(casUrl, 'p3/serviceValidate', query), { signal })
    const response = status === 200 ? readResponse(body) : null
    if (!response) return refused('cas-unavailable')
    return 'success' in response ? ok(response.success) : refused('ticket-refused')
  } catch (fault) {
    if (fault instanceof NoReply) return refused('cas-unavailable')
    throw fault
  }
}
