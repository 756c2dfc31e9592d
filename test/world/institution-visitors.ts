import type { PersonId } from '../../src/directory/directory.ts'
import type { Institution } from './identity-servers.ts'
import { type InstitutionBrowser, institutionBrowser } from './institution-browser.ts'
import { newVisitor, textOf } from './visitor.ts'

/** The password of the world's people. */
export const worldPasswordOf = (login = '') => `Bienvenue!2026${login.replace('ext-', '')[0]}`

/** People whose browser goes to the institution's server and back. */
export const institutionVisitors = (institution: Institution) => {
  const portal = () => institution.fixture
  const newBrowser = () => ({
    here: newVisitor(portal().url),
    there: institutionBrowser(institution.url, institution.caFile),
  })
  type InBrowser = ReturnType<typeof newBrowser>

  /** From the button of our page to the address where the browser is led. */
  const leave = async ({ here }: Pick<InBrowser, 'here'>, path = '/fr/connexion', fields = {}) => {
    const begun = await here.post(path, fields)
    const page = await here.get(begun.location ?? '/nowhere')
    return new URL((page.headers.get('refresh') ?? '').replace('0; url=', ''))
  }

  /** The answer that the server sends back, after the password or without it. */
  const sent = async (there: InstitutionBrowser, to: URL, login?: string, own = worldPasswordOf(login)) => {
    const came = await there.signIn(to, login ? { login, password: institution.passwordOf(own) } : undefined)
    if (!('sent' in came)) throw new Error(`still there: ${textOf(came.page)}`)
    return `${came.sent.pathname}${came.sent.search}`
  }

  /** Signs in there, and comes back. */
  const enter = async (browser: InBrowser, login: string, path?: string) =>
    browser.here.get(await sent(browser.there, await leave(browser, path), login))

  const signedIn = async (login = 'clefevre') => {
    const browser = newBrowser()
    const { location } = await enter(browser, login)
    if (location !== '/fr/compte') throw new Error(`${login} was led to ${location}`)
    return browser
  }

  return {
    newBrowser,
    leave,
    sent,
    enter,
    signedIn,
    isIn: async ({ here }: InBrowser) => (await here.get('/fr/compte/sessions')).status === 200,
    /** As if every session had been opened long ago. */
    growOld: () =>
      portal().application.store.transaction(tx =>
        tx.updateTable('sessions').set({ fresh_until: 0 }).execute(),
      ),
    idOf: async (login: string): Promise<PersonId> => {
      const found = await portal().application.directory.findLogin(login)
      if (!found.ok || !found.person) throw new Error('nobody')
      return found.person.id
    },
  }
}
