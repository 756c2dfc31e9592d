import { randomBytes } from 'node:crypto'
import { casEndpoint, validateTicket } from '../../cas/validate.ts'
import type { Finding } from '../../directory/directory.ts'
import { createHttpClient, NoReply } from '../../http-client/http-client.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { AccountRef, Check, ProofResult } from '../services.ts'
import { parseLoginForm } from './form.ts'
import { createLoginBrowser, type LoadedPage, type LoginBrowser } from './login-browser.ts'
import type { CasLoginSettings } from './settings.ts'

/** Milliseconds for the log-out after a login, in addition to the time-out of the login. */
const logoutTimeout = 2000

const unavailable = refused('service-unavailable')

/** Without a ticket, the kind of the page shows whether the password was refused. */
const refusalOf = ({ reply }: LoadedPage, { userField, refusedMark }: CasLoginSettings) => {
  if (reply.status >= 500 || reply.status === 429) return unavailable
  if (reply.status === 423) return refused('login-barred')
  if (!parseLoginForm(reply.body, userField)) return refused('login-barred')
  return refusedMark === undefined || reply.body.includes(refusedMark)
    ? refused('login-refused')
    : unavailable
}

type TicketResult = Result<{ ticket: string }, 'login-refused' | 'login-barred' | 'service-unavailable'>

const requestTicket = async (
  browser: LoginBrowser,
  settings: CasLoginSettings,
  { login, password, signal }: { login: string; password: string; signal: AbortSignal },
): Promise<TicketResult> => {
  const { casUrl, service, userField } = settings
  const page = await browser.load(casEndpoint(casUrl, 'login', { service }), signal)
  if ('otherOrigin' in page || page.reply.status >= 400) return unavailable
  const form = parseLoginForm(page.reply.body, userField)
  const action = form && URL.parse(form.action, page.url.href)
  // The password is sent only to the configured server.
  if (!form || action?.origin !== page.url.origin) return unavailable
  action.hash = ''
  const credentials = [
    [form.userField, login],
    [form.passwordField, password],
  ]
  const body = new URLSearchParams([...form.hiddenFields.map(pair => [...pair]), ...credentials]).toString()
  const next = await browser.load(action, signal, body)
  if (!('otherOrigin' in next)) return refusalOf(next, settings)
  const ticket = next.otherOrigin.searchParams.get('ticket')
  next.otherOrigin.searchParams.delete('ticket')
  return ticket && next.otherOrigin.href === new URL(service).href ? ok({ ticket }) : unavailable
}

const sameLogin = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()

/** Ends the session of the login. If the server does not end it, it expires there. */
const logOut = (casUrl: string, browser: LoginBrowser) =>
  browser.load(casEndpoint(casUrl, 'logout'), AbortSignal.timeout(logoutTimeout)).catch(fault => {
    if (!(fault instanceof NoReply)) throw fault
  })

/** Proves a password by a full login to a CAS application: form, ticket, and validation of the ticket's user. */
export const createCasLoginCheck = (settings: CasLoginSettings): Check => {
  const { casUrl, service, timeout } = settings
  const send = createHttpClient(settings.caFile)
  const { origin } = new URL(casUrl)

  const prove = async ({ login }: Pick<AccountRef, 'login'>, password: string): Promise<ProofResult> => {
    const signal = AbortSignal.timeout(timeout)
    const browser = createLoginBrowser(send, origin)
    try {
      const found = await requestTicket(browser, settings, { login, password, signal })
      if (!found.ok) return found
      const { ticket } = found
      const validated = await validateTicket(send, { casUrl, service, ticket, renew: true }, signal)
      await logOut(casUrl, browser)
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
          ? `${casUrl} shows its form and refuses a login that does not exist.`
          : `${casUrl} does not check logins: check casUrl, caFile, userField, refusedMark, and that it knows the service ${service}.`,
      },
    ]
  }

  return { longest: timeout + logoutTimeout, prove, check, close: async () => {} }
}
