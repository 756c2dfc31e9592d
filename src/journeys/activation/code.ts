import { z } from 'zod'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { createAnswerDigest } from '../../proofs/joker/joker.ts'
import type { RouteName } from '../../routes.ts'
import type { Tx } from '../../store/store.ts'
import { field, optionalField } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { publicRef } from '../steps/guard.ts'
import { createStepContext } from '../steps/step-context.ts'
import { afterCode, type CodeState, pages, stoppedBecauseActive } from './activation.ts'
import { type CodeProblem, codePage } from './code.page.tsx'
import type { Deps } from './deps.ts'

const form = z.object({ code: field(100), demarche: optionalField(40) })

type ActiveReason = ReturnType<typeof stoppedBecauseActive> | null
type CodeCheck = {
  readonly right: boolean
  readonly active: ActiveReason
  readonly answerDigest: string
  /** When the form arrived. */
  readonly at: number
}
type RemainingTries = { readonly left: number; readonly until: number }
type Decision = { readonly leadsTo: RouteName } | { readonly leadsTo: null; readonly left: RemainingTries }

/**
 * The activation code. One look-up and one digest for every subject; then one transaction judges, counts and moves the
 * journey. A person who is unknown, frozen or without a code gets the same text and the same rows as a wrong code.
 */
export const createCodeStep = (deps: Deps) => {
  const { store, audit, freezes, journeys, activationCodes } = deps
  const context = createStepContext(deps, 'code')

  /** Tries left, counting this journey only: the total of all journeys would reveal which date of birth is right. */
  const leftIn = (wrong: number) => Math.max(1, deps.limits.activationTries - wrong)

  const page = async (
    request: HandlerRequest,
    journey: Journey<CodeState>,
    reply: { problem?: CodeProblem; status?: number } = {},
  ): Promise<HandlerResult> => {
    return {
      kind: 'page',
      status: reply.status ?? 200,
      page: codePage({
        ui: deps.ui(request.language),
        ref: publicRef(journey),
        left: journey.state.wrong ? leftIn(journey.state.wrong) : null,
        ineDoubt: journey.state.ineDoubt,
        numberKind: journey.state.numberKind,
        expiresAt: journey.expiresAt,
        problem: reply.problem ?? null,
      }),
    }
  }

  const refuse = (
    request: HandlerRequest,
    journey: Journey<CodeState>,
    { left, until }: RemainingTries,
    wrong: number,
  ) =>
    page(request, journey, {
      problem:
        left > 0
          ? { reason: 'activation-code-wrong', left: leftIn(wrong) }
          : { reason: 'activation-code-spent', until },
      status: 422,
    })

  const isOpen = async (tx: Tx, { subject, state }: Journey<CodeState>) =>
    (await freezes.find(subject, tx)) === null && state.accountStatus !== 'closed'

  const advance = async (
    tx: Tx,
    journey: Journey<CodeState>,
    { active, at }: CodeCheck,
  ): Promise<RouteName> => {
    const { person, accountStatus } = journey.state
    if (!person) return pages.code
    const by = { kind: 'anonymous' } as const
    if (accountStatus === 'privileged')
      await audit.append(tx, { chain: person, kind: 'account.privileged-refused', by })
    else if (active) await audit.append(tx, { chain: person, kind: 'activation.already', by })
    const { event, next } = afterCode({
      person,
      privileged: accountStatus === 'privileged',
      provedAt: at,
      active,
    })
    return (await journeys.advance(tx, journey, event, next)) ? pages[next.step] : pages.code
  }

  /** `null`: another request of this journey claimed the submission. */
  const decide = (asked: Journey<CodeState>, check: CodeCheck): Promise<Decision | null> =>
    store.transaction(async tx => {
      const { subject, network, state } = asked
      const { left } = await activationCodes.left(subject, network, tx)
      const accepted = (await isOpen(tx, asked)) && check.right && left > 0
      const turn = accepted ? state : { ...state, refused: check.answerDigest, wrong: (state.wrong ?? 0) + 1 }
      const journey = await context.claimSubmission(tx, asked, turn)
      if (!journey) return null
      const kind = accepted ? 'activation.code-right' : 'activation.code-wrong'
      await audit.append(tx, { chain: subject, kind, by: { kind: 'anonymous' } })
      return accepted
        ? { leadsTo: await advance(tx, journey, check) }
        : { leadsTo: null, left: await activationCodes.spend(tx, subject, network) }
    })

  const answerTo = async (
    request: HandlerRequest,
    journey: Journey<CodeState>,
    typed: string,
  ): Promise<HandlerResult> => {
    const { subject, network, state } = journey
    const found = await activationCodes.compare({ subject, person: state.person }, typed)
    // Read for every code and every subject: the time of a refusal must not reveal that the code was right.
    const activity = await activationCodes.activity(state.person ?? subject)
    const active = found === 'used' || activity.because !== null ? stoppedBecauseActive(activity) : null
    const answerDigest = createAnswerDigest(request.cookie(journeyCookie) ?? '')(foldAnswer(typed))
    if (state.refused === answerDigest)
      return refuse(request, journey, await activationCodes.left(subject, network), state.wrong ?? 1)
    const decision = await decide(journey, {
      right: found !== null,
      active,
      answerDigest,
      at: request.arrivedAt,
    })
    if (!decision) return context.follow(request, journey)
    return decision.leadsTo
      ? redirect(request.href(decision.leadsTo))
      : refuse(request, journey, decision.left, (state.wrong ?? 0) + 1)
  }

  const get: Handler = async request => {
    const at = await context.guard(request)
    return 'redirected' in at ? at.redirected : page(request, at.journey)
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const { demarche, code } = fields.data
    const at = await context.guard(request)
    if ('redirected' in at) return at.redirected
    if (demarche !== publicRef(at.journey))
      return page(request, at.journey, { problem: { reason: 'journey-other-tab' }, status: 409 })
    if (foldAnswer(code) === '')
      return page(request, at.journey, { problem: { reason: 'activation-code-missing' }, status: 422 })
    return answerTo(request, at.journey, code)
  }

  return { get, post }
}
