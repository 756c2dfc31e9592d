import type { Application } from './application.ts'
import type { Charter } from './charter.ts'
import { numberKinds } from './directory/directory.ts'
import {
  activationCode,
  activationContact,
  activationContactCode,
  activationJoker,
  identifyStep,
  jokerStep,
  newPasswordStep,
  proofChoiceStep,
  proofStep,
  secondFactorStep,
  stepContext,
} from './journey-steps.ts'
import * as activationJourney from './journeys/activation/activation.ts'
import { addressChannel, mobileChannel } from './journeys/activation/contact-channels.ts'
import { createDoneHandler as createActivationDone } from './journeys/activation/done.ts'
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
import { missingJourneyPage } from './journeys/steps/missing-journey.page.tsx'
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

/** « Récupérer mon mot de passe », step by step. */
const passwordRoutes = (application: Application, ui: UiFor, charter: Charter): Router => {
  const { afterPolicy, afterProof, definition } = passwordJourney
  const { store, clock, limits, proofs, deliveries, config } = application
  const { receipts } = deliveries
  const journeys = application.journeys.password
  const source = { application, ui, journeys, definition }
  const proving = { after: afterPolicy, continued: continueProving }
  const factorStep = proofStep(source, 'second-factor', { after: afterProof })
  const factor = secondFactorStep(source, factorStep, 'journeyPasskey')
  const passwordStep = createNewPasswordStep({ store, clock, journeys, definition })
  return {
    journeyMissing: missingPages(),
    forgotten: pageForAll(view => forgottenPage({ ui: view })),
    chooseNumber: pageForAll(view => chooseNumberPage({ ui: view, definition })),
    identify: {
      ...identificationForms(definition),
      post: identifyStep(source, createFirstProveState(proofs.policy, 'password')),
    },
    proof: proofChoiceStep(source, proofStep(source, 'prove', proving)),
    joker: jokerStep(source, proofStep(source, 'prove', { ...proving, proof: 'joker' })),
    journeyFactor: factor.code,
    journeyPasskey: factor.passkey,
    newPassword: newPasswordStep(source, charter, passwordStep),
    writing: { get: createWritingHandler({ clock }, stepContext(source, 'writing')) },
    done: {
      get: createDoneHandler({ clock, limits, journeys, definition, receipts, ui }, config.services),
    },
    journeyStopped: { get: createStoppedHandler({ journeys, definition, ui }) },
  }
}

/** « Récupérer mon identifiant », step by step. */
const identifierRoutes = (application: Application, ui: UiFor): Router => {
  const { definition, afterPolicy, afterProof } = identifierJourney
  const { clock, audit, directory, notify, proofs } = application
  const journeys = application.journeys.identifier
  const source = { application, ui, journeys, definition }
  const record = createIdentifierRecorder({ clock, audit, notices: notify.notices })
  const proving = { after: afterPolicy, continued: continueProving, record }
  const factorStep = proofStep(source, 'second-factor', { after: afterProof, record })
  const factor = secondFactorStep(source, factorStep, 'identifierPasskey')
  return {
    identifier: pageForAll(view => chooseNumberPage({ ui: view, definition })),
    identifyForIdentifier: {
      ...identificationForms(definition),
      post: identifyStep(source, createFirstProveState(proofs.policy, 'identifier')),
    },
    identifierProof: proofChoiceStep(source, proofStep(source, 'prove', proving)),
    identifierJoker: jokerStep(source, proofStep(source, 'prove', { ...proving, proof: 'joker' })),
    identifierFactor: factor.code,
    identifierPasskey: factor.passkey,
    identifierDone: { get: createIdentifierDone({ clock, journeys, definition, directory, ui }) },
    identifierStopped: { get: createStoppedHandler({ journeys, definition, ui }) },
  }
}

/** « Activer mon compte », step by step. */
const activationRoutes = (application: Application, { ui, charter, readDestination }: Content): Router => {
  const { definition, initialState } = activationJourney
  const { store, clock, limits, directory, deliveries, config } = application
  const { receipts } = deliveries
  const journeys = application.journeys.activation
  const source = { application, ui, journeys, definition }
  const passwordStep = createFirstPasswordStep({ store, clock, journeys, definition })
  const done = { clock, limits, journeys, definition, directory, receipts, ui }
  return {
    activation: pageForAll(view => chooseNumberPage({ ui: view, definition })),
    identifyForActivation: { ...identificationForms(definition), post: identifyStep(source, initialState) },
    activationCode: activationCode(source),
    activationPassword: newPasswordStep(source, charter, passwordStep),
    activationWriting: { get: createWritingHandler({ clock }, stepContext(source, 'writing')) },
    activationJoker: activationJoker(source),
    activationAddress: activationContact(source, readDestination, addressChannel),
    activationAddressCode: activationContactCode(source, addressChannel),
    activationMobile: activationContact(source, readDestination, mobileChannel),
    activationMobileCode: activationContactCode(source, mobileChannel),
    activationDone: { get: createActivationDone(done, config.services) },
    activationStopped: { get: createStoppedHandler({ journeys, definition, ui }) },
  }
}

/** The routes of the three journeys, each a list of its steps in order. */
export const journeyRoutes = (application: Application, content: Content): Router => ({
  ...passwordRoutes(application, content.ui, content.charter),
  ...identifierRoutes(application, content.ui),
  ...activationRoutes(application, content),
})
