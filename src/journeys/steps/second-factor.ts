import { z } from 'zod'
import { knownBrowserCookie } from '../../identity/known-browsers.ts'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import { type FactorProblem, problemOf } from '../../proofs/second-factor/factor-form.part.tsx'
import type { FactorResponse } from '../../proofs/second-factor/second-factor.ts'
import type { RouteName } from '../../routes.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import { field, optionalField } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { badRequest, busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { publicRef } from './guard.ts'
import { factorPage, passkeyPage } from './second-factor.page.tsx'
import type { ProofStep } from './step-context.ts'
import type { ProofDeps, SecondFactorState } from './steps.ts'

const codeForm = z.object({ code: field(60), demarche: optionalField(40) })
const passkeyForm = z.object({ cle: field(12_000).optional(), demarche: optionalField(40) })

const holderOf = (journey: { readonly id: string }) => `journey:${journey.id}`

type JourneyAtFactor = Journey<SecondFactorState>

/**
 * The second factor after the joker, for a person who has one: a reset must not bypass it. An unknown person never reaches
 * this step, because no answer to their joker is right. A person who has lost every factor is referred to the helpdesk.
 */
export const createSecondFactorStep = (
  deps: ProofDeps & { readonly passkeys: Passkeys; readonly revocations: Pick<Revocations, 'lockPersonRow'> },
  proofStep: ProofStep<SecondFactorState>,
  passkeyRoute: RouteName,
) => {
  const { store, limits, secondFactor, passkeys, knownBrowsers, revocations } = deps

  const page = async (
    request: HandlerRequest,
    journey: JourneyAtFactor,
    refusal: FactorProblem | null,
  ): Promise<HandlerResult> => ({
    kind: 'page',
    status: refusal ? (refusal.reason === 'journey-other-tab' ? 409 : 422) : 200,
    page: factorPage({
      ui: deps.ui(request.language),
      proofStep,
      passkeyRoute,
      ref: publicRef(journey),
      problem: refusal,
      factors: await secondFactor.of(journey.state.person),
    }),
  })

  /**
   * One transaction claims the submission, consumes the factor and moves the journey: of two concurrent answers, one is
   * judged.
   */
  const judge = async (
    request: HandlerRequest,
    asked: JourneyAtFactor,
    response: FactorResponse,
  ): Promise<HandlerResult> => {
    const { own } = await knownBrowsers.find(request.cookie(knownBrowserCookie), asked.state.person)
    const claimantKind = own ? 'own' : 'stranger'
    const outcome = await store.transaction(async tx => {
      const { person, privileged, answerDigest, provedAt } = asked.state
      await revocations.lockPersonRow(tx, person)
      const journey = await proofStep.claimSubmission(tx, asked, {
        ...asked.state,
        wrong: asked.state.wrong + 1,
      })
      if (!journey) return null
      const verdict = await secondFactor.judge(tx, person, response, request.language, claimantKind)
      if (verdict.verdict !== 'right') return { refusal: problemOf(verdict) }
      const proof = { person, privileged, answerDigest, provedAt, asksFactor: false, factor: verdict.by }
      return { leadsTo: await proofStep.proved(tx, journey, proof) }
    })
    if (!outcome) return proofStep.follow(request, asked)
    return outcome.refusal
      ? page(request, asked, outcome.refusal)
      : redirect(request.href(outcome.leadsTo ?? proofStep.page))
  }

  const withGuard =
    (work: (request: HandlerRequest, journey: JourneyAtFactor) => Promise<HandlerResult>): Handler =>
    async request => {
      const at = await proofStep.guard(request)
      return 'redirected' in at ? at.redirected : work(request, at.journey)
    }

  const submitCode = async (
    request: HandlerRequest,
    journey: JourneyAtFactor,
    typedCode: string,
  ): Promise<HandlerResult> => {
    if (journey.state.wrong >= limits.pendingSignInTries)
      return page(request, journey, { reason: 'factor-restart' })
    const who = { network: journey.network, queueKey: journey.id }
    const read = await secondFactor.read(journey.state.person, typedCode, who)
    if (read.ok) return judge(request, journey, read.response)
    if (read.reason === 'hashing-twice') return proofStep.follow(request, journey)
    if (read.reason === 'hashing-busy') return problem(busy, { retryAfter: 5 })
    return page(request, journey, { reason: read.reason })
  }

  const begin = async (request: HandlerRequest, journey: JourneyAtFactor): Promise<HandlerResult> => {
    await passkeys.begin(holderOf(journey), 'prove')
    return redirect(request.href(passkeyRoute))
  }

  const submitPasskey = async (
    request: HandlerRequest,
    journey: JourneyAtFactor,
    answer: string,
  ): Promise<HandlerResult> => {
    const read = await passkeys.read(holderOf(journey), answer)
    return read.ok
      ? judge(request, journey, { by: 'passkey', assertion: read.assertion })
      : page(request, journey, { reason: read.reason })
  }

  const code = {
    get: withGuard((request, journey) => page(request, journey, null)),
    post: withGuard(async (request, journey) => {
      const fields = codeForm.safeParse(request.body)
      if (!fields.success) return problem(badRequest)
      if (fields.data.demarche !== publicRef(journey))
        return page(request, journey, { reason: 'journey-other-tab' })
      return submitCode(request, journey, fields.data.code)
    }),
  }

  const passkey = {
    get: withGuard(async (request, journey) => {
      const options = await passkeys.proofOptions(holderOf(journey), journey.state.person)
      if (!options) return redirect(request.href(proofStep.page))
      const ui = deps.ui(request.language)
      return {
        kind: 'page',
        page: passkeyPage({ ui, proofStep, passkeyRoute, options, ref: publicRef(journey) }),
      } satisfies HandlerResult
    }),
    post: withGuard(async (request, journey) => {
      const fields = passkeyForm.safeParse(request.body)
      if (!fields.success) return problem(badRequest)
      const { cle, demarche } = fields.data
      if (demarche !== publicRef(journey)) return page(request, journey, { reason: 'journey-other-tab' })
      return cle === undefined ? begin(request, journey) : submitPasskey(request, journey, cle)
    }),
  }

  return { code, passkey }
}
