import { addressesRoutes } from './account/addresses/addresses.routes.ts'
import { createCoolDown } from './account/cool-down/cool-down.ts'
import { authenticatorRoutes } from './account/factors/authenticator.routes.ts'
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
import { pageForAll, type Router } from './web/register-routes.ts'

type Content = {
  readonly ui: (language: Language) => Ui
  readonly charter: Charter
  readonly passwordAuthenticator: PasswordAuthenticator
  readonly readDestination: DestinationReader
}

const depsOf = (application: Application, { ui, passwordAuthenticator, readDestination }: Content) => {
  const { store, clock, limits, crypto, audit, directory, rateLimiter, notify } = application
  const { proofs, accounts, passwordWrite, deliveries, journeys } = application
  const { sessions } = accounts
  const { secondFactor } = proofs
  return {
    store,
    clock,
    limits,
    keys: crypto.keys,
    audit,
    directory,
    rateLimiter,
    notices: notify.notices,
    mails: notify.mails,
    joker: proofs.joker,
    codes: { mail: proofs.mailCodes, mobile: proofs.smsCodes },
    messages: proofs.smsCodes.messages,
    readDestination,
    passkeys: proofs.passkeys,
    authenticators: proofs.authenticators,
    recoveryCodes: proofs.recoveryCodes,
    secondFactor,
    sessions,
    contacts: accounts.contacts,
    accessMethods: accounts.accessMethods,
    policy: proofs.policy,
    freezes: accounts.freezes,
    knownBrowsers: accounts.knownBrowsers,
    firstDays: accounts.firstDays,
    rules: passwordWrite.rules,
    budget: passwordWrite.budget,
    attempts: passwordWrite.attempts,
    source: passwordWrite.source,
    revocations: passwordWrite.revocations,
    inSession: createSessionTransaction({
      store,
      sessions,
      secondFactor,
      revocations: passwordWrite.revocations,
    }),
    refusedByLimit: createProofChangeLimit({ store, limits, rateLimiter }),
    deliveries: deliveries.queue,
    supersedeJourneys: journeys.supersede,
    passwordAuthenticator,
    guard: createAccountGuard({ clock, limits, keys: crypto.keys, sessions, directory, secondFactor }),
    coolDown: createCoolDown({ store, limits, accessMethods: accounts.accessMethods, ui }),
    sessionForms: createSessionForms({ store, clock, keys: crypto.keys }),
    ui,
  }
}

/** The pages of a signed-in person, the change of an expired password, and « Ce n'est pas moi ». */
export const accountRoutes = (application: Application, content: Content): Router => {
  const { config, accounts } = application
  const { services } = config
  const { ui } = content
  const deps = depsOf(application, content)
  const { expiredPassword, ...passwordChange } = passwordChangeRoutes({
    ...deps,
    charterVersion: content.charter.version,
    services,
    withoutSession: accounts.identityServer ? 'expired' : 'any',
  })
  return {
    account: overviewRoutes({ ...deps, proofs: application.proofs, services }),
    ...passwordChange,
    expiredPassword: { ...pageForAll(expiredPassword.page), post: expiredPassword.post },
    firstDay: firstDayRoutes(deps),
    ...addressesRoutes(deps),
    jokerChoice: jokerChoiceRoutes({ ...deps, freeQuestions: config.joker.freeQuestions }),
    authenticator: authenticatorRoutes(deps),
    recoveryCodes: recoveryCodesRoutes(deps),
    ...passkeyRoutes(deps),
    sessions: sessionsRoutes(deps),
    sessionEnded: {
      staticPages: Object.keys(returnRoutes).map(page => ({
        params: { page },
        page: view => sessionOverPage({ ui: view, page }),
      })),
    },
    ...journalRoutes({ ...deps, services }),
    notMe: notMeRoutes({ notMe: accounts.notMe, ui }),
  }
}
