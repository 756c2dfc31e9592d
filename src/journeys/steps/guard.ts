import type { Clock } from '../../clock.ts'
import { digestOf } from '../../keys.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import type { Journey } from '../journey.ts'
import { pageOf } from '../registry.ts'
import type { JourneyDefinition } from './steps.ts'

/**
 * One guard for all steps of all journeys: whoever comes is on the page of their state, or is led there. No handler
 * asks again.
 */
export type JourneyAtStep<State extends { step: string }, S extends State['step']> = Journey<
  Extract<State, { step: S }>
>

type Walk<State extends { step: string }> = {
  readonly clock: Clock
  readonly journeys: {
    find(handle: string): Promise<Journey<State> | null>
    findState(handle: string): Promise<{ kind: string; step: string } | null>
  }
  readonly definition: JourneyDefinition<State['step']>
}

type Guarded<State extends { step: string }, S extends State['step']> =
  | { readonly journey: JourneyAtStep<State, S> }
  | { readonly redirected: HandlerResult }

/** Names a journey in its forms without opening it: a tab left over from another journey is noticed. */
export const publicRef = (journey: { readonly id: string }) => digestOf(journey.id).slice(0, 16)

const isAt = <State extends { step: string }, S extends State['step']>(
  journey: Journey<State>,
  step: S,
): journey is Journey<State> & JourneyAtStep<State, S> => journey.state.step === step

export const guard = async <State extends { step: string }, S extends State['step']>(
  { journeys, definition }: Walk<State>,
  request: HandlerRequest,
  step: S,
): Promise<Guarded<State, S>> => {
  const handle = request.cookie('journey')
  const journey = handle ? await journeys.find(handle) : null
  if (!journey)
    return {
      redirected: redirect(request.href(await redirectWithoutJourney({ journeys, definition }, handle))),
    }
  if (!isAt(journey, step)) return { redirected: redirect(request.href(pageIn(definition, journey.state))) }
  return { journey }
}

/** This browser has no journey of this kind: another one goes on, it expired, or nothing was begun. */
export const redirectWithoutJourney = async <State extends { step: string }>(
  { journeys, definition }: Omit<Walk<State>, 'clock'>,
  handle: string | null,
) => {
  if (!handle) return definition.choose
  const other = await journeys.findState(handle)
  return (other && pageOf(other)) ?? definition.pages.stopped
}

const pageIn = <State extends { step: string }>(definition: JourneyDefinition<State['step']>, state: State) =>
  definition.pages[state.step as State['step']]

/** Another request of this journey, a double click, is being answered: its outcome is this one's too. */
export const awaitConcurrent = async <State extends { step: string }>(
  { journeys, definition, clock }: Walk<State>,
  request: HandlerRequest,
  journey: Pick<Journey<State>, 'version' | 'refusals'>,
): Promise<HandlerResult> => {
  const until = clock.now() + 5000
  for (;;) {
    const now = await journeys.find(request.cookie('journey') ?? '')
    if (!now) return redirect(request.href(definition.pages.stopped))
    if (now.version !== journey.version || now.refusals !== journey.refusals)
      return redirect(request.href(pageIn(definition, now.state)))
    if (clock.now() > until) return problem('busy', { retryAfter: 5 })
    await clock.sleep(100)
  }
}
