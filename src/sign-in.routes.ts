import { createSessionForms } from './account/sessions/refused-forms.ts'
import { createSignInCompletion } from './account/sign-in/complete-sign-in.ts'
import { confirmRoutes } from './account/sign-in/confirm.routes.ts'
import { confirmPasskeyRoutes } from './account/sign-in/confirm-passkey.routes.ts'
import { externalRoutes } from './account/sign-in/external/external.routes.ts'
import { passkeySignInRoutes } from './account/sign-in/passkey-sign-in.routes.ts'
import type { PasswordAuthenticator } from './account/sign-in/password-authenticator.ts'
import { secondFactorRoutes } from './account/sign-in/second-factor.routes.ts'
import { embeddedSignInRoutes } from './account/sign-in/sign-in.routes.ts'
import { signInNextRoutes } from './account/sign-in/sign-in-next.routes.ts'
import { signOutRoutes } from './account/sign-in/sign-out.routes.ts'
import type { Application } from './application.ts'
import type { Language } from './texts/texts.ts'
import type { Ui } from './ui/ui.ts'
import { pageForAll, type Router } from './web/register-routes.ts'

const depsOf = (application: Application) => {
  const { store, clock, limits, audit, directory, rateLimiter, proofs, accounts, passwordWrite } = application
  return {
    store,
    sessionForms: createSessionForms({ store, clock, keys: application.crypto.keys }),
    limits,
    audit,
    directory,
    rateLimiter,
    passkeys: proofs.passkeys,
    secondFactor: proofs.secondFactor,
    sessions: accounts.sessions,
    pendingSignIns: accounts.pendingSignIns,
    externalSignIns: accounts.externalSignIns,
    knownBrowsers: accounts.knownBrowsers,
    freezes: accounts.freezes,
    revocations: passwordWrite.revocations,
    origin: application.settings.publicUrl.origin,
  }
}

/** The sign-in: our own page, or the institution's identity server in its place. */
export const signInRoutes = (
  application: Application,
  ui: (language: Language) => Ui,
  passwordAuthenticator: PasswordAuthenticator,
): Router => {
  const { identityServer: server } = application.accounts
  const own = depsOf(application)
  const { returns } = application.config.signIn
  const signInCompletion = createSignInCompletion({ ...own, returns })
  const deps = { ...own, passwordAuthenticator, signInCompletion, ui }
  const external = server && externalRoutes({ ...deps, server })
  const { page, post } = external ?? embeddedSignInRoutes(deps)
  return {
    signIn: { ...pageForAll(view => page(view, null)), post },
    signInFor: {
      staticPages: signInCompletion.returnNames.map(name => ({
        params: { page: name },
        page: view => page(view, name),
      })),
      ...signInCompletion.refuseUnknownReturn({ post }),
    },
    signInNext: signInCompletion.refuseUnknownReturn(signInNextRoutes(deps)),
    ...external?.routes,
    secondFactor: signInCompletion.refuseUnknownReturn(secondFactorRoutes(deps)),
    signInPasskey: signInCompletion.refuseUnknownReturn(
      passkeySignInRoutes({ ...deps, passwordless: server === null }),
    ),
    confirm: confirmRoutes({
      ...deps,
      external: server && external && { host: server.host, confirm: external.confirm },
    }),
    confirmPasskey: confirmPasskeyRoutes(deps),
    signOut: signOutRoutes({ ...deps, identityServer: server }),
  }
}
