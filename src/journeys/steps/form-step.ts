import type { VNode } from 'preact'
import { z } from 'zod'
import { digestOf } from '../../crypto/crypto.ts'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import type { RouteName } from '../../routes.ts'
import type { SetCookie } from '../../web/cookies.ts'
import { optionalField } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { afterOtherJourney, isAfterOtherJourney, publicRef } from './guard.ts'
import type { StepContext } from './step-context.ts'

/** The hidden field of every form of a journey: the journey whose page it was sent from (`publicRef`). */
export const journeyField = { demarche: optionalField(40) }

/** Sent by the script that warns before the journey ends: nothing but its time changes. */
const continueForm = z.object({ ...journeyField, continuer: z.literal('oui') })

/** The form was sent from a page of another journey, in another tab. */
export type OtherTab = { readonly reason: 'journey-other-tab' }
const otherTab: OtherTab = { reason: 'journey-other-tab' }

/** What became of a submitted form: shown again with its problem, moved to a page, or a result of its own. */
export type Submitted<At extends { step: string }, Problem> =
  | {
      readonly kind: 'refused'
      readonly problem: Problem
      /** The journey as it is after the work; by default as it was before. */
      readonly journey?: Journey<At>
    }
  | { readonly kind: 'moved'; readonly to: RouteName; readonly cookies?: readonly SetCookie[] }
  /** Another request of this journey, such as a double click, claimed the submission first: its outcome counts. */
  | { readonly kind: 'concurrent' }
  | HandlerResult

/** A step of a journey that is one form. `submit` claims the submission in the transaction that acts on it. */
export type FormStep<At extends { step: string }, Fields extends { demarche: string }, Problem> = {
  readonly schema: z.ZodType<Fields>
  /** The page of the step; `null`: without a problem. */
  view(
    request: HandlerRequest,
    journey: Journey<At>,
    problem: Problem | OtherTab | null,
  ): VNode | Promise<VNode>
  submit(request: HandlerRequest, journey: Journey<At>, fields: Fields): Promise<Submitted<At, Problem>>
}

async function respond<At extends { step: string }, Fields extends { demarche: string }, Problem>(
  context: StepContext<At>,
  { view }: FormStep<At, Fields, Problem>,
  request: HandlerRequest,
  journey: Journey<At>,
  submitted: Submitted<At, Problem>,
): Promise<HandlerResult> {
  if (submitted.kind === 'concurrent') return context.awaitConcurrent(request, journey)
  if (submitted.kind === 'moved') return redirect(request.href(submitted.to), submitted.cookies)
  if (submitted.kind !== 'refused') return submitted
  const page = await view(request, submitted.journey ?? journey, submitted.problem)
  return { kind: 'page', status: 422, page }
}

/** Gives the journey its time again, within its longest; its page says until when. */
async function extendJourney<At extends { step: string }>(
  context: StepContext<At>,
  request: HandlerRequest,
  ref: string,
): Promise<HandlerResult> {
  const at = await context.guard(request)
  if ('redirected' in at) return at.redirected
  if (ref === publicRef(at.journey)) await context.extend(at.journey)
  return redirect(request.href(context.page))
}

/** The journey of this browser is at another step, or is another one than that of the form: then its page says so. */
function redirectWithNotice(request: HandlerRequest, ref: string, redirected: HandlerResult): HandlerResult {
  const handle = request.cookie(journeyCookie)
  if (redirected.kind !== 'redirect' || !handle || redirected.to.includes('?')) return redirected
  const isOwn = ref === '' || ref === publicRef({ id: digestOf(handle) })
  return isOwn ? redirected : { ...redirected, to: afterOtherJourney(redirected.to) }
}

/**
 * The handlers of every step that is a form, in one order: the body is parsed, the journey must be at this step, the form must
 * be of this journey, then the step claims the submission and acts, and the answer follows from what became of it.
 */
export const createFormStep = <At extends { step: string }, Fields extends { demarche: string }, Problem>(
  context: StepContext<At>,
  step: FormStep<At, Fields, Problem>,
): { readonly get: Handler; readonly post: Handler } => ({
  get: async request => {
    const at = await context.guard(request)
    if ('redirected' in at) return at.redirected
    const notice = isAfterOtherJourney(request) ? otherTab : null
    return { kind: 'page', page: await step.view(request, at.journey, notice) }
  },
  post: async request => {
    const continued = continueForm.safeParse(request.body)
    if (continued.success) return extendJourney(context, request, continued.data.demarche)
    const fields = step.schema.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const at = await context.guard(request)
    if ('redirected' in at) return redirectWithNotice(request, fields.data.demarche, at.redirected)
    const { journey } = at
    if (fields.data.demarche !== publicRef(journey))
      return { kind: 'page', status: 409, page: await step.view(request, journey, otherTab) }
    return respond(context, step, request, journey, await step.submit(request, journey, fields.data))
  },
})
