import type { RouteName } from '../../routes.ts'
import type { Tx } from '../../store/store.ts'
import type { HandlerRequest, HandlerResult } from '../../web/handler.ts'
import type { Journey } from '../journey.ts'
import type { Journeys } from '../journey-store.ts'
import { awaitConcurrent, guard } from './guard.ts'
import type { GivenProof, RecordProof } from './proof.ts'
import type { JourneyDefinition, JourneyOutline, StepDeps } from './steps.ts'

/** What the handlers of one step need of its journey. */
export type StepContext<At extends { step: string }> = {
  readonly definition: JourneyOutline
  readonly page: RouteName
  guard(
    request: HandlerRequest,
  ): Promise<{ readonly journey: Journey<At> } | { readonly redirected: HandlerResult }>
  /** Waits for a concurrent request of this journey, such as a double click, and redirects to its outcome. */
  follow(request: HandlerRequest, journey: Journey<At>): Promise<HandlerResult>
  /** Of one form sent twice at once, a single request is judged; `null` for the other. */
  claimSubmission(tx: Tx, journey: Journey<At>, state: At): Promise<Journey<At> | null>
}

/**
 * The step of a journey that asks for a proof. The handlers of the proof identify the person and report success; the journey
 * decides what follows.
 */
export type ProofStep<At extends { step: string }> = StepContext<At> & {
  /** Advances the journey and returns the next page; `null` when another request advanced it first. */
  proved(tx: Tx, journey: Journey<At>, proof: GivenProof): Promise<RouteName | null>
}

type StepContextDeps<State extends { step: string }, Event extends string> = Pick<
  StepDeps<State, Event>,
  'clock'
> & {
  readonly journeys: Journeys<State, Event>
  readonly definition: JourneyDefinition<State['step']>
}

export const createStepContext = <
  State extends { step: string },
  Event extends string,
  S extends State['step'],
>(
  deps: StepContextDeps<State, Event>,
  step: S,
): StepContext<Extract<State, { step: S }>> => ({
  definition: deps.definition,
  page: deps.definition.pages[step],
  guard: request => guard(deps, request, step),
  follow: (request, journey) => awaitConcurrent(deps, request, journey),
  claimSubmission: deps.journeys.claimSubmission,
})

export const createProofStep = <
  State extends { step: string },
  Event extends string,
  S extends State['step'],
>(
  deps: StepContextDeps<State, Event>,
  step: S,
  after: (proof: GivenProof) => { readonly event: Event; readonly next: State },
  record: RecordProof = async () => {},
): ProofStep<Extract<State, { step: S }>> => ({
  ...createStepContext(deps, step),
  proved: async (tx, journey, proof) => {
    const { event, next } = after(proof)
    const moved = await deps.journeys.advance(tx, journey, event, next)
    if (moved) await record(tx, journey, proof)
    return moved ? deps.definition.pages[next.step as State['step']] : null
  },
})
