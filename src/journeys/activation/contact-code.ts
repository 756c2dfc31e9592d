import { z } from 'zod'
import { directoryUnavailable } from '../../directory/problem.ts'
import { masked } from '../../proofs/sent-code/destination.ts'
import { checkbox, optionalField } from '../../web/form.ts'
import { type HandlerRequest, problem } from '../../web/handler.ts'
import type { Journey } from '../journey.ts'
import { createFormStep, journeyField, type Submitted } from '../steps/form-step.ts'
import { publicRef } from '../steps/guard.ts'
import { journeyDetails } from '../steps/journey-details.ts'
import { createStepContext } from '../steps/step-context.ts'
import { type Active, pages } from './activation.ts'
import { type ContactChannel, nextState, requestOf } from './contact-channels.ts'
import { contactCodePage } from './contact-code.page.tsx'
import type { ActivationDeps } from './deps.ts'
import { continueUnlessSuperseded } from './superseded.ts'

const schema = z.object({
  code: optionalField(40),
  renvoyer: checkbox(),
  changer: checkbox(),
  ...journeyField,
})

type Deps = Pick<
  ActivationDeps,
  | 'clock'
  | 'store'
  | 'journeys'
  | 'definition'
  | 'limits'
  | 'audit'
  | 'directory'
  | 'secondFactor'
  | 'activationCodes'
  | 'contacts'
  | 'codes'
  | 'messages'
  | 'ui'
>

type ChannelDeps = Deps & { readonly channel: ContactChannel }
type ContactCodeState = Active<'address-code'> | Active<'mobile-code'>
type AtCode = Journey<ContactCodeState>
type Problem = NonNullable<Parameters<typeof contactCodePage>[0]['problem']>
type Answered = Promise<Submitted<ContactCodeState, Problem>>

async function view(
  deps: ChannelDeps,
  request: HandlerRequest,
  journey: AtCode,
  { shown = null, sentAgain = false }: { shown?: Problem | null; sentAgain?: boolean },
) {
  const { channel, codes } = deps
  const to = await codes[channel.kind].sentTo(requestOf(journey, channel))
  return contactCodePage({
    ui: deps.ui(request.language),
    channel,
    ref: publicRef(journey),
    to: to && masked(to),
    life: deps.limits.codeLife,
    problem: shown,
    sentAgain,
    open: { until: journey.expiresAt, now: request.arrivedAt },
  })
}

async function change({ channel, store, journeys }: ChannelDeps, journey: AtCode): Answered {
  const next = { step: channel.at, person: journey.state.person }
  const moved = await store.transaction(tx => journeys.advance(tx, journey, 'changed', next))
  return moved ? { kind: 'moved', to: pages[channel.at] } : { kind: 'concurrent' }
}

async function sendAgain(deps: ChannelDeps, request: HandlerRequest, journey: AtCode): Answered {
  const { channel, codes, directory } = deps
  const { person } = journey.state
  const codeRequest = requestOf(journey, channel)
  const [to, found] = [await codes[channel.kind].sentTo(codeRequest), await directory.read(person)]
  if (!found.ok) return problem(directoryUnavailable)
  if (!to) return change(deps, journey)
  const name = found.person?.displayName ?? ''
  const { language } = journey
  const sent = await codes[channel.kind].send({
    codeRequest,
    to,
    person,
    name,
    language,
    network: request.network,
    device: journey.device,
  })
  return sent.ok
    ? { kind: 'page', page: await view(deps, request, journey, { sentAgain: true }) }
    : { kind: 'refused', problem: { reason: sent.reason } }
}

async function confirm(deps: ChannelDeps, journey: AtCode, typed: string): Answered {
  const { channel, store, messages, directory, codes, audit, journeys, contacts } = deps
  const { person } = journey.state
  const by = { kind: 'person', id: person } as const
  const { event, next } = nextState(channel, person, await messages.offered(), 'confirmed')
  const found = await directory.read(person)
  if (!found.ok) return problem(directoryUnavailable)
  const holder = found.person ?? { id: person, addresses: [] }
  const read = await codes[channel.kind].verify(requestOf(journey, channel), typed)
  const tried = await store.transaction(async tx => {
    if (!(await continueUnlessSuperseded(deps, tx, journey))) return null
    const judged = await read.answer.judge(tx, true)
    const right = judged.verdict === 'right'
    const details = journeyDetails(journey)
    await audit.append(tx, { chain: person, kind: right ? 'code.right' : 'code.wrong', by, details })
    if (!right || !(await journeys.advance(tx, journey, event, next))) return judged
    if (!(await contacts.add(tx, holder, judged.destination)))
      await audit.append(tx, {
        chain: person,
        kind: 'contact.added',
        by,
        details: { kind: channel.kind, ...details },
      })
    return judged
  })
  if (!tried) return { kind: 'concurrent' }
  return tried.verdict === 'right'
    ? { kind: 'moved', to: pages[next.step] }
    : { kind: 'refused', problem: tried }
}

/**
 * Checks the code that was sent. A try is counted before the comparison, and the confirmed contact is stored in the transaction
 * that moves the journey.
 */
export const createContactCodeStep = (activationDeps: Deps, channel: ContactChannel) => {
  const deps = { ...activationDeps, channel }
  return createFormStep<ContactCodeState, z.infer<typeof schema>, Problem>(
    createStepContext(deps, channel.code),
    {
      schema,
      view: (request, journey, shown) => view(deps, request, journey, { shown }),
      submit: async (request, journey, { code, renvoyer, changer }) => {
        if (changer) return change(deps, journey)
        if (renvoyer) return sendAgain(deps, request, journey)
        return code.trim() === ''
          ? { kind: 'refused', problem: { reason: 'code-missing' } }
          : confirm(deps, journey, code)
      },
    },
  )
}
