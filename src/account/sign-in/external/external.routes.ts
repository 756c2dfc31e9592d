import type { Ui } from '../../../ui/ui.ts'
import type { Router } from '../../../web/register-routes.ts'
import { backChannelLogout } from './back-channel-logout.ts'
import { externalSignInPage } from './external-sign-in.page.tsx'
import { refusalSlugs, signInRefusals } from './refusals.ts'
import { refusedPage } from './refused.page.tsx'
import { type SignInCallbackDeps, signInCallbackRoutes } from './sign-in-callback.routes.ts'
import { startRedirectRoutes } from './start-redirect.routes.ts'

/** Replaces the embedded sign-in where the institution's server is configured. */
export const externalRoutes = (deps: SignInCallbackDeps) => {
  const { host } = deps.server
  const { post, get, confirm } = startRedirectRoutes(deps)
  const routes: Router = {
    signInLeave: { get },
    signInReturn: { ...signInCallbackRoutes(deps), post: backChannelLogout(deps) },
    signInRefused: {
      staticPages: signInRefusals.map(why => ({
        params: { why: refusalSlugs[why] },
        page: ui => refusedPage({ ui, host, why }),
      })),
    },
  }
  return {
    page: (ui: Ui, returnTo: string | null) => externalSignInPage({ ui, host, returnTo }),
    post,
    confirm,
    routes,
  }
}
