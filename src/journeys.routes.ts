import type { Application } from './application.ts'
import type { Charter } from './charter.ts'
import { numberKinds } from './directory/directory.ts'
import * as activationJourney from './journeys/activation/activation.ts'
import { createCodeStep } from './journeys/activation/code.ts'
import { createContactStep } from './journeys/activation/contact.ts'
import { addressChannel, mobileChannel } from './journeys/activation/contact-channels.ts'
import { createContactCodeStep } from './journeys/activation/contact-code.ts'
import { createDoneHandler as createActivationDone } from './journeys/activation/done.ts'
import { createJokerChoiceStep } from './journeys/activation/joker-choice.ts'
import { createNewPasswordStep as createFirstPasswordStep } from './journeys/activation/new-password-step.ts'
import { createDoneHandler as createIdentifierDone } from './journeys/identifier/done.ts'
import * as identifierJourney from './journeys/identifier/identifier.ts'
import { createIdentifierRecorder } from './journeys/identifier/record-proof.ts'
import { createDoneHandler } from './journeys/password/done.ts'
import { forgottenPage } from './journeys/password/forgotten.page.tsx'
import { createNewPasswordStep } from './journeys/password/new-password-step.ts'
import * as passwordJourney from './journeys/password/password.ts'
import { chooseNumberPage } from './journeys/steps/choose-number.page.tsx'
import { continueProving, createFirstProveState } from './journeys/steps/first-prove-state.ts'
import { identificationPage } from './journeys/steps/identification.page.tsx'
import { createIdentificationHandler } from './journeys/steps/identification.ts'
import { createJokerStep } from './journeys/steps/joker.ts'
import { missingJourneyPage } from './journeys/steps/missing-journey.page.tsx'
import { createNewPasswordHandlers } from './journeys/steps/new-password.ts'
import { createProofChoice } from './journeys/steps/proof-choice.ts'
import { createSecondFactorStep } from './journeys/steps/second-factor.ts'
import { createProofStep, createStepContext } from './journeys/steps/step-context.ts'
import type { JourneyOutline } from './journeys/steps/steps.ts'
import { createStoppedHandler } from './journeys/steps/stopped.ts'
import { createWritingHandler } from './journeys/steps/writing.ts'
import type { DestinationReader } from './proofs/sent-code/read-destination.ts'
import { numberSlugs, type StartRoute, startSlugs } from './routes.ts'
import type { Language } from './texts/texts.ts'
import type { Ui } from './ui/ui.ts'
import { pageForAll, type RouteHandlers, type Router } from './web/register-routes.ts'

type UiFor = (language: Language) => Ui
type Content = {
  readonly ui: UiFor
  readonly charter: Charter
  readonly readDestination: DestinationReader
}

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

/** For a browser that keeps no cookie: one page for each journey, to begin it again. */
const missingPages = (): RouteHandlers => ({
  staticPages: (Object.keys(startSlugs) as StartRoute[]).map(start => ({
    params: { start: startSlugs[start] },
    page: view => missingJourneyPage({ ui: view, start }),
  })),
})

/** What the steps of all journeys use. */
const sharedBySteps = (application: Application, ui: UiFor) => {
  const { store, clock, limits, crypto, audit, directory, rateLimiter, notify } = application
  const { proofs, accounts, passwordWrite } = application
  return {
    store,
    clock,
    limits,
    keys: crypto.keys,
    audit,
    directory,
    rateLimiter,
    notices: notify.notices,
    joker: proofs.joker,
    recoveryCodes: proofs.recoveryCodes,
    sentCodes: proofs.mailCodes.inJourneys,
    helpdeskCodes: proofs.helpdeskCodes,
    messages: proofs.smsCodes.messages,
    policy: proofs.policy,
    secondFactor: proofs.secondFactor,
    passkeys: proofs.passkeys,
    accessMethods: accounts.accessMethods,
    freezes: accounts.freezes,
    findBarriers: passwordWrite.findBarriers,
    knownBrowsers: accounts.knownBrowsers,
    revocations: passwordWrite.revocations,
    ui,
  }
}

/** What the step of a new password uses besides. */
const forNewPassword = ({ passwordWrite, accounts }: Application, charter: Charter) => ({
  rules: passwordWrite.rules,
  budget: passwordWrite.budget,
  attempts: passwordWrite.attempts,
  source: passwordWrite.source,
  sessions: accounts.sessions,
  charterVersion: charter.version,
})

/** « Récupérer mon mot de passe », step by step. */
const passwordRoutes = (application: Application, ui: UiFor, charter: Charter): Router => {
  const { afterPolicy, afterProof, definition } = passwordJourney
  const { journeys, deliveries, config } = application
  const deps = {
    ...sharedBySteps(application, ui),
    ...forNewPassword(application, charter),
    receipts: deliveries.receipts,
    journeys: journeys.password,
    definition,
  }
  const factor = createSecondFactorStep(
    deps,
    createProofStep(deps, 'second-factor', { after: afterProof }),
    'journeyPasskey',
  )
  const proving = { after: afterPolicy, continued: continueProving }
  return {
    journeyMissing: missingPages(),
    forgotten: pageForAll(view => forgottenPage({ ui: view })),
    chooseNumber: pageForAll(view => chooseNumberPage({ ui: view, definition })),
    identify: {
      ...identificationForms(definition),
      post: createIdentificationHandler(deps, createFirstProveState(deps.policy, 'password')),
    },
    proof: createProofChoice(deps, createProofStep(deps, 'prove', proving)),
    joker: createJokerStep(deps, createProofStep(deps, 'prove', { ...proving, proof: 'joker' })),
    journeyFactor: factor.code,
    journeyPasskey: factor.passkey,
    newPassword: createNewPasswordHandlers(deps, createNewPasswordStep(deps)),
    writing: { get: createWritingHandler(deps, createStepContext(deps, 'writing')) },
    done: { get: createDoneHandler(deps, config.services) },
    journeyStopped: { get: createStoppedHandler(deps) },
  }
}

/** « Récupérer mon identifiant », step by step. */
const identifierRoutes = (application: Application, ui: UiFor): Router => {
  const { definition, afterPolicy, afterProof } = identifierJourney
  const journeys = application.journeys.identifier
  const deps = { ...sharedBySteps(application, ui), journeys, definition }
  const recorder = createIdentifierRecorder(deps)
  const factor = createSecondFactorStep(
    deps,
    createProofStep(deps, 'second-factor', { after: afterProof, record: recorder }),
    'identifierPasskey',
  )
  const proving = { after: afterPolicy, continued: continueProving, record: recorder }
  return {
    identifier: pageForAll(view => chooseNumberPage({ ui: view, definition })),
    identifyForIdentifier: {
      ...identificationForms(definition),
      post: createIdentificationHandler(deps, createFirstProveState(deps.policy, 'identifier')),
    },
    identifierProof: createProofChoice(deps, createProofStep(deps, 'prove', proving)),
    identifierJoker: createJokerStep(deps, createProofStep(deps, 'prove', { ...proving, proof: 'joker' })),
    identifierFactor: factor.code,
    identifierPasskey: factor.passkey,
    identifierDone: { get: createIdentifierDone(deps) },
    identifierStopped: { get: createStoppedHandler(deps) },
  }
}

/** « Activer mon compte », step by step. */
const activationRoutes = (application: Application, { ui, charter, readDestination }: Content): Router => {
  const { definition, initialState } = activationJourney
  const { proofs, accounts, notify, journeys, deliveries, config } = application
  const deps = {
    ...sharedBySteps(application, ui),
    ...forNewPassword(application, charter),
    activationCodes: proofs.activationCodes,
    recoveryCheck: accounts.recoveryCheck,
    codes: { mail: proofs.mailCodes, mobile: proofs.smsCodes },
    readDestination,
    contacts: accounts.contacts,
    mails: notify.mails,
    receipts: deliveries.receipts,
    freeQuestions: config.joker.freeQuestions,
    journeys: journeys.activation,
    definition,
  }
  return {
    activation: pageForAll(view => chooseNumberPage({ ui: view, definition })),
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

/** The routes of the three journeys, each a list of its steps in order. */
export const journeyRoutes = (application: Application, content: Content): Router => ({
  ...passwordRoutes(application, content.ui, content.charter),
  ...identifierRoutes(application, content.ui),
  ...activationRoutes(application, content),
})
