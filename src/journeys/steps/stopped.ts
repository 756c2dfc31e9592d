import { journeyCookie } from '../../identity/journey-cookie.ts'
import { type Handler, type HandlerResult, redirect } from '../../web/handler.ts'
import type { Journey } from '../journey.ts'
import { addressWithoutJourney } from './guard.ts'
import { pageOfState, type StepDeps, type StoppedState } from './steps.ts'
import { stoppedPage } from './stopped.page.tsx'

const isStopped = <State extends { step: string }>(
  journey: Journey<State> | null,
): journey is Journey<State> & { readonly state: StoppedState } => journey?.state.step === 'stopped'

/**
 * The page of a journey that ended before its last step. A journey at another step is redirected to the page of that
 * step.
 */
export const createStoppedHandler =
  <State extends { step: string }, Event extends string>(
    deps: Pick<StepDeps<State, Event>, 'journeys' | 'definition' | 'ui'>,
  ): Handler =>
  async request => {
    const { journeys, definition } = deps
    const handle = request.cookie(journeyCookie)
    const journey = handle ? await journeys.find(handle) : null
    if (journey && !isStopped(journey)) return redirect(request.href(pageOfState(definition, journey.state)))
    if (!journey && handle) {
      const address = await addressWithoutJourney(deps, request)
      if (address !== request.href(definition.pages.stopped)) return redirect(address)
    }
    const why = journey ? journey.state.why : 'journey-expired'
    return {
      kind: 'page',
      status: 410,
      page: stoppedPage({ ui: deps.ui(request.language), definition, why }),
    } satisfies HandlerResult
  }
