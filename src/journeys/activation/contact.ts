import { z } from 'zod'
import { directoryUnavailable } from '../../directory/problem.ts'
import type { Destination } from '../../proofs/sent-code/destination.ts'
import { checkbox, optionalField } from '../../web/form.ts'
import { type HandlerRequest, problem } from '../../web/handler.ts'
import type { Journey } from '../journey.ts'
import { createFormStep, journeyField, type Submitted } from '../steps/form-step.ts'
import { publicRef } from '../steps/guard.ts'
import { journeyDetails } from '../steps/journey-details.ts'
import { createStepContext } from '../steps/step-context.ts'
import { type Active, pages } from './activation.ts'
import { type ContactProblem, contactPage } from './contact.page.tsx'
import { type ContactChannel, nextState, requestOf } from './contact-channels.ts'
import type { ActivationDeps } from './deps.ts'
import { continueUnlessSuperseded } from './superseded.ts'

const schema = z.object({ contact: optionalField(300), passer: checkbox(), ...journeyField })

type Deps = Pick<
  ActivationDeps,
  | 'clock'
  | 'store'
  | 'journeys'
  | 'definition'
  | 'audit'
  | 'directory'
  | 'secondFactor'
  | 'activationCodes'
  | 'accessMethods'
  | 'contacts'
  | 'codes'
  | 'messages'
  | 'readDestination'
  | 'ui'
>

type ChannelDeps = Deps & { readonly channel: ContactChannel }
type ContactState = Active<'address'> | Active<'mobile'>
type AtContact = Journey<ContactState>

/** Why a contact was refused, with what was typed. */
type Refusal = { readonly reason: ContactProblem; readonly typed?: string }
type Answered = Promise<Submitted<ContactState, Refusal>>

const refused = (reason: ContactProblem, typed: string) =>
  ({ kind: 'refused', problem: { reason, typed } }) as const

async function view(deps: ChannelDeps, request: HandlerRequest, journey: AtContact, shown: Refusal | null) {
  const { channel, messages, accessMethods } = deps
  return contactPage({
    ui: deps.ui(request.language),
    channel,
    ref: publicRef(journey),
    typed: shown?.typed ?? '',
    problem: shown?.reason ?? null,
    open: { until: journey.expiresAt, now: request.arrivedAt },
    unchangedUntil: await accessMethods.unchangedUntil(journey.state.person),
    offered: channel.kind === 'mail' || (await messages.offered()),
  })
}

async function skip({ channel, messages, store, journeys }: ChannelDeps, journey: AtContact): Answered {
  const { event, next } = nextState(channel, journey.state.person, await messages.offered(), 'skipped')
  const moved = await store.transaction(tx => journeys.advance(tx, journey, event, next))
  return moved ? { kind: 'moved', to: pages[next.step] } : { kind: 'concurrent' }
}

async function send(
  deps: ChannelDeps,
  request: HandlerRequest,
  journey: AtContact,
  to: Destination,
  name: string,
): Answered {
  const { channel, store, codes, audit, journeys } = deps
  const { person } = journey.state
  if (!(await store.transaction(tx => continueUnlessSuperseded(deps, tx, journey))))
    return { kind: 'concurrent' }
  const sent = await codes[channel.kind].send({
    codeRequest: requestOf(journey, channel),
    to,
    person,
    name,
    language: journey.language,
    network: request.network,
    device: journey.device,
  })
  if (!sent.ok) return refused(sent.reason, to)
  const moved = await store.transaction(async tx => {
    await audit.append(tx, {
      chain: person,
      kind: 'code.sent',
      by: { kind: 'person', id: person },
      details: { to: channel.kind, ...journeyDetails(journey) },
    })
    return journeys.advance(tx, journey, 'sent', { step: channel.code, person })
  })
  return moved ? { kind: 'moved', to: pages[channel.code] } : { kind: 'concurrent' }
}

async function enter(
  deps: ChannelDeps,
  request: HandlerRequest,
  journey: AtContact,
  typed: string,
): Answered {
  const { channel, directory, readDestination, contacts, accessMethods } = deps
  const found = await directory.read(journey.state.person)
  if (!found.ok) return problem(directoryUnavailable)
  const parsed = await readDestination(channel.kind, typed)
  if (!parsed.ok) return refused(parsed.reason, typed)
  // An account that the helpdesk opened again, whose owner confirmed another before.
  if ((await accessMethods.unchangedUntil(journey.state.person)) !== null)
    return refused('contacts-unchanged', typed)
  const { id, addresses = [], displayName = '' } = found.person ?? { id: journey.state.person }
  const reason = await contacts.refusalOf({ id, addresses }, parsed.to)
  return reason ? refused(reason, typed) : send(deps, request, journey, parsed.to, displayName)
}

/** A recovery address or a mobile: entered here and confirmed by a code at the next step, or skipped. */
export const createContactStep = (activationDeps: Deps, channel: ContactChannel) => {
  const deps = { ...activationDeps, channel }
  return createFormStep<ContactState, z.infer<typeof schema>, Refusal>(createStepContext(deps, channel.at), {
    schema,
    view: (request, journey, shown) => view(deps, request, journey, shown),
    submit: (request, journey, { passer, contact }) =>
      passer ? skip(deps, journey) : enter(deps, request, journey, contact),
  })
}
