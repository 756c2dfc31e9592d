import type { Application } from './application.ts'
import type { Charter } from './charter.ts'
import { definition as activation } from './journeys/activation/activation.ts'
import { createCodeStep } from './journeys/activation/code.ts'
import { createContactStep } from './journeys/activation/contact.ts'
import type { ContactChannel } from './journeys/activation/contact-channels.ts'
import { createContactCodeStep } from './journeys/activation/contact-code.ts'
import { createJokerChoiceStep } from './journeys/activation/joker-choice.ts'
import type { Journeys } from './journeys/journey-store.ts'
import { createIdentificationHandler } from './journeys/steps/identification.ts'
import { createJokerStep } from './journeys/steps/joker.ts'
import { createNewPasswordHandlers, type NewPasswordStep } from './journeys/steps/new-password.ts'
import { createProofChoice } from './journeys/steps/proof-choice.ts'
import { createSecondFactorStep } from './journeys/steps/second-factor.ts'
import {
  createProofStep,
  createStepContext,
  type ProofStep,
  type ProofStepRules,
} from './journeys/steps/step-context.ts'
import type {
  IdentificationResult,
  JourneyDefinition,
  ProveState,
  SecondFactorState,
} from './journeys/steps/steps.ts'
import type { DestinationReader } from './proofs/sent-code/read-destination.ts'
import type { RouteName } from './routes.ts'
import type { Language } from './texts/texts.ts'
import type { Ui } from './ui/ui.ts'
import type { Handler } from './web/handler.ts'

/**
 * The steps of the journeys, each with what it takes from the tree of the application and nothing else. Their order is in
 * `journeys.routes.ts`.
 */
type StepSource = { readonly application: Application; readonly ui: (language: Language) => Ui }

/** A journey: its rows and its definition, besides. */
export type JourneySource<State extends { step: string }, Event extends string> = StepSource & {
  readonly journeys: Journeys<State, Event>
  readonly definition: JourneyDefinition<State['step']>
}

export function identifyStep<State extends { step: string }, Event extends string>(
  { application, ui, journeys, definition }: JourneySource<State, Event>,
  initialState: (result: IdentificationResult) => State,
): Handler {
  const { store, clock, limits, crypto, audit, directory, rateLimiter, notify } = application
  const { keys } = crypto
  const { notices } = notify
  const deps = {
    store,
    clock,
    limits,
    keys,
    audit,
    notices,
    directory,
    rateLimiter,
    journeys,
    definition,
    ui,
  }
  return createIdentificationHandler(deps, initialState)
}

export function stepContext<State extends { step: string }, Event extends string, S extends State['step']>(
  { application, journeys, definition }: JourneySource<State, Event>,
  step: S,
) {
  const { store, clock } = application
  return createStepContext({ store, clock, journeys, definition }, step)
}

export function proofStep<State extends { step: string }, Event extends string, S extends State['step']>(
  { application, ui, journeys, definition }: JourneySource<State, Event>,
  step: S,
  rules: ProofStepRules<State, Event, S>,
) {
  const { store, clock, proofs, passwordWrite } = application
  const { policy } = proofs
  const { revocations } = passwordWrite
  return createProofStep({ store, clock, policy, revocations, journeys, definition, ui }, step, rules)
}

/** The page of the choice of a proof, with the codes and the passkey that are asked for there. */
export function proofChoiceStep({ application, ui }: StepSource, step: ProofStep<ProveState>) {
  const { store, clock, limits, audit, notify, proofs, accounts, passwordWrite } = application
  return createProofChoice(
    {
      store,
      clock,
      limits,
      audit,
      notices: notify.notices,
      recoveryCodes: proofs.recoveryCodes,
      sentCodes: proofs.mailCodes.inJourneys,
      messages: proofs.smsCodes.messages,
      helpdeskCodes: proofs.helpdeskCodes,
      passkeys: proofs.passkeys,
      accessMethods: accounts.accessMethods,
      knownBrowsers: accounts.knownBrowsers,
      findBarriers: passwordWrite.findBarriers,
      ui,
    },
    step,
  )
}

export function jokerStep({ application, ui }: StepSource, step: ProofStep<ProveState>) {
  const { store, clock, limits, audit, notify, proofs, accounts, passwordWrite } = application
  const { notices } = notify
  const { knownBrowsers } = accounts
  const { findBarriers } = passwordWrite
  return createJokerStep(
    { store, clock, limits, audit, notices, joker: proofs.joker, knownBrowsers, findBarriers, ui },
    step,
  )
}

export function secondFactorStep(
  { application, ui }: StepSource,
  step: ProofStep<SecondFactorState>,
  passkey: RouteName,
) {
  const { store, limits, proofs, accounts } = application
  const { passkeys } = proofs
  const { knownBrowsers } = accounts
  const deps = { store, limits, secondFactor: proofs.secondFactor, passkeys, knownBrowsers, ui }
  return createSecondFactorStep(deps, step, passkey)
}

export function newPasswordStep({ application, ui }: StepSource, charter: Charter, step: NewPasswordStep) {
  const { store, limits, crypto, audit, directory, accounts, passwordWrite } = application
  const { rules, budget, attempts, source } = passwordWrite
  return createNewPasswordHandlers(
    {
      store,
      limits,
      keys: crypto.keys,
      audit,
      directory,
      knownBrowsers: accounts.knownBrowsers,
      rules,
      budget,
      attempts,
      source,
      charterVersion: charter.version,
      ui,
    },
    step,
  )
}

export function activationCode({ application, ui }: StepSource) {
  const { store, clock, limits, audit, proofs, accounts, journeys } = application
  return createCodeStep({
    store,
    clock,
    limits,
    audit,
    freezes: accounts.freezes,
    activationCodes: proofs.activationCodes,
    recoveryCheck: accounts.recoveryCheck,
    journeys: journeys.activation,
    definition: activation,
    ui,
  })
}

export function activationJoker({ application, ui }: StepSource) {
  const { store, clock, config, audit, directory, notify, proofs, passwordWrite, journeys } = application
  return createJokerChoiceStep({
    store,
    clock,
    audit,
    directory,
    notices: notify.notices,
    joker: proofs.joker,
    secondFactor: proofs.secondFactor,
    activationCodes: proofs.activationCodes,
    revocations: passwordWrite.revocations,
    freeQuestions: config.joker.freeQuestions,
    journeys: journeys.activation,
    definition: activation,
    ui,
  })
}

export function activationContact(
  { application, ui }: StepSource,
  readDestination: DestinationReader,
  channel: ContactChannel,
) {
  const { store, clock, audit, directory, proofs, accounts, journeys } = application
  const { secondFactor, activationCodes, mailCodes, smsCodes } = proofs
  return createContactStep(
    {
      store,
      clock,
      audit,
      directory,
      secondFactor,
      activationCodes,
      accessMethods: accounts.accessMethods,
      contacts: accounts.contacts,
      codes: { mail: mailCodes, mobile: smsCodes },
      messages: smsCodes.messages,
      readDestination,
      journeys: journeys.activation,
      definition: activation,
      ui,
    },
    channel,
  )
}

export function activationContactCode({ application, ui }: StepSource, channel: ContactChannel) {
  const { store, clock, limits, audit, directory, proofs, accounts, journeys } = application
  const { secondFactor, activationCodes, mailCodes, smsCodes } = proofs
  return createContactCodeStep(
    {
      store,
      clock,
      limits,
      audit,
      directory,
      secondFactor,
      activationCodes,
      contacts: accounts.contacts,
      codes: { mail: mailCodes, mobile: smsCodes },
      messages: smsCodes.messages,
      journeys: journeys.activation,
      definition: activation,
      ui,
    },
    channel,
  )
}
