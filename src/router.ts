import { h } from 'preact'
import { addressesRoutes } from './account/addresses/addresses.routes.ts'
import { authenticatorRoutes } from './account/factors/authenticator.routes.ts'
import { passkeyRoutes } from './account/factors/passkeys.routes.ts'
import { recoveryCodesRoutes } from './account/factors/recovery-codes.routes.ts'
import { firstDayRoutes } from './account/first-day/first-day.routes.ts'
import { jokerRoutes } from './account/joker/joker.routes.ts'
import { journalRoutes } from './account/journal/journal.routes.ts'
import { notMeRoutes } from './account/not-me/not-me.routes.ts'
import { overviewRoutes } from './account/overview/overview.routes.ts'
import { passwordChangeRoutes } from './account/password/change-password.routes.ts'
import { createAccountGuard } from './account/sessions/account-guard.ts'
import { sessionOverPage } from './account/sessions/session-over.page.tsx'
import { sessionsRoutes } from './account/sessions/sessions.routes.ts'
import { createSignInCompletion } from './account/sign-in/complete-sign-in.ts'
import { confirmRoutes } from './account/sign-in/confirm.routes.ts'
import { confirmPasskeyRoutes } from './account/sign-in/confirm-passkey.routes.ts'
import { externalRoutes } from './account/sign-in/external/external.routes.ts'
import { passkeySignInRoutes } from './account/sign-in/passkey-sign-in.routes.ts'
import {
  createPasswordAuthenticator,
  type PasswordAuthenticator,
} from './account/sign-in/password-authenticator.ts'
import { secondFactorRoutes } from './account/sign-in/second-factor.routes.ts'
import { embeddedSignInRoutes } from './account/sign-in/sign-in.routes.ts'
import { signOutRoutes } from './account/sign-in/sign-out.routes.ts'
import type { Application } from './application.ts'
import { capabilitiesOf } from './authentication-pathways.ts'
import type { Charter } from './charter.ts'
import { demoMailPage, demoMailsPage } from './demonstration/mailbox.page.tsx'
import type { DemoMailbox } from './demonstration/mailbox.ts'
import { demoPeople } from './demonstration/people.ts'
import { PeopleTable } from './demonstration/people-table.part.tsx'
import { numberKinds } from './directory/directory.ts'
import { helpRoutes } from './help/help.routes.ts'
import { createHelpContext } from './help/help-context.ts'
import type { Pictures } from './help/pictures.ts'
import * as activationJourney from './journeys/activation/activation.ts'
import { createCodeStep } from './journeys/activation/code.ts'
import { createContactStep } from './journeys/activation/contact.ts'
import { addressChannel, mobileChannel } from './journeys/activation/contact-channels.ts'
import { createContactCodeStep } from './journeys/activation/contact-code.ts'
import { createDoneHandler as createActivationDone } from './journeys/activation/done.ts'
import { createJokerChoiceStep } from './journeys/activation/joker.ts'
import { createNewPasswordStep as createFirstPasswordStep } from './journeys/activation/new-password-step.ts'
import { createDoneHandler as createIdentifierDone } from './journeys/identifier/done.ts'
import * as identifierJourney from './journeys/identifier/identifier.ts'
import { createIdentifierRecorder } from './journeys/identifier/record.ts'
import type { Deps } from './journeys/password/deps.ts'
import { createDoneHandler } from './journeys/password/done.ts'
import { forgottenPage } from './journeys/password/forgotten.page.tsx'
import { createNewPasswordStep } from './journeys/password/new-password-step.ts'
import * as passwordJourney from './journeys/password/password.ts'
import { chooseNumberPage } from './journeys/steps/choose-number.page.tsx'
import { identificationPage } from './journeys/steps/identification.page.tsx'
import { createIdentificationHandler } from './journeys/steps/identification.ts'
import { createJokerStep } from './journeys/steps/joker-question.ts'
import { createNewPasswordHandlers } from './journeys/steps/new-password.ts'
import { createSecondFactorStep } from './journeys/steps/second-factor.ts'
import { createProofStep, createStepContext } from './journeys/steps/step-context.ts'
import type { JourneyOutline } from './journeys/steps/steps.ts'
import { createStoppedHandler } from './journeys/steps/stopped.ts'
import { createWritingHandler } from './journeys/steps/writing.ts'
import { numberSlugs, type RouteName, returnRoutes } from './routes.ts'
import { statementRoutes } from './statements/statements.routes.ts'
import type { Language } from './texts/texts.ts'
import { charterPage, homePage } from './ui/pages/pages.ts'
import type { Ui } from './ui/ui.ts'
import { type Handler, type HandlerResult, problem } from './web/handler.ts'
import type { RouteHandlers, Router } from './web/register-routes.ts'

const staticPage = (page: (ui: Ui) => ReturnType<typeof homePage>): RouteHandlers => ({
  staticPages: [{ params: {}, page }],
})

/** The routes of the mailbox, which only a demonstration has. */
const demonstrationRoutes = (mailbox: DemoMailbox, ui: (language: Language) => Ui): Router => ({
  demoMails: {
    get: async ({ language }): Promise<HandlerResult> => ({
      kind: 'page',
      page: demoMailsPage({ ui: ui(language), mails: await mailbox.list() }),
    }),
  },
  demoMail: {
    get: async request => {
      const mail = await mailbox.find(request.params.id ?? '')
      return mail
        ? { kind: 'page', page: demoMailPage({ ui: ui(request.language), mail }) }
        : problem('not-found')
    },
  },
})

/** The form behind each of the four cards: the same bytes for everyone. */
const identificationForms = (definition: JourneyOutline): RouteHandlers => {
  const empty = { values: { numero: '', naissance: '' }, problems: [] }
  return {
    staticPages: numberKinds.map(kind => ({
      params: { kind: numberSlugs[kind] },
      page: view => identificationPage({ ui: view, definition, kind, ...empty }),
    })),
  }
}

/** « Récupérer mon identifiant ». */
const identifierRoutes = (application: Application, ui: (language: Language) => Ui): Router => {
  const { definition, initialState, afterJoker, afterProof } = identifierJourney
  const deps = { ...application, journeys: application.identifierJourneys, definition, ui }
  const recorder = createIdentifierRecorder(deps)
  const handlers = createProofStep(deps, 'second-factor', afterProof, recorder)
  const factor = createSecondFactorStep(deps, handlers, 'identifierPasskey')
  return {
    identifier: staticPage(view => chooseNumberPage({ ui: view, definition })),
    identifyForIdentifier: {
      ...identificationForms(definition),
      post: createIdentificationHandler(deps, initialState),
    },
    identifierJoker: createJokerStep(deps, createProofStep(deps, 'joker', afterJoker, recorder)),
    identifierFactor: factor.code,
    identifierPasskey: factor.passkey,
    identifierDone: { get: createIdentifierDone(deps) },
    identifierStopped: { get: createStoppedHandler(deps) },
  }
}

/** « Activer mon compte ». */
const activationRoutes = (
  application: Application,
  ui: (language: Language) => Ui,
  charter: Charter,
): Router => {
  const { definition, initialState } = activationJourney
  const { activationJourneys: journeys, config } = application
  const { freeQuestions } = config.joker
  const deps = { ...application, journeys, definition, charterVersion: charter.version, freeQuestions, ui }
  return {
    activation: staticPage(view => chooseNumberPage({ ui: view, definition })),
    identifyForActivation: {
      ...identificationForms(definition),
      post: createIdentificationHandler(deps, initialState),
    },
    activationCode: createCodeStep(deps),
    activationPassword: createNewPasswordHandlers(deps, createFirstPasswordStep(deps)),
    activationWriting: { get: createWritingHandler(deps, createStepContext(deps, 'writing')) },
    activationJoker: createJokerChoiceStep(deps),
    activationAddress: createContactStep(deps, addressChannel),
    activationAddressCode: createContactCodeStep(deps, addressChannel),
    activationMobile: createContactStep(deps, mobileChannel),
    activationMobileCode: createContactCodeStep(deps, mobileChannel),
    activationDone: { get: createActivationDone(deps, config.services) },
    activationStopped: { get: createStoppedHandler(deps) },
  }
}

/** The sign-in: our own page, or the institution's identity server in its place. */
const signInRoutes = (
  application: Application,
  ui: (language: Language) => Ui,
  passwordAuthenticator: PasswordAuthenticator,
): Router => {
  const { identityServer: server, settings, config } = application
  const signInCompletion = createSignInCompletion({ ...application, returns: config.signIn.returns })
  const deps = {
    ...application,
    passwordAuthenticator,
    signInCompletion,
    origin: settings.publicUrl.origin,
    ui,
  }
  const external = server && externalRoutes({ ...deps, server })
  const { page, post } = external ?? embeddedSignInRoutes(deps)
  return {
    signIn: { ...staticPage(view => page(view, null)), post },
    signInFor: {
      staticPages: signInCompletion.returnNames.map(name => ({
        params: { page: name },
        page: view => page(view, name),
      })),
      ...signInCompletion.refuseUnknownReturn({ post }),
    },
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

/** A session cookie of a route that does not declare it in `authentication-pathways.ts` is a bug: the response becomes a 500. */
const enforceDeclaration = (route: RouteName, method: 'get' | 'post', handler: Handler): Handler => {
  const capabilities = capabilitiesOf(route, method)
  const maySetSession = capabilities.includes('opens-session') || capabilities.includes('renews-session')
  return async request => {
    const result = await handler(request)
    const cookies = 'cookies' in result ? (result.cookies ?? []) : []
    if (!maySetSession && cookies.some(({ name, value }) => name === 'session' && value !== ''))
      throw new Error(`${method} ${route} sets a session, which authentication-pathways.ts does not declare`)
    return result
  }
}

const enforceCapabilities = (router: Router): Router =>
  Object.fromEntries(
    (Object.entries(router) as [RouteName, RouteHandlers][]).map(([route, handlers]) => [
      route,
      {
        ...handlers,
        ...(handlers.get && { get: enforceDeclaration(route, 'get', handlers.get) }),
        ...(handlers.post && { post: enforceDeclaration(route, 'post', handlers.post) }),
      },
    ]),
  )

/** The handlers of every route of `routes.ts`. */
export const createRouter = (
  application: Application,
  content: {
    ui: (language: Language) => Ui
    charter: Charter
    mailbox: DemoMailbox | null
    pictures: Pictures
  },
): Router => {
  const { ui, charter, mailbox, pictures } = content
  const { demonstration, config } = application.settings
  const { afterJoker, afterProof, definition, initialState } = passwordJourney
  const deps: Deps = { ...application, definition, charterVersion: charter.version, ui }
  const joker = createJokerStep(deps, createProofStep(deps, 'joker', afterJoker))
  const factor = createSecondFactorStep(
    { ...application, ui },
    createProofStep(deps, 'second-factor', afterProof),
    'journeyPasskey',
  )
  const password = createNewPasswordHandlers(deps, createNewPasswordStep(deps))
  const passwordAuthenticator = createPasswordAuthenticator(application)
  const change = {
    charterVersion: charter.version,
    services: config.services,
    withoutSession: application.identityServer ? ('expired' as const) : ('any' as const),
  }
  const account = { ...application, passwordAuthenticator, guard: createAccountGuard(application), ui }
  const { expiredPassword, ...passwordChange } = passwordChangeRoutes({ ...account, ...change })
  const notMe = notMeRoutes({ notMe: application.notMe, ui })

  return enforceCapabilities({
    home: staticPage(view =>
      homePage({
        ui: view,
        below: demonstration && h(PeopleTable, { ui: view, people: demoPeople }),
      }),
    ),
    ...signInRoutes(application, ui, passwordAuthenticator),
    ...passwordChange,
    expiredPassword: { ...staticPage(expiredPassword.page), post: expiredPassword.post },
    forgotten: staticPage(view => forgottenPage({ ui: view })),
    chooseNumber: staticPage(view => chooseNumberPage({ ui: view, definition })),
    identify: { ...identificationForms(definition), post: createIdentificationHandler(deps, initialState) },
    joker,
    journeyFactor: factor.code,
    journeyPasskey: factor.passkey,
    newPassword: password,
    writing: { get: createWritingHandler(deps, createStepContext(deps, 'writing')) },
    done: { get: createDoneHandler(deps, config.services) },
    journeyStopped: { get: createStoppedHandler(deps) },
    ...identifierRoutes(application, ui),
    ...activationRoutes(application, ui, charter),
    account: overviewRoutes({ ...account, services: config.services }),
    firstDay: firstDayRoutes(account),
    ...addressesRoutes(account),
    jokerChoice: jokerRoutes({ ...account, freeQuestions: config.joker.freeQuestions }),
    ...journalRoutes(account),
    sessionEnded: {
      staticPages: Object.keys(returnRoutes).map(page => ({
        params: { page },
        page: view => sessionOverPage({ ui: view, page }),
      })),
    },
    sessions: sessionsRoutes(account),
    authenticator: authenticatorRoutes(account),
    recoveryCodes: recoveryCodesRoutes(account),
    ...passkeyRoutes(account),
    ...helpRoutes({ context: createHelpContext(application), pictures, ui }),
    charter: {
      staticPages: [
        { params: { version: charter.version }, page: view => charterPage({ ui: view, charter }) },
      ],
    },
    ...statementRoutes(application),
    notMe,
    ...(mailbox && demonstrationRoutes(mailbox, ui)),
  })
}
