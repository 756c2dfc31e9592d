import { createSessionForms } from './account/sessions/refused-forms.ts'
import { createSignInCompletion, type SignInCompletion } from './account/sign-in/complete-sign-in.ts'
import { type ConfirmDeps, confirmRoutes } from './account/sign-in/confirm.routes.ts'
import { confirmPasskeyRoutes } from './account/sign-in/confirm-passkey.routes.ts'
import { externalRoutes } from './account/sign-in/external/external.routes.ts'
import { passkeySignInRoutes } from './account/sign-in/passkey-sign-in.routes.ts'
import type { PasswordAuthenticator } from './account/sign-in/password-authenticator.ts'
import { secondFactorRoutes } from './account/sign-in/second-factor.routes.ts'
import { embeddedSignInRoutes } from './account/sign-in/sign-in.routes.ts'
import { signInNextRoutes } from './account/sign-in/sign-in-next.routes.ts'
import { signOutRoutes } from './account/sign-in/sign-out.routes.ts'
import type { Application } from './application.ts'
import type { IdentityServer } from './identity-server/identity-server.ts'
import type { Language } from './texts/texts.ts'
import type { Ui } from './ui/ui.ts'
import { pageForAll, type Router } from './web/register-routes.ts'

type UiFor = (language: Language) => Ui

function createCompletion({ store, audit, config, accounts, passwordWrite }: Application) {
  const { freezes, sessions, pendingSignIns, knownBrowsers } = accounts
  const { revocations } = passwordWrite
  const { returns } = config.signIn
  return createSignInCompletion({
    store,
    audit,
    freezes,
    revocations,
    sessions,
    pendingSignIns,
    knownBrowsers,
    returns,
  })
}

/** What the groups below share, each made once. */
type Shared = {
  readonly signInCompletion: SignInCompletion
  readonly passwordAuthenticator: PasswordAuthenticator
  readonly ui: UiFor
}

/** The portal's own page of the password. */
function embedded(application: Application, shared: Shared) {
  const { signInCompletion, passwordAuthenticator, ui } = shared
  const { store, proofs, accounts } = application
  const { secondFactor } = proofs
  const { pendingSignIns } = accounts
  return embeddedSignInRoutes({
    store,
    passwordAuthenticator,
    secondFactor,
    pendingSignIns,
    signInCompletion,
    ui,
  })
}

/** The institution's identity server in its place. */
function external(application: Application, server: IdentityServer, { signInCompletion, ui }: Shared) {
  const { store, limits, audit, directory, rateLimiter, proofs, accounts, settings } = application
  const { externalSignIns, freezes, sessions, pendingSignIns } = accounts
  return externalRoutes({
    store,
    limits,
    audit,
    directory,
    rateLimiter,
    server,
    origin: settings.publicUrl.origin,
    externalSignIns,
    freezes,
    sessions,
    pendingSignIns,
    secondFactor: proofs.secondFactor,
    signInCompletion,
    ui,
  })
}

function secondFactorPages(application: Application, { signInCompletion, ui }: Shared) {
  const { store, directory, proofs, accounts } = application
  const { sessions, pendingSignIns, knownBrowsers } = accounts
  return secondFactorRoutes({
    store,
    directory,
    secondFactor: proofs.secondFactor,
    pendingSignIns,
    signInCompletion,
    sessions,
    knownBrowsers,
    ui,
  })
}

function passkeySignIn(application: Application, { signInCompletion, ui }: Shared) {
  const { store, limits, directory, rateLimiter, proofs, accounts } = application
  return passkeySignInRoutes({
    store,
    limits,
    rateLimiter,
    directory,
    passkeys: proofs.passkeys,
    secondFactor: proofs.secondFactor,
    pendingSignIns: accounts.pendingSignIns,
    signInCompletion,
    passwordless: accounts.identityServer === null,
    ui,
  })
}

/** « Confirmez que c'est vous »: by the password or the server, and by a passkey. */
function confirm(application: Application, shared: Shared, atServer: ConfirmDeps['external']) {
  const { store, clock, crypto, audit, directory, proofs, accounts, passwordWrite } = application
  const { sessions, knownBrowsers, pendingSignIns } = accounts
  const { secondFactor, passkeys } = proofs
  const { revocations } = passwordWrite
  const { passwordAuthenticator, ui } = shared
  const sessionForms = createSessionForms({ store, clock, keys: crypto.keys })
  return {
    confirm: confirmRoutes({
      store,
      audit,
      sessions,
      knownBrowsers,
      revocations,
      sessionForms,
      directory,
      passwordAuthenticator,
      secondFactor,
      pendingSignIns,
      external: atServer,
      ui,
    }),
    confirmPasskey: confirmPasskeyRoutes({
      store,
      audit,
      sessions,
      knownBrowsers,
      revocations,
      sessionForms,
      passkeys,
      secondFactor,
      ui,
    }),
  }
}

function signOut({ store, settings, accounts }: Application, { ui }: Shared) {
  const { sessions, identityServer } = accounts
  return signOutRoutes({ store, sessions, identityServer, origin: settings.publicUrl.origin, ui })
}

/** The sign-in: our own page, or the institution's identity server in its place. */
export const signInRoutes = (
  application: Application,
  ui: UiFor,
  passwordAuthenticator: PasswordAuthenticator,
): Router => {
  const { identityServer: server } = application.accounts
  const signInCompletion = createCompletion(application)
  const { returnNames, refuseUnknownReturn } = signInCompletion
  const shared = { signInCompletion, passwordAuthenticator, ui }
  const atServer = server && external(application, server, shared)
  const { page, post } = atServer ?? embedded(application, shared)
  return {
    signIn: { ...pageForAll(view => page(view, null)), post },
    signInFor: {
      staticPages: returnNames.map(name => ({ params: { page: name }, page: view => page(view, name) })),
      ...refuseUnknownReturn({ post }),
    },
    signInNext: refuseUnknownReturn(signInNextRoutes({ signInCompletion, ui })),
    ...atServer?.routes,
    secondFactor: refuseUnknownReturn(secondFactorPages(application, shared)),
    signInPasskey: refuseUnknownReturn(passkeySignIn(application, shared)),
    ...confirm(application, shared, server && atServer && { host: server.host, confirm: atServer.confirm }),
    signOut: signOut(application, shared),
  }
}
