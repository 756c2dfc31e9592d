import type { Clock } from '../../clock.ts'
import { digestOf } from '../../crypto/crypto.ts'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import { startSlugs } from '../../routes.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import type { FoundState } from '../journey-kind.ts'
import { pageOf } from '../journey-pages.ts'
import { type JourneyDefinition, pageOfState } from './steps.ts'

/** A journey, known to be at this step. */
export type JourneyAtStep<State extends { step: string }, S extends State['step']> = Journey<
  Extract<State, { step: S }>
>

type GuardDeps<State extends { step: string }> = {
  readonly clock: Clock
  readonly journeys: {
    find(handle: string): Promise<Journey<State> | null>
    findState(handle: string): Promise<FoundState | null>
  }
  readonly definition: JourneyDefinition<State['step']>
}

type Guarded<State extends { step: string }, S extends State['step']> =
  | { readonly journey: JourneyAtStep<State, S> }
  | { readonly redirected: HandlerResult }

/**
 * Identifies the journey in its forms without giving access to it, so that a form of an older journey in another tab is
 * refused.
 */
export const publicRef = (journey: { readonly id: string }) => digestOf(journey.id).slice(0, 16)

const isAt = <State extends { step: string }, S extends State['step']>(
  journey: Journey<State>,
  step: S,
): journey is Journey<State> & JourneyAtStep<State, S> => journey.state.step === step

/**
 * One guard for the steps of all journeys: a browser whose journey is at another step is redirected to the page of that step.
 * Only `stopped.ts` does without it, because it also answers a browser whose journey has expired.
 */
export const guard = async <State extends { step: string }, S extends State['step']>(
  { journeys, definition }: GuardDeps<State>,
  request: HandlerRequest,
  step: S,
): Promise<Guarded<State, S>> => {
  const handle = request.cookie(journeyCookie)
  const journey = handle ? await journeys.find(handle) : null
  if (!journey)
    return {
      redirected: redirect(await addressWithoutJourney({ journeys, definition }, request)),
    }
  if (!isAt(journey, step))
    return { redirected: redirect(request.href(pageOfState(definition, journey.state))) }
  return { journey }
}

/** The query by which the page of a journey says that it is another one than the person came from. */
const otherJourney = 'autre'
export const afterOtherJourney = (address: string) => `${address}?${otherJourney}=oui`
export const isAfterOtherJourney = (request: Pick<HandlerRequest, 'query'>) =>
  request.query(otherJourney) === 'oui'

/**
 * For a browser without a journey of this kind: the page of its journey of another kind, or « expired ». Without a cookie, it
 * refuses cookies, or lost them, or never had a journey: the page says so, instead of an empty first step again and again.
 */
export const addressWithoutJourney = async <State extends { step: string }>(
  { journeys, definition }: Omit<GuardDeps<State>, 'clock'>,
  request: HandlerRequest,
) => {
  const handle = request.cookie(journeyCookie)
  if (!handle) return request.href('journeyMissing', { start: startSlugs[definition.choose] })
  const other = await journeys.findState(handle)
  const page = other && pageOf(other)
  return page ? afterOtherJourney(request.href(page)) : request.href(definition.pages.stopped)
}

/**
 * Another request of this journey, such as a double click, is being processed: waits for it and redirects to its
 * outcome.
 */
export const awaitConcurrent = async <State extends { step: string }>(
  { journeys, definition, clock }: GuardDeps<State>,
  request: HandlerRequest,
  journey: Pick<Journey<State>, 'version' | 'refusals'>,
): Promise<HandlerResult> => {
  const until = clock.now() + 5000
  for (;;) {
    const now = await journeys.find(request.cookie(journeyCookie) ?? '')
    if (!now) return redirect(request.href(definition.pages.stopped))
    if (now.version !== journey.version || now.refusals !== journey.refusals)
      return redirect(request.href(pageOfState(definition, now.state)))
    if (clock.now() > until) return problem(busy, { retryAfter: 5 })
    await clock.sleep(100)
  }
}
