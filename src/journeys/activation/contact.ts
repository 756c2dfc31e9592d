import { z } from 'zod'
import { directoryUnavailable } from '../../directory/problem.ts'
import { type Destination, parseMail } from '../../proofs/code/destination.ts'
import { parseMobile } from '../../proofs/code/mobile.ts'
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
import { type ContactProblem, contactPage } from './contact.page.tsx'
import { type ContactChannel, nextState, requestOf } from './contact-channels.ts'
import type { Deps } from './deps.ts'
import { continueUnlessSuperseded } from './superseded.ts'

const form = z.object({ contact: optionalField(300), passer: checkbox(), demarche: optionalField(40) })

/** A recovery address or a mobile: entered here and confirmed by a code at the next step, or skipped. */
export const createContactStep = (deps: Deps, channel: ContactChannel) => {
  const { store, directory, journeys, codes, contacts, audit, messages } = deps
  const context = createStepContext(deps, channel.at)
  type Here = Extract<Awaited<ReturnType<typeof context.guard>>, { journey: unknown }>['journey']

  const page = async (
    request: HandlerRequest,
    journey: Here,
    refusal: ContactProblem | null = null,
    typed = '',
  ): Promise<HandlerResult> => ({
    kind: 'page',
    status: refusal === null ? 200 : refusal === 'journey-other-tab' ? 409 : 422,
    page: contactPage({
      ui: deps.ui(request.language),
      channel,
      ref: publicRef(journey),
      typed,
      problem: refusal,
      expiresAt: journey.expiresAt,
      offered: channel.kind === 'mail' || (await messages.offered()),
    }),
  })

  const skip = async (request: HandlerRequest, journey: Here): Promise<HandlerResult> => {
    const { event, next } = nextState(channel, journey.state.person, await messages.offered(), 'skipped')
    const moved = await store.transaction(tx => journeys.advance(tx, journey, event, next))
    return moved ? redirect(request.href(pages[next.step])) : context.follow(request, journey)
  }

  const send = async (
    request: HandlerRequest,
    journey: Here,
    to: Destination,
    name: string,
  ): Promise<HandlerResult> => {
    const { person } = journey.state
    const codeRequest = requestOf(journey, channel)
    if (!(await store.transaction(tx => continueUnlessSuperseded(deps, tx, journey))))
      return context.follow(request, journey)
    const sent = await codes.send({
      codeRequest,
      to,
      person,
      name,
      language: journey.language,
      network: request.network,
    })
    if (!sent.ok) return page(request, journey, sent.reason, to)
    const moved = await store.transaction(async tx => {
      await audit.append(tx, {
        chain: person,
        kind: 'code.sent',
        by: { kind: 'person', id: person },
        details: { to: channel.kind },
      })
      return journeys.advance(tx, journey, 'sent', { step: channel.code, person })
    })
    return moved ? redirect(request.href(pages[channel.code])) : context.follow(request, journey)
  }

  const submit = async (request: HandlerRequest, journey: Here, typed: string): Promise<HandlerResult> => {
    const found = await directory.read(journey.state.person)
    if (!found.ok) return problem(directoryUnavailable)
    const parsed = channel.kind === 'mail' ? parseMail(typed) : parseMobile(typed, messages.countries)
    if (!parsed.ok) return page(request, journey, parsed.reason, typed)
    const { id, addresses = [], displayName = '' } = found.person ?? { id: journey.state.person }
    const refusal = await contacts.refusalOf({ id, addresses }, parsed.to)
    return refusal ? page(request, journey, refusal, typed) : send(request, journey, parsed.to, displayName)
  }

  const get: Handler = async request => {
    const at = await context.guard(request)
    return 'redirected' in at ? at.redirected : page(request, at.journey)
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const { demarche, contact, passer } = fields.data
    const at = await context.guard(request)
    if ('redirected' in at) return at.redirected
    if (demarche !== publicRef(at.journey)) return page(request, at.journey, 'journey-other-tab')
    return passer ? skip(request, at.journey) : submit(request, at.journey, contact)
  }

  return { get, post }
}
