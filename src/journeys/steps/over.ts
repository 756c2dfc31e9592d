import { type Handler, type HandlerResult, redirect } from '../../web/handler.ts'
import type { Journey } from '../journey.ts'
import { placeWithout } from './guard.ts'
import { overPage } from './over.page.tsx'
import type { AtOver, StepParts } from './steps.ts'

const isOver = <State extends { step: string }>(
  journey: Journey<State> | null,
): journey is Journey<State> & { readonly state: AtOver } => journey?.state.step === 'over'

/** Where a journey ended before its last page, and how to go on. Whoever stands elsewhere is led there. */
export const over =
  <State extends { step: string }, Event extends string>(parts: StepParts<State, Event>): Handler =>
  async request => {
    const { journeys, definition } = parts
    const handle = request.cookie('journey')
    const journey = handle ? await journeys.find(handle) : null
    if (journey && !isOver(journey))
      return redirect(request.href(definition.pages[journey.state.step as State['step']]))
    if (!journey && handle) {
      const page = await placeWithout(parts, handle)
      if (page !== definition.pages.over) return redirect(request.href(page))
    }
    const why = journey ? journey.state.why : 'journey-expired'
    return {
      kind: 'page',
      status: 410,
      page: overPage({ ui: parts.ui(request.language), definition, why }),
    } satisfies HandlerResult
  }
