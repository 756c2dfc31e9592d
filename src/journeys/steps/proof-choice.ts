import { z } from 'zod'
import type { RecoveryKind } from '../../proofs/proof-registry.ts'
import { field, optionalField } from '../../web/form.ts'
import { type HandlerRequest, problem } from '../../web/handler.ts'
import { busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { createCodeDecision } from './code-decision.ts'
import { createFormStep, journeyField, type Submitted } from './form-step.ts'
import { publicRef } from './guard.ts'
import { type ProofProblem, proofPage } from './proof-choice.page.tsx'
import type { ProofStep } from './step-context.ts'
import type { ProofStepDeps, ProveState } from './steps.ts'

/** The form of the choice has `laquelle`, that of a code has `code`. */
const schema = z.object({ laquelle: optionalField(40), code: field(60).optional(), ...journeyField })

type Deps = ProofStepDeps & {
  readonly proofStep: ProofStep<ProveState>
  readonly decide: ReturnType<typeof createCodeDecision>
}
type AtProof = Journey<ProveState>
type Answered = Promise<Submitted<ProveState, ProofProblem>>

const view = (deps: Deps, request: HandlerRequest, journey: AtProof, shown: ProofProblem | null) =>
  proofPage({
    ui: deps.ui(request.language),
    proofStep: deps.proofStep,
    ref: publicRef(journey),
    chosen: journey.state.chosen ?? null,
    offered: deps.proofStep.offered(journey),
    open: { until: journey.expiresAt, now: request.arrivedAt },
    problem: shown,
  })

/**
 * Changes which page is shown, and nothing else: what was proved is not part of the state, and the number of refused codes stays.
 */
async function choose({ store, proofStep }: Deps, journey: AtProof, chosen: RecoveryKind): Answered {
  const state = { ...journey.state, chosen }
  const claimed = await store.transaction(tx => proofStep.claimSubmission(tx, journey, state))
  return claimed ? { kind: 'moved', to: proofStep.pageOf(state) } : { kind: 'concurrent' }
}

async function answer(deps: Deps, request: HandlerRequest, journey: AtProof, typed: string): Answered {
  const { limits, recoveryCodes, decide, proofStep } = deps
  const { id: queueKey, subject, network, state } = journey
  if ((state.wrongCodes ?? 0) >= limits.pendingSignInTries)
    return { kind: 'refused', problem: { reason: 'factor-restart' } }
  if (!recoveryCodes.recognises(typed)) return { kind: 'refused', problem: { reason: 'printed-form' } }
  const read = await recoveryCodes.verifyPrinted({ subject, person: state.person, network, queueKey }, typed)
  if (!read.ok)
    return read.reason === 'hashing-twice' ? { kind: 'concurrent' } : problem(busy, { retryAfter: 5 })
  const decision = await decide(journey, { ...read.answer, at: request.arrivedAt })
  if (!decision) return { kind: 'concurrent' }
  if (decision.verdict !== 'right') return { kind: 'refused', problem: { reason: 'factor-wrong-printed' } }
  return { kind: 'moved', to: decision.leadsTo ?? proofStep.page }
}

async function submit(
  deps: Deps,
  request: HandlerRequest,
  journey: AtProof,
  { laquelle, code }: z.infer<typeof schema>,
): Answered {
  const offered = deps.proofStep.offered(journey)
  const chosen = offered.find(kind => kind === laquelle)
  if (chosen) return choose(deps, journey, chosen)
  if (code === undefined || journey.state.chosen !== 'recovery-code' || !offered.includes('recovery-code'))
    return { kind: 'refused', problem: { reason: 'proof-choice' } }
  return answer(deps, request, journey, code)
}

/**
 * « Prouvez votre identité »: the kinds of proof that the policy allows, the same for known and unknown people, and the form of a code
 * once its kind was chosen. Whoever comes back here from another proof may take another; neither adds to nor takes from what was proved.
 */
export const createProofChoice = (proofDeps: ProofStepDeps, proofStep: ProofStep<ProveState>) => {
  const deps = { ...proofDeps, proofStep, decide: createCodeDecision(proofDeps, proofStep) }
  return createFormStep<ProveState, z.infer<typeof schema>, ProofProblem>(proofStep, {
    schema,
    view: (request, journey, shown) => view(deps, request, journey, shown),
    submit: (request, journey, fields) => submit(deps, request, journey, fields),
  })
}
