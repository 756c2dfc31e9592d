import type { PersonId } from '../../directory/directory.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { RouteName } from '../../routes.ts'
import type { Tx } from '../../store/store.ts'
import type { HandlerRequest, HandlerResult } from '../../web/handler.ts'
import type { Journey, Journeys } from '../journey.ts'
import { awaitConcurrent, guard } from './guard.ts'
import type { JourneyDefinition, JourneyOutline, StepDeps } from './steps.ts'

/** One state of a journey, as its page sees it. */
export type StepContext<At extends { step: string }> = {
  readonly definition: JourneyOutline
  readonly page: RouteName
  guard(
    request: HandlerRequest,
  ): Promise<{ readonly journey: Journey<At> } | { readonly redirected: HandlerResult }>
  /** The outcome of another request of this journey, a double click, is this one's too. */
  follow(request: HandlerRequest, journey: Journey<At>): Promise<HandlerResult>
  /** Of a form sent twice at once, one is judged. */
  claimSubmission(tx: Tx, journey: Journey<At>, state: At): Promise<Journey<At> | null>
}

/**
 * The step of a journey that asks for a proof. The proof asks who is there and says when it holds; what that leads to is the
 * journey's business.
 */
export type ProofStep<At extends { step: string }> = StepContext<At> & {
  /** Moves on, and names the page; `null` when another request moved first. */
  proved(tx: Tx, journey: Journey<At>, proof: Proof): Promise<RouteName | null>
}

/** `mark`: what the person gave, so that a later step may know it again. */
export type Proof = {
  readonly person: PersonId
  readonly privileged: boolean
  readonly mark: string
  /** When it was shown: what replaces or removes it later revokes it. */
  readonly shownAt: number
  /** The person has a second factor, and did not show it yet. */
  readonly asksFactor: boolean
  /** The one that was shown; `null`: none. */
  readonly factor: ShownFactor | null
}

/** What a proof that holds leaves behind, in the transaction that moves the journey. */
export type RecordProof = (
  tx: Tx,
  journey: Pick<Journey<{ step: string }>, 'id' | 'language'>,
  proof: Proof,
) => Promise<void>

type Walk<State extends { step: string }, Event extends string> = Pick<StepDeps<State, Event>, 'clock'> & {
  readonly journeys: Journeys<State, Event>
  readonly definition: JourneyDefinition<State['step']>
}

export const createStepContext = <
  State extends { step: string },
  Event extends string,
  S extends State['step'],
>(
  deps: Walk<State, Event>,
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
  deps: Walk<State, Event>,
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
