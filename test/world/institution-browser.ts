import { createHttpClient } from '../../src/http-client/http-client.ts'
import { parseLoginForm } from '../../src/services/cas-login/form.ts'
import { createLoginBrowser } from '../../src/services/cas-login/login-browser.ts'

type Typed = { readonly login: string; readonly password: string }

/** A browser at the institution's sign-in server: keeps its cookies, fills its form, and reports where it is redirected. */
export const institutionBrowser = (url: string, caFile?: string) => {
  const { origin } = new URL(url)
  const browser = createLoginBrowser(createHttpClient(caFile), origin)
  const signal = () => AbortSignal.timeout(20_000)

  /** LemonLDAP::NG shows a confirmation button before it asks for the password again. */
  const confirmed = async (came: Awaited<ReturnType<typeof browser.load>>) => {
    if ('otherOrigin' in came) return came
    const action = /<form id="upgrd" action="([^"]*)"/.exec(came.reply.body)?.[1]
    if (action === undefined) return came
    const hidden = [...came.reply.body.matchAll(/<input type="hidden"[^>]*name="(\w+)" value="([^"]*)"/g)]
    const body = new URLSearchParams(hidden.map(([, name = '', value = '']) => [name, value]))
    return browser.load(new URL(action, came.url), signal(), body.toString())
  }

  return {
    /**
     * Opens an address and sends the login form if there is one. Returns the address to which the server redirects and whether it
     * asked for the password; or the page, when the server does not redirect.
     */
    signIn: async (
      to: URL,
      typed?: Typed,
    ): Promise<{ sent: URL; asked: boolean } | { page: string; url: URL }> => {
      const there = await confirmed(await browser.load(to, signal()))
      if ('otherOrigin' in there) return { sent: there.otherOrigin, asked: false }
      const form = parseLoginForm(there.reply.body)
      if (!form || !typed) return { page: there.reply.body, url: there.url }
      const body = new URLSearchParams([
        ...form.hiddenFields.map(pair => [...pair]),
        [form.userField, typed.login],
        [form.passwordField, typed.password],
      ])
      const action = new URL(form.action || there.url, there.url)
      const after = await browser.load(action, signal(), body.toString())
      return 'otherOrigin' in after
        ? { sent: after.otherOrigin, asked: true }
        : { page: after.reply.body, url: after.url }
    },
    get: (to: URL) => browser.load(to, signal()),
    post: (to: URL, fields: Readonly<Record<string, string>>) =>
      browser.load(to, signal(), new URLSearchParams(fields).toString()),
  }
}

export type InstitutionBrowser = ReturnType<typeof institutionBrowser>
