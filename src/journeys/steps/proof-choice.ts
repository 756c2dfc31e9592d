import { z } from 'zod'
import { knownBrowserCookie } from '../../identity/known-browsers.ts'
import type { RecoveryKind } from '../../proofs/proof-registry.ts'
import { isSentKind, type SentKind } from '../../proofs/sent-code/journey-code.ts'
import { field, optionalField } from '../../web/form.ts'
import { type HandlerRequest, problem } from '../../web/handler.ts'
import { busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { type CodeDecisionDeps, createCodeDecision } from './code-decision.ts'
import { createFormStep, journeyField, type Submitted } from './form-step.ts'
import { publicRef } from './guard.ts'
import { judgeInTransaction } from './judge-in-transaction.ts'
import { beginPasskey, passkeyOptions, readPasskey } from './passkey-proof.ts'
import { type ProofProblem, proofPage } from './proof-choice.page.tsx'
import { codeRefusals, isCodeKind, readCode, triesOf } from './read-code.ts'
import type { ProofStep } from './step-context.ts'
import type { ProofStepDeps, ProveState } from './steps.ts'

/** The form of the choice has `laquelle`, that of a code has `code`, that of a passkey `cle`. */
const schema = z.object({
  laquelle: optionalField(40),
  code: field(60).optional(),
  cle: field(12_000).optional(),
  ...journeyField,
})

type ProofChoiceDeps = CodeDecisionDeps &
  Pick<
    ProofStepDeps,
    | 'limits'
    | 'recoveryCodes'
    | 'sentCodes'
    | 'messages'
    | 'helpdeskCodes'
    | 'passkeys'
    | 'accessMethods'
    | 'knownBrowsers'
    | 'ui'
  >

type Deps = ProofChoiceDeps & {
  readonly proofStep: ProofStep<ProveState>
  readonly decide: ReturnType<typeof createCodeDecision>
}
type AtProof = Journey<ProveState>

/** Whether the text messages of the day are used up: then none is offered, to anybody. */
const areMessagesSpent = async ({ messages }: Deps, offered: readonly RecoveryKind[]) =>
  offered.includes('sms-code') && !(await messages.offered())

type Answered = Promise<Submitted<ProveState, ProofProblem>>

async function view(deps: Deps, request: HandlerRequest, journey: AtProof, shown: ProofProblem | null) {
  const offered = deps.proofStep.offered(journey)
  const asksPasskey = journey.state.chosen === 'passkey' && offered.includes('passkey')
  return proofPage({
    ui: deps.ui(request.language),
    proofStep: deps.proofStep,
    ref: publicRef(journey),
    chosen: journey.state.chosen ?? null,
    askedAgain: journey.state.askedAgain === true,
    offered,
    areMessagesSpent: await areMessagesSpent(deps, offered),
    passkey: asksPasskey ? await passkeyOptions(deps, journey) : null,
    codeLife: deps.limits.codeLife,
    open: { until: journey.expiresAt, now: request.arrivedAt },
    problem: shown,
  })
}

/**
 * Changes which page is shown, and nothing else: what was proved is not part of the state, and the number of refused codes stays.
 */
async function choose({ store, proofStep }: Deps, journey: AtProof, chosen: RecoveryKind): Answered {
  const state = { ...journey.state, chosen, askedAgain: false }
  const claimed = await store.transaction(tx => proofStep.claimSubmission(tx, journey, state))
  return claimed ? { kind: 'moved', to: proofStep.pageOf(state) } : { kind: 'concurrent' }
}

/**
 * Asks for a code, and shows its page: one transaction, of which nothing is kept where a limit is reached, or where another request of
 * this journey was first. The outbox sends the code after this answer.
 */
async function ask(deps: Deps, request: HandlerRequest, asked: AtProof, kind: SentKind): Answered {
  const { limits, sentCodes, knownBrowsers, proofStep } = deps
  // A code that could not be typed any more is sent to nobody.
  if ((asked.state.wrongCodes ?? 0) >= triesOf(kind, limits))
    return { kind: 'refused', problem: { reason: 'factor-restart' } }
  const browser = await knownBrowsers.find(request.cookie(knownBrowserCookie), asked.subject)
  const state = { ...asked.state, chosen: kind, askedAgain: asked.state.chosen === kind }
  const { id, subject, language, device } = asked
  let refusal: ProofProblem | null = null
  const moved = await judgeInTransaction(deps, async tx => {
    const journey = await proofStep.claimSubmission(tx, asked, state)
    if (!journey) return null
    const { person } = state
    const of = { kind, journey: id, subject, person, browser, network: request.network, language, device }
    const sent = await sentCodes.ask(tx, of)
    if (sent.ok) return true
    const { reason, opensAt } = sent
    refusal = reason === 'messages-spent' ? { reason: 'proof-messages-spent' } : { reason, opensAt }
    return null
  })
  if (moved) return { kind: 'moved', to: proofStep.pageOf(state) }
  return refusal ? { kind: 'refused', problem: refusal } : { kind: 'concurrent' }
}

/** Asks for a signature, once the page of the passkey is shown. */
async function askForPasskey(deps: Deps, journey: AtProof): Answered {
  if ((journey.state.wrongCodes ?? 0) >= triesOf('passkey', deps.limits))
    return { kind: 'refused', problem: { reason: 'factor-restart' } }
  const chosen = await choose(deps, journey, 'passkey')
  if (chosen.kind === 'moved') await beginPasskey(deps, journey)
  return chosen
}

async function answerByPasskey(
  deps: Deps,
  request: HandlerRequest,
  journey: AtProof,
  signed: string,
): Answered {
  const { limits, decide, proofStep } = deps
  const { chosen, wrongCodes = 0 } = journey.state
  if (chosen !== 'passkey' || !proofStep.offered(journey).includes('passkey'))
    return { kind: 'refused', problem: { reason: 'proof-choice' } }
  if (wrongCodes >= triesOf('passkey', limits))
    return { kind: 'refused', problem: { reason: 'factor-restart' } }
  const read = await readPasskey(deps, journey, signed)
  if (!read.ok) return { kind: 'refused', problem: { reason: read.reason } }
  const decision = await decide(journey, { ...read.answer, kind: 'passkey', at: request.arrivedAt })
  if (!decision) return { kind: 'concurrent' }
  if (decision.verdict !== 'right') return { kind: 'refused', problem: { reason: 'passkey-refused' } }
  return { kind: 'moved', to: decision.leadsTo ?? proofStep.page }
}

async function answer(deps: Deps, request: HandlerRequest, journey: AtProof, typed: string): Answered {
  const { limits, decide, proofStep } = deps
  const { chosen: kind, wrongCodes = 0 } = journey.state
  if (!isCodeKind(kind) || !proofStep.offered(journey).includes(kind))
    return { kind: 'refused', problem: { reason: 'proof-choice' } }
  if (wrongCodes >= triesOf(kind, limits)) return { kind: 'refused', problem: { reason: 'factor-restart' } }
  const read = await readCode(deps, journey, kind, typed)
  if (!read.ok) {
    if (read.reason === 'hashing-twice') return { kind: 'concurrent' }
    if (read.reason === 'hashing-busy') return problem(busy, { retryAfter: 5 })
    return { kind: 'refused', problem: { reason: read.reason } }
  }
  const decision = await decide(journey, { ...read.answer, kind, at: request.arrivedAt })
  if (!decision) return { kind: 'concurrent' }
  if (decision.verdict !== 'right') return { kind: 'refused', problem: { reason: codeRefusals[kind] } }
  return { kind: 'moved', to: decision.leadsTo ?? proofStep.page }
}

async function submit(
  deps: Deps,
  request: HandlerRequest,
  journey: AtProof,
  { laquelle, code, cle }: z.infer<typeof schema>,
): Answered {
  const chosen = deps.proofStep.offered(journey).find(kind => kind === laquelle)
  if (chosen === 'passkey') return askForPasskey(deps, journey)
  if (chosen) return isSentKind(chosen) ? ask(deps, request, journey, chosen) : choose(deps, journey, chosen)
  if (cle !== undefined) return answerByPasskey(deps, request, journey, cle)
  return code === undefined
    ? { kind: 'refused', problem: { reason: 'proof-choice' } }
    : answer(deps, request, journey, code)
}

/**
 * « Prouvez votre identité »: the kinds of proof that the policy allows, the same for known and unknown people, and the form of a code
 * once its kind was chosen. A person who comes back here may choose another proof; that changes nothing of what was proved.
 */
export const createProofChoice = (proofDeps: ProofChoiceDeps, proofStep: ProofStep<ProveState>) => {
  const deps = { ...proofDeps, proofStep, decide: createCodeDecision(proofDeps, proofStep) }
  return createFormStep<ProveState, z.infer<typeof schema>, ProofProblem>(proofStep, {
    schema,
    view: (request, journey, shown) => view(deps, request, journey, shown),
    submit: (request, journey, fields) => submit(deps, request, journey, fields),
  })
}
