import type { PersonId, Population } from '../../directory/directory.ts'
import type { ProofPolicy } from '../../proofs/policy/policy.ts'
import { isFactorKind, type RecoveryKind } from '../../proofs/proof-registry.ts'
import type { RouteName } from '../../routes.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type HandlerRequest, type HandlerResult, redirect } from '../../web/handler.ts'
import type { Journey, Proved } from '../journey.ts'
import type { Journeys } from '../journey-store.ts'
import { awaitConcurrent, guard } from './guard.ts'
import type { GivenProof, RecordProof, RightAnswer } from './right-answer.ts'
import { type JourneyDefinition, type JourneyOutline, pageOfState, type StepDeps } from './steps.ts'
import { stoppedPage } from './stopped.page.tsx'

/** What the handlers of one step need of its journey. */
export type StepContext<At extends { step: string }> = {
  readonly definition: JourneyOutline
  readonly page: RouteName
  guard(
    request: HandlerRequest,
  ): Promise<{ readonly journey: Journey<At> } | { readonly redirected: HandlerResult }>
  /** Waits for a concurrent request of this journey, such as a double click, and redirects to its outcome. */
  awaitConcurrent(request: HandlerRequest, journey: Journey<At>): Promise<HandlerResult>
  /** Gives the journey its time again, as an accepted step does, and within its longest. */
  extend(journey: Journey<At>): Promise<unknown>
  /** Of one form sent twice at once, a single request is judged; `null` for the other. */
  claimSubmission(tx: Tx, journey: Journey<At>, state: At): Promise<Journey<At> | null>
}

/**
 * The step of a journey that asks for a proof. The handlers of the proof identify the person and report a right answer; the policy and
 * the journey decide what follows.
 */
export type ProofStep<At extends { step: string }> = StepContext<At> & {
  /** The proofs that the policy offers now: the same for known and unknown people until one was given. */
  offered(journey: Journey<At>): readonly RecoveryKind[]
  pageOf(state: At): RouteName
  /** The page where a proof is chosen. */
  readonly choice: RouteName
  /** Adds a right answer to what the journey has proved, and returns the next page; `null` when another request moved it first. */
  proved(tx: Tx, journey: Journey<At>, answer: RightAnswer): Promise<RouteName | null>
}

type StepContextDeps<State extends { step: string }, Event extends string> = Pick<
  StepDeps<State, Event>,
  'clock' | 'store'
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
  awaitConcurrent: (request, journey) => awaitConcurrent(deps, request, journey),
  extend: journey => deps.store.transaction(tx => deps.journeys.extend(tx, journey)),
  claimSubmission: deps.journeys.claimSubmission,
})

type Move<State, Event> = { readonly event: Event; readonly next: State }

export type ProofStepRules<State extends { step: string }, Event extends string, S extends State['step']> = {
  /** What follows once the policy is met. */
  readonly after: (proof: GivenProof) => Move<State, Event>
  /** What follows while it is not; absent: the step is reached only by who met it, and nothing moves. */
  readonly continued?: (
    state: Extract<State, { step: S }>,
    answer: RightAnswer,
    offered: readonly RecoveryKind[],
  ) => Move<State, Event>
  readonly record?: RecordProof
  /** The proof that this page asks for; absent: it is the page of the choice, or asks for any second factor. */
  readonly proof?: RecoveryKind
}

/** The factor among the proofs of a journey; `null`: there is none. */
const factorIn = (kinds: Iterable<string>) => [...kinds].find(isFactorKind) ?? null

const givenProofOf = (proved: Proved, { kind, at, hasFactor, ...prover }: RightAnswer): GivenProof => {
  const factor = factorIn([kind, ...proved.keys()])
  return {
    ...prover,
    provedAt: Math.min(at, ...proved.values()),
    factor,
    asksFactor: hasFactor && factor === null,
  }
}

const askedIn = <State extends { step: string }>(
  { definition }: { readonly definition: JourneyDefinition<State['step']> },
  state: State,
) => {
  const populations = 'populations' in state ? (state.populations as readonly Population[]) : []
  return { journey: definition.journey, populations }
}

type ProofPages<At extends { step: string }> = {
  readonly offered: (journey: Journey<At>) => readonly RecoveryKind[]
  /** Whether no answer leads on: the policy was changed since the journey came here. */
  readonly isStuck: (journey: Journey<At>) => boolean
  readonly stopped: (request: HandlerRequest) => HandlerResult
  readonly proof: RecoveryKind | undefined
  readonly choice: RouteName
}

/**
 * Only a proof that the policy offers now has a page: a request for another is redirected to the choice. Where no answer leads on, the page
 * says so before one is judged: a code would be used up for nothing.
 */
const guardOf =
  <At extends { step: string }>(
    context: StepContext<At>,
    { offered, isStuck, stopped, proof, choice }: ProofPages<At>,
  ): StepContext<At>['guard'] =>
  async request => {
    const at = await context.guard(request)
    if ('redirected' in at) return at
    if (isStuck(at.journey)) return { redirected: stopped(request) }
    return !proof || offered(at.journey).includes(proof) ? at : { redirected: redirect(request.href(choice)) }
  }

type ProofStepNeeds = {
  readonly policy: ProofPolicy
  readonly ui: (language: Language) => Ui
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
}

/**
 * The policy sees only the proofs given in the journey, this answer included. Lock order: the person's row, then the journey, as wherever
 * means of proof are replaced. Before the first proof no person's row is locked, so that known and unknown people cost the same.
 */
export const createProofStep = <
  State extends { step: string },
  Event extends string,
  S extends State['step'],
>(
  deps: StepContextDeps<State, Event> & ProofStepNeeds,
  step: S,
  { after, continued, record, proof }: ProofStepRules<State, Event, S>,
): ProofStep<Extract<State, { step: S }>> => {
  const { definition, policy, journeys, revocations } = deps
  const context = createStepContext(deps, step)
  const choice = definition.pages[step]
  const offered = ({ state, proved }: Journey<Extract<State, { step: S }>>) =>
    policy.offered(askedIn(deps, state), new Set(proved.keys()))
  const isStuck = (journey: Journey<Extract<State, { step: S }>>) =>
    continued
      ? offered(journey).length === 0
      : !policy.isMet(askedIn(deps, journey.state), new Set(journey.proved.keys()))
  const stopped = ({ language }: HandlerRequest): HandlerResult => ({
    kind: 'page',
    status: 410,
    page: stoppedPage({ ui: deps.ui(language), definition, why: 'proofs-missing' }),
  })
  return {
    ...context,
    guard: guardOf(context, { offered, isStuck, stopped, proof, choice }),
    page: (proof && definition.proofPages?.[proof]) ?? choice,
    choice,
    offered,
    pageOf: state => pageOfState(definition, state),
    claimSubmission: async (tx, journey, state) => {
      const person = journey.proved.size > 0 && 'person' in journey.state && journey.state.person
      if (person) await revocations.lockPersonRow(tx, person as PersonId)
      return context.claimSubmission(tx, journey, state)
    },
    proved: async (tx, journey, answer) => {
      const { kind, at, populations } = answer
      const asked = { journey: definition.journey, populations }
      const kinds = new Set([...journey.proved.keys(), kind])
      const isMet = policy.isMet(asked, kinds)
      const givenProof = givenProofOf(journey.proved, answer)
      const move = isMet
        ? after(givenProof)
        : continued?.(journey.state, answer, policy.offered(asked, kinds))
      const moved = move && (await journeys.prove(tx, journey, { kind, at, ...move }))
      if (!moved) return null
      if (isMet) await record?.(tx, journey, givenProof)
      return pageOfState(definition, move.next)
    },
  }
}
