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
import { optionalField } from '../../web/form.ts'
import { type Handler, type HandlerRequest, type HandlerResult, problem } from '../../web/handler.ts'
import { badRequest, busy } from '../../web/problems.ts'
import { isInPassword } from '../steps/candidate.ts'
import { publicRef } from '../steps/guard.ts'
import { createStepContext } from '../steps/step-context.ts'
import type { Deps } from './deps.ts'
import { jokerPage } from './joker.page.tsx'
import { continueUnlessSuperseded } from './superseded.ts'

const form = z.object({ ...choiceForm, demarche: optionalField(40) })
type Fields = z.infer<typeof form>

/** Chooses the joker: a question, and an answer that is hard to guess and is not a part of the new password. */
export const createJokerChoiceStep = (deps: Deps) => {
  const { store, clock, directory, joker, journeys, notices, audit, freeQuestions } = deps
  const context = createStepContext(deps, 'joker')
  type Here = Extract<Awaited<ReturnType<typeof context.guard>>, { journey: unknown }>['journey']

  const page = (
    request: HandlerRequest,
    journey: Here,
    problems: readonly ChoiceProblem[] = [],
    chosen = emptyChoice,
  ): HandlerResult => ({
    kind: 'page',
    status: problems.length === 0 ? 200 : problems[0]?.reason === 'journey-other-tab' ? 409 : 422,
    page: jokerPage({
      ui: deps.ui(request.language),
      ref: publicRef(journey),
      chosen,
      freeQuestions,
      problems,
      expiresAt: journey.expiresAt,
    }),
  })

  const save = async (journey: Here, { question, free, answer }: Choice): Promise<HashRefusal | null> => {
    const { person } = journey.state
    const hashed = await joker.hashAnswer(answer, { network: journey.network, queueKey: journey.id })
    if (!hashed.ok) return hashed.reason
    await store.transaction(async tx => {
      const activity = await continueUnlessSuperseded(deps, tx, journey)
      if (!activity || !(await journeys.advance(tx, journey, 'chosen', { step: 'address', person }))) return
      await joker.set(tx, { person, question, free, kept: hashed.kept })
      await audit.append(tx, { chain: person, kind: 'joker.set', by: { kind: 'person', id: person } })
      if (!activity.joker) return
      const facts = { at: clock.now(), event: `joker-set:${newId()}` }
      await notices.write(tx, { kind: 'joker-changed', person, facts, language: journey.language })
    })
    return null
  }

  const submit = async (request: HandlerRequest, journey: Here, fields: Fields): Promise<HandlerResult> => {
    const found = await directory.read(journey.state.person)
    if (!found.ok) return problem(directoryUnavailable)
    const choice = readChoice(fields, freeQuestions)
    const problems = choiceProblems(choice, found.person)
    if (
      isInPassword(request.cookie(journeyCookie) ?? '', journey.state.substringDigests ?? [], choice.answer)
    )
      problems.push(answerInPassword)
    if (problems.length > 0) return page(request, journey, problems, fields)
    const refusal = await save(journey, choice)
    return refusal && refusal !== 'hashing-twice'
      ? problem(busy, { retryAfter: 5 })
      : context.follow(request, journey)
  }

  const get: Handler = async request => {
    const at = await context.guard(request)
    return 'redirected' in at ? at.redirected : page(request, at.journey)
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const at = await context.guard(request)
    if ('redirected' in at) return at.redirected
    if (fields.data.demarche !== publicRef(at.journey))
      return page(request, at.journey, [{ field: null, reason: 'journey-other-tab' }])
    return submit(request, at.journey, fields.data)
  }

  return { get, post }
}
