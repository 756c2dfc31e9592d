import { digestOf } from '../../keys.ts'
import type { RouteName } from '../../routes.ts'
import { type Answer, type Ask, go, problem } from '../../web/ask.ts'
import type { Journey } from '../journey.ts'
import type { Parts } from './parts.ts'
import { pages, type State, type Step } from './password.ts'

/**
 * One guard for all steps: whoever comes is on the page of their state, or is led there. No handler asks again.
 */
export type At<S extends Step> = Journey<Extract<State, { step: S }>>

type Guarded<S extends Step> = { readonly journey: At<S> } | { readonly elsewhere: Answer }

/** Names a journey in its forms without opening it: a tab left over from another journey is noticed. */
export const publicRef = (journey: { readonly id: string }) => digestOf(journey.id).slice(0, 16)

const isAt = <S extends Step>(journey: Journey<State>, step: S): journey is At<S> =>
  journey.state.step === step

export const guard = async <S extends Step>(parts: Parts, ask: Ask, step: S): Promise<Guarded<S>> => {
  const handle = ask.cookie('journey')
  const journey = handle ? await parts.journeys.find(handle) : null
  if (!journey) return { elsewhere: handle ? go(ask.href('journeyOver')) : go(ask.href('chooseNumber')) }
  if (!isAt(journey, step)) return { elsewhere: go(ask.href(pages[journey.state.step] satisfies RouteName)) }
  return { journey }
}

/** Another request of this journey, a double click, is being answered: its outcome is this one's too. */
export const followOther = async (parts: Parts, ask: Ask, journey: Journey<State>): Promise<Answer> => {
  const until = parts.clock.now() + 5000
  for (;;) {
    const now = await parts.journeys.find(ask.cookie('journey') ?? '')
    if (!now) return go(ask.href('journeyOver'))
    if (now.version !== journey.version || now.refusals !== journey.refusals)
      return go(ask.href(pages[now.state.step]))
    if (parts.clock.now() > until) return problem('busy', { retryAfter: 5 })
    await parts.clock.sleep(100)
  }
}
