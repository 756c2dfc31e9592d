import { randomBytes } from 'node:crypto'
import { casEndpoint, validateTicket } from '../../cas/validate.ts'
import type { Finding } from '../../directory/directory.ts'
import { ok, type Result, refused } from '../../result.ts'
import { createHttpClient, NoReply } from '../../web/http-client.ts'
import type { AccountRef, Check, ProofResult } from '../services.ts'
import { parseLoginForm } from './form.ts'
import { type Place, type Walker, walker } from './login-browser.ts'
import type { CasLoginSettings } from './settings.ts'

/** After a login, its session is ended: that has a time of its own. */
const logoutTime = 2000

const unavailable = refused('service-unavailable')

/** Neither a ticket nor an error of the server: what the page is tells what became of the password. */
const refusalIn = ({ reply }: Place, { userField, refusedMark }: CasLoginSettings) => {
  if (reply.status >= 500 || reply.status === 429) return unavailable
  if (reply.status === 423) return refused('login-barred')
  if (!parseLoginForm(reply.body, userField)) return refused('login-barred')
  return refusedMark === undefined || reply.body.includes(refusedMark)
    ? refused('login-refused')
    : unavailable
}

type Ticket = Result<{ ticket: string }, 'login-refused' | 'login-barred' | 'service-unavailable'>

const ticketFor = async (
  walk: Walker,
  settings: CasLoginSettings,
  { login, password, signal }: { login: string; password: string; signal: AbortSignal },
): Promise<Ticket> => {
  const { casUrl, service, userField } = settings
  const page = await walk.arrive(casEndpoint(casUrl, 'login', { service }), signal)
  if ('outside' in page || page.reply.status >= 400) return unavailable
  const form = parseLoginForm(page.reply.body, userField)
  const action = form && URL.parse(form.action, page.url.href)
  // A password goes nowhere but to the server that is configured.
  if (!form || action?.origin !== page.url.origin) return unavailable
  action.hash = ''
  const typed = [
    [form.userField, login],
    [form.passwordField, password],
  ]
  const body = new URLSearchParams([...form.hiddenFields.map(pair => [...pair]), ...typed]).toString()
  const arrived = await walk.arrive(action, signal, body)
  if (!('outside' in arrived)) return refusalIn(arrived, settings)
  const ticket = arrived.outside.searchParams.get('ticket')
  arrived.outside.searchParams.delete('ticket')
  return ticket && arrived.outside.href === new URL(service).href ? ok({ ticket }) : unavailable
}

const sameLogin = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()

/** No session is left behind; one that the server does not end by this expires there. */
const leave = (casUrl: string, walk: Walker) =>
  walk.arrive(casEndpoint(casUrl, 'logout'), AbortSignal.timeout(logoutTime)).catch(fault => {
    if (!(fault instanceof NoReply)) throw fault
  })

/** A login to a CAS application as a person makes it: the form, the ticket, and the server's word on whose ticket it is. */
export const createCasLoginCheck = (settings: CasLoginSettings): Check => {
  const { casUrl, service, timeout } = settings
  const send = createHttpClient(settings.caFile)
  const { origin } = new URL(casUrl)

  const prove = async ({ login }: Pick<AccountRef, 'login'>, password: string): Promise<ProofResult> => {
    const signal = AbortSignal.timeout(timeout)
    const walk = walker(send, origin)
    try {
      const found = await ticketFor(walk, settings, { login, password, signal })
      if (!found.ok) return found
      const { ticket } = found
      const validated = await validateTicket(send, { casUrl, service, ticket, renew: true }, signal)
      await leave(casUrl, walk)
      return validated.ok && sameLogin(validated.user, login) ? ok() : unavailable
    } catch (fault) {
      if (fault instanceof NoReply) return unavailable
      throw fault
    }
  }

  const check = async (): Promise<readonly Finding[]> => {
    const proved = await prove({ login: 'sesame-check' }, randomBytes(12).toString('base64url'))
    const good = !proved.ok && proved.reason === 'login-refused'
    return [
      {
        level: good ? 'good' : 'wrong',
        what: 'cas',
        detail: good
          ? `${casUrl} shows its form and refuses a login that nobody has.`
          : `${casUrl} judges no login: check casUrl, caFile, userField, refusedMark, and that it knows the service ${service}.`,
      },
    ]
  }

  return { longest: timeout + logoutTime, prove, check, close: async () => {} }
}
