import type { PersonId } from '../../directory/directory.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { RouteName } from '../../routes.ts'
import type { Tx } from '../../store/store.ts'
import type { HandlerRequest, HandlerResult } from '../../web/handler.ts'
import type { Journey, Journeys } from '../journey.ts'
import { awaitConcurrent, guard } from './guard.ts'
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
  proved(tx: Tx, journey: Journey<At>, proof: Proof): Promise<RouteName | null>
}

/** `answerDigest`: keyed digest of the answer, so that a later step can recognise it. */
export type Proof = {
  readonly person: PersonId
  readonly privileged: boolean
  readonly answerDigest: string
  /** When the proof was given. Replacing or removing its factor or joker later revokes it. */
  readonly provedAt: number
  /** The person has a second factor and has not used it yet in this journey. */
  readonly asksFactor: boolean
  /** The second factor that was used; `null`: none. */
  readonly factor: ShownFactor | null
}

/** Records a successful proof, in the transaction that moves the journey. */
export type RecordProof = (
  tx: Tx,
  journey: Pick<Journey<{ step: string }>, 'id' | 'language'>,
  proof: Proof,
) => Promise<void>

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
  after: (proof: Proof) => { readonly event: Event; readonly next: State },
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
