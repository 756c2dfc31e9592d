import { z } from 'zod'
import { knownBrowserCookie } from '../../identity/known-browsers.ts'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import { type FactorProblem, problemOf } from '../../proofs/second-factor/factor-form.part.tsx'
import type { FactorResponse } from '../../proofs/second-factor/second-factor.ts'
import type { RouteName } from '../../routes.ts'
import { field } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { createFormStep, journeyField, type Submitted } from './form-step.ts'
import { publicRef } from './guard.ts'
import { journeyDetails } from './journey-details.ts'
import { judgeInTransaction } from './judge-in-transaction.ts'
import { factorPage, passkeyPage } from './second-factor.page.tsx'
import type { ProofStep } from './step-context.ts'
import type { ProofStepDeps, SecondFactorState } from './steps.ts'

const codeSchema = z.object({ code: field(60), ...journeyField })
const passkeySchema = z.object({ cle: field(12_000).optional(), ...journeyField })

const holderOf = (journey: { readonly id: string }) => `journey:${journey.id}`

type FactorDeps = Pick<ProofStepDeps, 'store' | 'limits' | 'secondFactor' | 'knownBrowsers' | 'ui'> & {
  readonly passkeys: Passkeys
}
type Deps = FactorDeps & {
  readonly proofStep: ProofStep<SecondFactorState>
  readonly passkeyRoute: RouteName
}
type AtFactor = Journey<SecondFactorState>
type Answered = Promise<Submitted<SecondFactorState, FactorProblem>>

async function view(deps: Deps, request: HandlerRequest, journey: AtFactor, shown: FactorProblem | null) {
  const { proofStep, passkeyRoute, secondFactor } = deps
  return factorPage({
    ui: deps.ui(request.language),
    proofStep,
    passkeyRoute,
    ref: publicRef(journey),
    problem: shown,
    factors: await secondFactor.of(journey.state.person),
  })
}

/**
 * One transaction claims the submission, consumes the factor and moves the journey: of two concurrent answers, one is
 * judged.
 */
async function judge(
  deps: Deps,
  request: HandlerRequest,
  asked: AtFactor,
  response: FactorResponse,
): Answered {
  const { secondFactor, knownBrowsers, proofStep } = deps
  const { own } = await knownBrowsers.find(request.cookie(knownBrowserCookie), asked.state.person)
  const claimantKind = own ? 'own' : 'stranger'
  const judged = await judgeInTransaction<Awaited<Answered>>(deps, async tx => {
    const { person, privileged, answerDigest, populations = [], sealedLogin } = asked.state
    const counted = { ...asked.state, wrong: asked.state.wrong + 1 }
    const journey = await proofStep.claimSubmission(tx, asked, counted)
    if (!journey) return null
    const use = { language: request.language, ...journeyDetails(journey), signedIn: false }
    const verdict = await secondFactor.judge(tx, person, response, use, claimantKind)
    if (verdict.verdict !== 'right') return { kind: 'refused', problem: problemOf(verdict) } as const
    const shown = { kind: verdict.by, at: request.arrivedAt, hasFactor: true }
    const prover = { person, privileged, answerDigest, populations, sealedLogin }
    const leadsTo = await proofStep.proved(tx, journey, { ...shown, ...prover })
    return leadsTo && { kind: 'moved', to: leadsTo }
  })
  return judged ?? { kind: 'concurrent' }
}

async function submitCode(deps: Deps, request: HandlerRequest, journey: AtFactor, typed: string): Answered {
  const { limits, secondFactor } = deps
  if (journey.state.wrong >= limits.pendingSignInTries)
    return { kind: 'refused', problem: { reason: 'factor-restart' } }
  const who = { network: journey.network, queueKey: journey.id }
  const read = await secondFactor.read(journey.state.person, typed, who)
  if (read.ok) return judge(deps, request, journey, read.response)
  if (read.reason === 'hashing-twice') return { kind: 'concurrent' }
  if (read.reason === 'hashing-busy') return problem(busy, { retryAfter: 5 })
  return { kind: 'refused', problem: { reason: read.reason } }
}

/** Without an answer of the passkey, the form of the factors asks for one. */
async function submitPasskey(
  deps: Deps,
  request: HandlerRequest,
  journey: AtFactor,
  answer: string | undefined,
): Answered {
  const { passkeys, passkeyRoute } = deps
  if (answer === undefined) {
    await passkeys.begin(holderOf(journey), 'prove')
    return { kind: 'moved', to: passkeyRoute }
  }
  const read = await passkeys.verify(holderOf(journey), answer)
  return read.ok
    ? judge(deps, request, journey, { by: 'passkey', answer: read.answer, person: read.person })
    : { kind: 'refused', problem: { reason: read.reason } }
}

async function showPasskey(deps: Deps, request: HandlerRequest): Promise<HandlerResult> {
  const { passkeys, proofStep, passkeyRoute } = deps
  const at = await proofStep.guard(request)
  if ('redirected' in at) return at.redirected
  const { journey } = at
  const options = await passkeys.proofOptions(holderOf(journey), journey.state.person)
  if (!options) return redirect(request.href(proofStep.page))
  const ui = deps.ui(request.language)
  return {
    kind: 'page',
    page: passkeyPage({ ui, proofStep, passkeyRoute, options, ref: publicRef(journey) }),
  }
}

/**
 * The second factor after the proofs of the policy, for a person who has one: a reset must not bypass it. An unknown person never
 * reaches this step, because no answer of theirs at `prove` is right. A person who has lost every factor is referred to the helpdesk.
 */
export const createSecondFactorStep = (
  factorDeps: FactorDeps,
  proofStep: ProofStep<SecondFactorState>,
  passkeyRoute: RouteName,
) => {
  const deps = { ...factorDeps, proofStep, passkeyRoute }
  const shown = (request: HandlerRequest, journey: AtFactor, refusal: FactorProblem | null) =>
    view(deps, request, journey, refusal)
  const code = createFormStep<SecondFactorState, z.infer<typeof codeSchema>, FactorProblem>(proofStep, {
    schema: codeSchema,
    view: shown,
    submit: (request, journey, fields) => submitCode(deps, request, journey, fields.code),
  })
  const passkey = createFormStep<SecondFactorState, z.infer<typeof passkeySchema>, FactorProblem>(proofStep, {
    schema: passkeySchema,
    view: shown,
    submit: (request, journey, { cle }) => submitPasskey(deps, request, journey, cle),
  })
  return { code, passkey: { ...passkey, get: (request: HandlerRequest) => showPasskey(deps, request) } }
}
