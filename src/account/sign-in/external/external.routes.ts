import type { Ui } from '../../../ui/ui.ts'
import type { Router } from '../../../web/register-routes.ts'
import { type BackDeps, comingBack } from './coming-back.ts'
import { endedThere } from './ended-there.ts'
import { externalSignInPage } from './external-sign-in.page.tsx'
import { leaving } from './leaving.ts'
import { refusalSlugs, signInRefusals } from './refusals.ts'
import { refusedPage } from './refused.page.tsx'

/** Everything that stands in place of the embedded sign-in where the institution's server is configured. */
export const externalRoutes = (deps: BackDeps) => {
  const { host } = deps.server
  const { post, get, confirm } = leaving(deps)
  const routes: Router = {
    signInLeave: { get },
    signInReturn: { ...comingBack(deps), post: endedThere(deps) },
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
