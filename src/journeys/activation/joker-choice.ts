import { z } from 'zod'
import { newId } from '../../crypto/crypto.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import type { HashRefusal } from '../../hashing/hashing.ts'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import { emptyChoice } from '../../proofs/joker/choice.fields.tsx'
import {
  answerInPassword,
  type Choice,
  type ChoiceProblem,
  choiceForm,
  choiceProblems,
  readChoice,
} from '../../proofs/joker/choice.ts'
import { type HandlerRequest, problem } from '../../web/handler.ts'
import { busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { isInPassword } from '../steps/candidate.ts'
import { createFormStep, journeyField, type OtherTab, type Submitted } from '../steps/form-step.ts'
import { publicRef } from '../steps/guard.ts'
import { journeyDetails } from '../steps/journey-details.ts'
import { createStepContext } from '../steps/step-context.ts'
import type { State } from './activation.ts'
import type { ActivationDeps } from './deps.ts'
import { jokerChoicePage } from './joker-choice.page.tsx'
import { continueUnlessSuperseded } from './superseded.ts'

const schema = z.object({ ...choiceForm, ...journeyField })
type Fields = z.infer<typeof schema>

type Deps = Pick<
  ActivationDeps,
  | 'clock'
  | 'store'
  | 'journeys'
  | 'definition'
  | 'audit'
  | 'directory'
  | 'notices'
  | 'joker'
  | 'secondFactor'
  | 'activationCodes'
  | 'revocations'
  | 'freeQuestions'
  | 'ui'
>

type JokerChoiceState = Extract<State, { step: 'joker' }>
type AtChoice = Journey<JokerChoiceState>

/** Why a choice was refused, with what was typed. */
type Refusal = { readonly problems: readonly ChoiceProblem[]; readonly fields: Fields }

const problemsOf = (shown: Refusal | OtherTab | null): readonly ChoiceProblem[] => {
  if (!shown) return []
  return 'problems' in shown ? shown.problems : [{ field: null, reason: shown.reason }]
}

const view = (deps: Deps, request: HandlerRequest, journey: AtChoice, shown: Refusal | OtherTab | null) =>
  jokerChoicePage({
    ui: deps.ui(request.language),
    ref: publicRef(journey),
    chosen: shown && 'fields' in shown ? shown.fields : emptyChoice,
    freeQuestions: deps.freeQuestions,
    problems: problemsOf(shown),
    open: { until: journey.expiresAt, now: request.arrivedAt },
  })

async function save(
  deps: Deps,
  journey: AtChoice,
  { question, free, answer }: Choice,
): Promise<HashRefusal | null> {
  const { store, clock, joker, journeys, notices, audit, revocations } = deps
  const { person } = journey.state
  const hashed = await joker.hashAnswer(answer, { network: journey.network, queueKey: journey.id })
  if (!hashed.ok) return hashed.reason
  await store.transaction(async tx => {
    await revocations.lockPersonRow(tx, person)
    const activity = await continueUnlessSuperseded(deps, tx, journey)
    if (!activity || !(await journeys.advance(tx, journey, 'chosen', { step: 'address', person }))) return
    await joker.set(tx, { person, question, free, kept: hashed.kept })
    const details = journeyDetails(journey)
    await audit.append(tx, { chain: person, kind: 'joker.set', by: { kind: 'person', id: person }, details })
    if (!activity.joker) return
    // A journey that passed with the old answer must not write a password any more.
    await revocations.revokeProofs(tx, person)
    const facts = { at: clock.now(), event: `joker-set:${newId()}`, device: journey.device }
    await notices.write(tx, { kind: 'joker-changed', person, facts, language: journey.language })
  })
  return null
}

async function submit(
  deps: Deps,
  request: HandlerRequest,
  journey: AtChoice,
  fields: Fields,
): Promise<Submitted<JokerChoiceState, Refusal>> {
  const found = await deps.directory.read(journey.state.person)
  if (!found.ok) return problem(directoryUnavailable)
  const choice = readChoice(fields, deps.freeQuestions)
  const problems = choiceProblems(choice, found.person, language => deps.ui(language).say)
  const handle = request.cookie(journeyCookie) ?? ''
  if (isInPassword(handle, journey.state.substringDigests ?? [], choice.answer))
    problems.push(answerInPassword)
  if (problems.length > 0) return { kind: 'refused', problem: { problems, fields } }
  const refusal = await save(deps, journey, choice)
  // Saved by this request or by another one: the page of the journey's step follows.
  return refusal && refusal !== 'hashing-twice' ? problem(busy, { retryAfter: 5 }) : { kind: 'concurrent' }
}

/** Chooses the joker: a question, and an answer that is hard to guess and is not a part of the new password. */
export const createJokerChoiceStep = (deps: Deps) =>
  createFormStep<JokerChoiceState, Fields, Refusal>(createStepContext(deps, 'joker'), {
    schema,
    view: (request, journey, shown) => view(deps, request, journey, shown),
    submit: (request, journey, fields) => submit(deps, request, journey, fields),
  })
