import { addressesRoutes } from './account/addresses/addresses.routes.ts'
import { createCoolDown } from './account/cool-down/cool-down.ts'
import { authenticatorRoutes } from './account/factors/authenticator.routes.ts'
import { createFactorChanges } from './account/factors/factors.ts'
import { passkeyRoutes } from './account/factors/passkeys.routes.ts'
import { createProofChangeLimit } from './account/factors/proof-change-limit.ts'
import { recoveryCodesRoutes } from './account/factors/recovery-codes.routes.ts'
import { firstDayRoutes } from './account/first-day/first-day.routes.ts'
import { jokerChoiceRoutes } from './account/joker/joker-choice.routes.ts'
import { journalRoutes } from './account/journal/journal.routes.ts'
import { notMeRoutes } from './account/not-me/not-me.routes.ts'
import { overviewRoutes } from './account/overview/overview.routes.ts'
import { passwordChangeRoutes } from './account/password/change-password.routes.ts'
import { createAccountGuard } from './account/sessions/account-guard.ts'
import { createSessionForms } from './account/sessions/refused-forms.ts'
import { sessionOverPage } from './account/sessions/session-over.page.tsx'
import { createSessionTransaction } from './account/sessions/session-transaction.ts'
import { sessionsRoutes } from './account/sessions/sessions.routes.ts'
import type { PasswordAuthenticator } from './account/sign-in/password-authenticator.ts'
import type { Application } from './application.ts'
import type { Charter } from './charter.ts'
import type { DestinationReader } from './proofs/sent-code/read-destination.ts'
import { returnRoutes } from './routes.ts'
import type { Language } from './texts/texts.ts'
import type { Ui } from './ui/ui.ts'
import { pageForAll, type RouteHandlers, type Router } from './web/register-routes.ts'

type Content = {
  readonly ui: (language: Language) => Ui
  readonly charter: Charter
  readonly passwordAuthenticator: PasswordAuthenticator
  readonly readDestination: DestinationReader
}

/** How the pages of a signed-in person are guarded, and their forms kept and carried out: made once for all of them. */
function createAccountForms(application: Application, { ui }: Content) {
  const { store, clock, limits, crypto, directory, rateLimiter, proofs, accounts, passwordWrite } =
    application
  const { keys } = crypto
  const { sessions, accessMethods } = accounts
  const { secondFactor } = proofs
  const { revocations } = passwordWrite
  return {
    guard: createAccountGuard({ clock, limits, keys, sessions, directory, secondFactor }),
    sessionForms: createSessionForms({ store, clock, keys }),
    inSession: createSessionTransaction({ store, sessions, secondFactor, revocations }),
    coolDown: createCoolDown({ store, limits, accessMethods, ui }),
    refusedByLimit: createProofChangeLimit({ store, limits, rateLimiter }),
  }
}

type AccountForms = ReturnType<typeof createAccountForms>

function overview(application: Application, { guard }: AccountForms, { ui }: Content): RouteHandlers {
  const { store, clock, config, proofs, accounts, deliveries } = application
  const { contacts, accessMethods, sessions, firstDays } = accounts
  return overviewRoutes({
    store,
    clock,
    contacts,
    accessMethods,
    sessions,
    firstDays,
    proofs,
    deliveries: deliveries.queue,
    services: config.services,
    guard,
    ui,
  })
}

function passwordChange(application: Application, forms: AccountForms, content: Content): Router {
  const { store, clock, limits, config, crypto, audit, directory, rateLimiter } = application
  const { proofs, accounts, passwordWrite, deliveries } = application
  const { sessions, knownBrowsers, freezes, identityServer } = accounts
  const { rules, budget, attempts, source, revocations } = passwordWrite
  const { expiredPassword, ...signedIn } = passwordChangeRoutes({
    store,
    clock,
    limits,
    keys: crypto.keys,
    audit,
    directory,
    rateLimiter,
    joker: proofs.joker,
    secondFactor: proofs.secondFactor,
    rules,
    budget,
    attempts,
    source,
    revocations,
    sessions,
    knownBrowsers,
    freezes,
    passwordAuthenticator: content.passwordAuthenticator,
    deliveries: deliveries.queue,
    services: config.services,
    guard: forms.guard,
    sessionForms: forms.sessionForms,
    charterVersion: content.charter.version,
    withoutSession: identityServer ? 'expired' : 'any',
    ui: content.ui,
  })
  return {
    ...signedIn,
    expiredPassword: { ...pageForAll(expiredPassword.page), post: expiredPassword.post },
  }
}

function addresses(application: Application, forms: AccountForms, content: Content): Router {
  const { clock, limits, audit, notify, proofs, accounts, journeys } = application
  const { guard, coolDown, sessionForms, inSession } = forms
  return addressesRoutes({
    clock,
    limits,
    audit,
    notices: notify.notices,
    mails: notify.mails,
    codes: { mail: proofs.mailCodes, mobile: proofs.smsCodes },
    messages: proofs.smsCodes.messages,
    policy: proofs.policy,
    contacts: accounts.contacts,
    accessMethods: accounts.accessMethods,
    supersedeJourneys: journeys.supersede,
    guard,
    coolDown,
    sessionForms,
    inSession,
    readDestination: content.readDestination,
    ui: content.ui,
  })
}

function jokerChoice(application: Application, forms: AccountForms, { ui }: Content): RouteHandlers {
  const { clock, config, audit, directory, notify, proofs, passwordWrite, journeys } = application
  const { guard, coolDown, sessionForms, inSession, refusedByLimit } = forms
  return jokerChoiceRoutes({
    clock,
    audit,
    directory,
    notices: notify.notices,
    joker: proofs.joker,
    rules: passwordWrite.rules,
    budget: passwordWrite.budget,
    freeQuestions: config.joker.freeQuestions,
    supersedeJourneys: journeys.supersede,
    guard,
    coolDown,
    sessionForms,
    inSession,
    refusedByLimit,
    ui,
  })
}

/** The pages of the second factors. */
function factors(application: Application, forms: AccountForms, { ui }: Content): Router {
  const { clock, limits, audit, notify, proofs, accounts, journeys } = application
  const { authenticators, passkeys, recoveryCodes, secondFactor, policy } = proofs
  const { guard, coolDown, sessionForms, inSession, refusedByLimit } = forms
  const factorChanges = createFactorChanges({
    clock,
    limits,
    policy,
    audit,
    notices: notify.notices,
    sessions: accounts.sessions,
    knownBrowsers: accounts.knownBrowsers,
    supersedeJourneys: journeys.supersede,
    secondFactor,
  })
  const page = { guard, coolDown, sessionForms, inSession, refusedByLimit, factorChanges, ui }
  return {
    authenticator: authenticatorRoutes({ ...page, authenticators }),
    recoveryCodes: recoveryCodesRoutes({ ...page, recoveryCodes }),
    ...passkeyRoutes({ ...page, passkeys }),
  }
}

function journal(application: Application, { guard }: AccountForms, { ui }: Content): Router {
  const { store, clock, config, proofs, accounts } = application
  const { contacts, sessions } = accounts
  const { services } = config
  return journalRoutes({ store, clock, contacts, sessions, joker: proofs.joker, services, guard, ui })
}

/** Where an ended session leads: one page for each page to which a new sign-in can return. */
const sessionEnded: RouteHandlers = {
  staticPages: Object.keys(returnRoutes).map(page => ({
    params: { page },
    page: view => sessionOverPage({ ui: view, page }),
  })),
}

/** The pages of a signed-in person, the change of an expired password, and « Ce n'est pas moi ». */
export const accountRoutes = (application: Application, content: Content): Router => {
  const { store, clock, accounts } = application
  const { sessions, firstDays, notMe } = accounts
  const { ui } = content
  const forms = createAccountForms(application, content)
  const { guard, inSession } = forms
  return {
    account: overview(application, forms, content),
    ...passwordChange(application, forms, content),
    firstDay: firstDayRoutes({ store, firstDays, guard, ui }),
    ...addresses(application, forms, content),
    jokerChoice: jokerChoice(application, forms, content),
    ...factors(application, forms, content),
    sessions: sessionsRoutes({ clock, sessions, guard, inSession, ui }),
    sessionEnded,
    ...journal(application, forms, content),
    notMe: notMeRoutes({ notMe, ui }),
  }
}
