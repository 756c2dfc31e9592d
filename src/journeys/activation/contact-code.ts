import { z } from 'zod'
import { directoryUnavailable } from '../../directory/problem.ts'
import { masked } from '../../proofs/code/destination.ts'
import { checkbox, optionalField } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import { publicRef } from '../steps/guard.ts'
import { createStepContext } from '../steps/step-context.ts'
import { pages } from './activation.ts'
import { type ContactChannel, nextState, requestOf } from './contact-channels.ts'
import { contactCodePage } from './contact-code.page.tsx'
import type { Deps } from './deps.ts'
import { continueUnlessSuperseded } from './superseded.ts'

const form = z.object({
  code: optionalField(40),
  renvoyer: checkbox(),
  changer: checkbox(),
  demarche: optionalField(40),
})

type Problem = Parameters<typeof contactCodePage>[0]['problem']

/**
 * Checks the code that was sent. A try is counted before the comparison, and the confirmed contact is stored in the transaction
 * that moves the journey.
 */
export const createContactCodeStep = (deps: Deps, channel: ContactChannel) => {
  const { store, journeys, codes, contacts, audit, directory, messages } = deps
  const context = createStepContext(deps, channel.code)
  type Here = Extract<Awaited<ReturnType<typeof context.guard>>, { journey: unknown }>['journey']

  const page = async (
    request: HandlerRequest,
    journey: Here,
    shownProblem: Problem = null,
    sentAgain = false,
  ): Promise<HandlerResult> => {
    const to = await codes.sentTo(requestOf(journey, channel))
    return {
      kind: 'page',
      status: shownProblem === null ? 200 : shownProblem.reason === 'journey-other-tab' ? 409 : 422,
      page: contactCodePage({
        ui: deps.ui(request.language),
        channel,
        ref: publicRef(journey),
        to: to && masked(to),
        problem: shownProblem,
        sentAgain,
        expiresAt: journey.expiresAt,
      }),
    }
  }

  const change = async (request: HandlerRequest, journey: Here): Promise<HandlerResult> => {
    const next = { step: channel.at, person: journey.state.person }
    const moved = await store.transaction(tx => journeys.advance(tx, journey, 'changed', next))
    return moved ? redirect(request.href(pages[channel.at])) : context.follow(request, journey)
  }

  const sendAgain = async (request: HandlerRequest, journey: Here): Promise<HandlerResult> => {
    const { person } = journey.state
    const codeRequest = requestOf(journey, channel)
    const [to, found] = [await codes.sentTo(codeRequest), await directory.read(person)]
    if (!found.ok) return problem(directoryUnavailable)
    if (!to) return change(request, journey)
    const name = found.person?.displayName ?? ''
    const sent = await codes.send({
      codeRequest,
      to,
      person,
      name,
      language: journey.language,
      network: request.network,
    })
    return sent.ok ? page(request, journey, null, true) : page(request, journey, { reason: sent.reason })
  }

  const confirm = async (request: HandlerRequest, journey: Here, typed: string): Promise<HandlerResult> => {
    const { person } = journey.state
    const by = { kind: 'person', id: person } as const
    const { event, next } = nextState(channel, person, await messages.offered(), 'confirmed')
    const found = await directory.read(person)
    if (!found.ok) return problem(directoryUnavailable)
    const holder = found.person ?? { id: person, addresses: [] }
    const tried = await store.transaction(async tx => {
      if (!(await continueUnlessSuperseded(deps, tx, journey))) return 'elsewhere'
      const judged = await codes.consume(tx, requestOf(journey, channel), typed)
      await audit.append(tx, { chain: person, kind: judged.ok ? 'code.right' : 'code.wrong', by })
      if (!judged.ok || !(await journeys.advance(tx, journey, event, next))) return judged
      if (!(await contacts.add(tx, holder, judged.destination)))
        await audit.append(tx, { chain: person, kind: 'contact.added', by, details: { kind: channel.kind } })
      return judged
    })
    if (tried === 'elsewhere') return context.follow(request, journey)
    return tried.ok ? redirect(request.href(pages[next.step])) : page(request, journey, tried)
  }

  const get: Handler = async request => {
    const at = await context.guard(request)
    return 'redirected' in at ? at.redirected : page(request, at.journey)
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const { demarche, code, renvoyer, changer } = fields.data
    const at = await context.guard(request)
    if ('redirected' in at) return at.redirected
    const { journey } = at
    if (demarche !== publicRef(journey)) return page(request, journey, { reason: 'journey-other-tab' })
    if (changer) return change(request, journey)
    if (renvoyer) return sendAgain(request, journey)
    return code.trim() === ''
      ? page(request, journey, { reason: 'code-missing' })
      : confirm(request, journey, code)
  }

  return { get, post }
}
