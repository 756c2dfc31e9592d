import { z } from 'zod'
import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { Directory, PersonId } from '../../directory/directory.ts'
import type { HashingClient, HashRefusal } from '../../hashing/hashing.ts'
import type { Notices } from '../../notify/notify.ts'
import type { BindBudget } from '../../password/bind-budget.ts'
import { checkCurrent } from '../../password/candidate.ts'
import type { PasswordRules } from '../../password/password.ts'
import { judge, refusalsIn } from '../../password/policy.ts'
import { emptyChoice, type JokerChoiceValues } from '../../proofs/joker/choice.fields.tsx'
import {
  answerInPassword,
  type Choice,
  type ChoiceProblem,
  choiceForm,
  choiceProblems,
  readChoice,
} from '../../proofs/joker/choice.ts'
import type { AnswerHash, Joker } from '../../proofs/joker/joker.ts'
import { ok, type Result } from '../../result.ts'
import type { Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type HandlerRequest, type HandlerResult, problem } from '../../web/handler.ts'
import { badRequest, busy } from '../../web/problems.ts'
import type { ChangePage } from '../cool-down/changes.ts'
import type { CoolDown } from '../cool-down/cool-down.ts'
import { redirectDone } from '../done.ts'
import type { ProofChangeLimit } from '../factors/proof-change-limit.ts'
import type { AccountGuard, SignedInUser } from '../sessions/account-guard.ts'
import type { Refused, SessionForms } from '../sessions/refused-forms.ts'
import type { SessionTransaction } from '../sessions/session-transaction.ts'
import { jokerChoicePage } from './joker-choice.page.tsx'

const form = z.object(choiceForm)

type Deps = {
  readonly inSession: SessionTransaction
  readonly clock: Clock
  readonly audit: Audit
  readonly notices: Notices
  readonly joker: Joker
  readonly directory: Directory
  readonly budget: BindBudget
  readonly rules: Pick<PasswordRules, 'inHistory' | 'historyKeeper' | 'policy'>
  /** Documented trade-off: a free question shows that its account exists (`docs/decisions/003-joker.md`). */
  readonly freeQuestions: boolean
  /** Ends the journeys of this person that have passed a proof. */
  readonly supersedeJourneys: (tx: Tx, person: PersonId, why: 'proof-replaced') => Promise<unknown>
  readonly guard: AccountGuard
  readonly coolDown: CoolDown
  readonly refusedByLimit: ProofChangeLimit
  readonly sessionForms: SessionForms
  readonly ui: (language: Language) => Ui
}

const jokerPage: ChangePage = {
  route: 'jokerChoice',
  heading: 'joker-choice.title',
  of: ['joker'],
  verb: null,
}

/** What the page shows of a refused choice; never the answer. */
type RefusedChoice = { readonly problems: readonly ChoiceProblem[]; readonly chosen: JokerChoiceValues }

const page = (
  { ui, freeQuestions }: Deps,
  request: HandlerRequest,
  { problems, chosen }: RefusedChoice,
): HandlerResult => ({
  kind: 'page',
  page: jokerChoicePage({ ui: ui(request.language), problems, chosen, freeQuestions }),
})

const refuse = (
  problems: readonly ChoiceProblem[],
  { question, propre }: JokerChoiceValues,
): Refused<RefusedChoice> => ({ kind: 'refused', shown: { problems, chosen: { question, propre } } })

async function set(
  deps: Deps,
  request: HandlerRequest,
  { person, session }: SignedInUser,
  { question, free }: Choice,
  kept: AnswerHash,
) {
  const { inSession, clock, audit, notices, joker } = deps
  await inSession(session, async tx => {
    // A journey that passed with the old answer must not write a password any more.
    await deps.supersedeJourneys(tx, person.id, 'proof-replaced')
    await joker.clear(tx, person.id)
    await joker.set(tx, { person: person.id, question, free, kept })
    await notices.write(tx, {
      kind: 'joker-changed',
      person: person.id,
      facts: { at: clock.now(), event: `joker-set:${newId()}`, device: request.device },
      language: request.language,
    })
    await audit.append(tx, {
      chain: person.id,
      kind: 'joker.set',
      by: { kind: 'person', id: person.id },
      details: { device: request.device },
    })
  })
  return redirectDone(request.href('account'), 'done-joker-was-chosen')
}

/**
 * Whether the answer is a password of the person. Where the directory keeps the history only the current one can be compared, by a
 * bind, and only with an answer that could be a password: any other would cost a failure for nothing.
 */
async function isPassword(
  deps: Deps,
  { person }: SignedInUser,
  answer: string,
  who: HashingClient,
): Promise<Result<{ used: boolean }, HashRefusal>> {
  const { rules, budget } = deps
  if (rules.historyKeeper === 'portal') return rules.inHistory(person.id, answer, who)
  if (refusalsIn(judge(rules.policy, answer)).length > 0) return ok({ used: false })
  const { isCurrent, failedBind } = await checkCurrent(deps, person, who.network, answer)
  if (failedBind) await budget.failed(failedBind)
  return ok({ used: isCurrent })
}

/** Passwords are stored as hashes only, so the answer is compared with them exactly as typed. */
async function choose(
  deps: Deps,
  request: HandlerRequest,
  user: SignedInUser,
  choice: Choice,
  chosen: JokerChoiceValues,
): Promise<HandlerResult | Refused<RefusedChoice>> {
  const { id } = user.person
  const refusal = await deps.refusedByLimit(request, id)
  if (refusal) return refusal
  const who = { network: request.network.id, queueKey: `joker-${id}` }
  const used = await isPassword(deps, user, choice.answer, who)
  if (!used.ok) return problem(busy, { retryAfter: 5 })
  if (used.used) return refuse([answerInPassword], chosen)
  const hashed = await deps.joker.hashAnswer(choice.answer, who)
  return hashed.ok ? set(deps, request, user, choice, hashed.kept) : problem(busy, { retryAfter: 5 })
}

async function post(
  deps: Deps,
  request: HandlerRequest,
  user: SignedInUser,
): Promise<HandlerResult | Refused<RefusedChoice>> {
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const choice = readChoice(fields.data, deps.freeQuestions)
  const problems = choiceProblems(choice, user.person, language => deps.ui(language).say)
  return problems.length > 0
    ? refuse(problems, fields.data)
    : choose(deps, request, user, choice, fields.data)
}

/**
 * « Ma question joker »: one question of the list, and an answer that others would not guess. A new choice ends every
 * suspension, since the person has just proved who they are. A person who was let in by the joker does not replace it at once: a stranger may know its answer.
 */
export const jokerChoiceRoutes = (deps: Deps) => {
  const { guard, coolDown, sessionForms } = deps
  const chosen = sessionForms<SignedInUser, RefusedChoice>(() => ({ route: 'jokerChoice' }), {
    view: async (request, _, shown) => page(deps, request, shown ?? { problems: [], chosen: emptyChoice }),
    submit: (request, user) => post(deps, request, user),
  })
  const { get, post: send } = coolDown(jokerPage, chosen)
  return { get: guard('jokerChoice', 'fresh', get), post: guard('jokerChoice', 'fresh', send) }
}
