import { z } from 'zod'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { createAnswerDigest } from '../../proofs/joker/joker.ts'
import type { RouteName } from '../../routes.ts'
import type { Tx } from '../../store/store.ts'
import { field } from '../../web/form.ts'
import type { HandlerRequest } from '../../web/handler.ts'
import type { Journey } from '../journey.ts'
import { createFormStep, journeyField, type Submitted } from '../steps/form-step.ts'
import { publicRef } from '../steps/guard.ts'
import { journeyDetails } from '../steps/journey-details.ts'
import { judgeInTransaction } from '../steps/judge-in-transaction.ts'
import { createStepContext } from '../steps/step-context.ts'
import { afterCode, type CodeState, pages, stoppedBecauseActive } from './activation.ts'
import { type CodeProblem, codePage } from './code.page.tsx'
import type { ActivationDeps } from './deps.ts'

const schema = z.object({ code: field(100), ...journeyField })

type Deps = Pick<
  ActivationDeps,
  | 'clock'
  | 'store'
  | 'journeys'
  | 'definition'
  | 'limits'
  | 'audit'
  | 'freezes'
  | 'activationCodes'
  | 'recoveryCheck'
  | 'ui'
>

type ReadCode = Extract<Awaited<ReturnType<Deps['activationCodes']['verify']>>, { ok: true }>
type ActiveReason = ReturnType<typeof stoppedBecauseActive> | null
type CodeCheck = ReadCode['answer'] & {
  readonly active: ActiveReason
  readonly answerDigest: string
  /** When the form arrived. */
  readonly at: number
}
type RemainingTries = { readonly left: number; readonly until: number }
type Decision = { readonly leadsTo: RouteName } | { readonly leadsTo: null; readonly left: RemainingTries }
type AtCode = Journey<CodeState>
type CodeSubmitted = Submitted<CodeState, CodeProblem>

/** Tries left, counting this journey only: the total of all journeys would reveal which date of birth is right. */
const leftIn = ({ limits }: Deps, wrong: number) => Math.max(1, limits.activationTries - wrong)

const view = (deps: Deps, request: HandlerRequest, journey: AtCode, shown: CodeProblem | null) =>
  codePage({
    ui: deps.ui(request.language),
    ref: publicRef(journey),
    left: journey.state.wrong ? leftIn(deps, journey.state.wrong) : null,
    ineDoubt: journey.state.ineDoubt,
    numberKind: journey.state.numberKind,
    open: { until: journey.expiresAt, now: request.arrivedAt },
    problem: shown,
  })

const refuse = (deps: Deps, { left, until }: RemainingTries, wrong: number): CodeSubmitted => ({
  kind: 'refused',
  problem:
    left > 0
      ? { reason: 'activation-code-wrong', left: leftIn(deps, wrong) }
      : { reason: 'activation-code-spent', until },
})

const isOpen = async ({ freezes }: Deps, tx: Tx, { subject, state }: AtCode) =>
  (await freezes.find(subject, tx)) === null && state.accountStatus !== 'closed'

async function advance(
  { audit, journeys }: Deps,
  tx: Tx,
  journey: AtCode,
  { active, at }: CodeCheck,
): Promise<RouteName | null> {
  const { person, accountStatus, sealedLogin } = journey.state
  if (!person) return pages.code
  const said = { chain: person, by: { kind: 'anonymous' }, details: journeyDetails(journey) } as const
  if (accountStatus === 'privileged') await audit.append(tx, { ...said, kind: 'account.privileged-refused' })
  else if (active) await audit.append(tx, { ...said, kind: 'activation.already' })
  const { event, next } = afterCode({
    person,
    privileged: accountStatus === 'privileged',
    provedAt: at,
    sealedLogin,
    active,
  })
  const proof = { kind: 'activation-code', at, event, next } as const
  return (await journeys.prove(tx, journey, proof)) ? pages[next.step] : null
}

/** `null`: another request of this journey claimed the submission, or the journey ended meanwhile. */
const decide = (deps: Deps, asked: AtCode, check: CodeCheck): Promise<Decision | null> =>
  judgeInTransaction(deps, async tx => {
    const { audit, journeys } = deps
    const { subject, state } = asked
    const journey = await journeys.claimSubmission(tx, asked, state)
    if (!journey) return null
    const judged = await check.judge(tx, await isOpen(deps, tx, asked))
    const kind = `activation.code-${judged.verdict}` as const
    const details = journeyDetails(journey)
    await audit.append(tx, { chain: subject, kind, by: { kind: 'anonymous' }, details })
    if (judged.verdict === 'right') {
      const leadsTo = await advance(deps, tx, journey, check)
      return leadsTo && { leadsTo }
    }
    const wrong = (state.wrong ?? 0) + 1
    await journeys.claimSubmission(tx, journey, { ...state, refused: check.answerDigest, wrong })
    return { leadsTo: null, left: judged }
  })

async function submit(
  deps: Deps,
  request: HandlerRequest,
  journey: AtCode,
  typed: string,
): Promise<CodeSubmitted> {
  if (foldAnswer(typed) === '') return { kind: 'refused', problem: { reason: 'activation-code-missing' } }
  const { activationCodes } = deps
  const { subject, network, state } = journey
  const read = await activationCodes.verify({ subject, person: state.person, network }, typed)
  if (!read.ok) return { kind: 'refused', problem: { reason: read.reason } }
  const { found, answer } = read
  // Read for every code and every subject: the time of a refusal must not reveal that the code was right.
  const holder = state.person ?? subject
  const activity = await activationCodes.activity(holder)
  const canRecover = await deps.recoveryCheck.canRecover(holder, state.populations ?? [])
  const active = found === 'used' || activity.because !== null ? stoppedBecauseActive({ canRecover }) : null
  const answerDigest = createAnswerDigest(request.cookie(journeyCookie) ?? '')(foldAnswer(typed))
  if (state.refused === answerDigest)
    return refuse(deps, await activationCodes.left(subject, network), state.wrong ?? 1)
  const decision = await decide(deps, journey, { ...answer, active, answerDigest, at: request.arrivedAt })
  if (!decision) return { kind: 'concurrent' }
  return decision.leadsTo
    ? { kind: 'moved', to: decision.leadsTo }
    : refuse(deps, decision.left, (state.wrong ?? 0) + 1)
}

/**
 * The activation code. One look-up and one digest for every subject; then one transaction judges, counts and moves the
 * journey. A person who is unknown, frozen or without a code gets the same text and the same rows as a wrong code.
 */
export const createCodeStep = (deps: Deps) =>
  createFormStep<CodeState, z.infer<typeof schema>, CodeProblem>(createStepContext(deps, 'code'), {
    schema,
    view: (request, journey, shown) => view(deps, request, journey, shown),
    submit: (request, journey, { code }) => submit(deps, request, journey, code),
  })
