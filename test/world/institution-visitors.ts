import type { PersonId } from '../../src/directory/directory.ts'
import type { Institution } from './identity-servers.ts'
import { type InstitutionBrowser, institutionBrowser } from './institution-browser.ts'
import { newVisitor, textOf } from './visitor.ts'

/** The password of a person of the test directory, by login. */
export const worldPasswordOf = (login = '') => `Bienvenue!2026${login.replace('ext-', '')[0]}`

/** Visitors who sign in at the institution's server: `here` is their browser at the portal, `there` at that server. */
export const institutionVisitors = (institution: Institution) => {
  const portal = () => institution.fixture
  const newBrowser = () => ({
    here: newVisitor(portal().url),
    there: institutionBrowser(institution.url, institution.caFile),
  })
  type InBrowser = ReturnType<typeof newBrowser>

  /** Presses the sign-in button of the portal. Returns the address of the server to which the browser is redirected. */
  const startSignIn = async ({ here }: Pick<InBrowser, 'here'>, path = '/fr/connexion', fields = {}) => {
    const begun = await here.post(path, fields)
    const page = await here.get(begun.location ?? '/nowhere')
    return new URL((page.headers.get('refresh') ?? '').replace('0; url=', ''))
  }

  /** Signs in at the server. Returns the path and query with which it redirects the browser back to the portal. */
  const signInAtServer = async (
    there: InstitutionBrowser,
    to: URL,
    login?: string,
    own = worldPasswordOf(login),
  ) => {
    const came = await there.signIn(to, login ? { login, password: institution.passwordOf(own) } : undefined)
    if (!('sent' in came)) throw new Error(`still there: ${textOf(came.page)}`)
    return `${came.sent.pathname}${came.sent.search}`
  }

  /** The complete sign-in. Returns the answer of the portal. */
  const signIn = async (browser: InBrowser, login: string, path?: string) =>
    browser.here.get(await signInAtServer(browser.there, await startSignIn(browser, path), login))

  const signedIn = async (login = 'clefevre') => {
    const browser = newBrowser()
    const { location } = await signIn(browser, login)
    if (location !== '/fr/compte') throw new Error(`${login} was led to ${location}`)
    return browser
  }

  return {
    newBrowser,
    startSignIn,
    signInAtServer,
    signIn,
    signedIn,
    isSignedIn: async ({ here }: InBrowser) => (await here.get('/fr/compte/sessions')).status === 200,
    /** Makes every session too old for sensitive changes. */
    ageSessions: () =>
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
