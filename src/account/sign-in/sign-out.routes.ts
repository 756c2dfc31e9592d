import { sessionCookie } from '../../identity/session.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { IdentityServer } from '../../identity-server/identity-server.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type Handler, redirect } from '../../web/handler.ts'
import { signOutPage } from './sign-out.page.tsx'

type Deps = {
  readonly store: Store
  readonly sessions: Sessions
  readonly identityServer: IdentityServer | null
  readonly origin: string
  readonly ui: (language: Language) => Ui
}

/**
 * GET changes nothing: it shows the button, or says that nobody is signed in here. POST ends the session of Sésame; the
 * page then links to the sign-out of the institution's server, which has a session of its own.
 */
export const signOutRoutes = (deps: Deps) => {
  const { store, sessions, identityServer: server } = deps

  const get: Handler = async request => {
    const signedIn = (await sessions.find(request.cookie(sessionCookie))) !== null
    const to = signedIn
      ? null
      : ((await server?.signOutUrl(new URL(request.href('home'), deps.origin))) ?? null)
    const page = signOutPage({
      ui: deps.ui(request.language),
      signedIn,
      server: server && { host: server.host, to },
    })
    return { kind: 'page', page }
  }

  const post: Handler = async request => {
    const session = await sessions.find(request.cookie(sessionCookie))
    if (session) await store.transaction(tx => sessions.end(tx, session.person, session.ref, 'sign-out'))
    return redirect(request.href('signOut'), [sessions.clearedCookie])
  }

  return { get, post }
}
