import { seconds } from '../../clock.ts'
import { newHandle } from '../../crypto/crypto.ts'
import type { Person, PersonId } from '../../directory/directory.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import type { Freezes } from '../../identity/freezes.ts'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import type { KnownBrowsers } from '../../identity/known-browsers.ts'
import type { Sessions } from '../../identity/sessions.ts'
import { returnSlugs } from '../../routes.ts'
import type { Deliveries } from '../../services/deliveries/deliveries.ts'
import { type Receipt, receiptCookie, receiptId } from '../../services/receipt/receipt.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import { outcomeUnknown } from '../../services/source/problem.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Tx } from '../../store/store.ts'
import { isReason, type Language } from '../../texts/texts.ts'
import { unified } from '../../texts/unified.ts'
import type { Ui } from '../../ui/ui.ts'
import { clearCookie, type SetCookie } from '../../web/cookies.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { badRequest, busy } from '../../web/problems.ts'
import type { AccountGuard, SignedInUser } from '../sessions/account-guard.ts'
import type { Refused, SessionForms } from '../sessions/refused-forms.ts'
import { hasSentCookie } from '../sign-in/complete-sign-in.ts'
import { faultResponse } from '../sign-in/password-authenticator.ts'
import { changedPage, changePage, closedAmong } from './change-password.page.tsx'
import { type ChangeOutcome, changePassword, type PasswordChangerDeps } from './change-password.ts'
import { expiredForm, expiredPage } from './expired.page.tsx'
import { type ChangeFields, type ChangeProblem, changeForm } from './judge-change.ts'

type Deps = PasswordChangerDeps & {
  readonly sessions: Sessions
  readonly knownBrowsers: KnownBrowsers
  readonly freezes: Freezes
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
  readonly guard: AccountGuard
  readonly sessionForms: SessionForms
  readonly deliveries: Pick<Deliveries, 'statusesOfAttempt'>
  readonly services: readonly ServiceSettings[]
  readonly ui: (language: Language) => Ui
}

type Written = Extract<ChangeOutcome, { kind: 'written' }>

/** What the page shows of a refused form; never a password. */
type RefusedChange = { readonly problems: readonly ChangeProblem[]; readonly charterAccepted: boolean }
const nothingRefused: RefusedChange = { problems: [], charterAccepted: false }

const formOf = ({ ui, rules }: Deps, request: HandlerRequest, refused: RefusedChange) => ({
  ui: ui(request.language),
  policy: rules.policy,
  ...refused,
})

const showForm = (
  deps: Deps,
  request: HandlerRequest,
  person: Person,
  refused: RefusedChange,
  status?: number,
): HandlerResult => ({
  kind: 'page',
  ...(status && { status }),
  page: changePage({ ...formOf(deps, request, refused), person, now: deps.clock.now() }),
})

/** The response to a change: its receipt, the reason of the refusal, or an error page. */
async function answerTo<Refusal>(
  request: HandlerRequest,
  { charte: charterAccepted }: ChangeFields,
  change: ChangeOutcome,
  responses: {
    refuse: (refused: RefusedChange) => Refusal
    written: (change: Written) => Promise<HandlerResult>
  },
): Promise<HandlerResult | Refusal> {
  if (change.kind === 'fault') {
    const { fault } = change
    return fault.kind === 'busy' ? problem(busy, { retryAfter: 5 }) : faultResponse(request, fault)
  }
  if (change.kind === 'refused') return responses.refuse({ problems: change.problems, charterAccepted })
  const { outcome } = change
  const reason = outcome.ok || outcome.reason === 'outcome-unknown' ? null : outcome.reason
  if (reason === 'directory-unavailable') return problem(directoryUnavailable)
  if (reason) return responses.refuse({ problems: [{ field: 'nouveau', reason }], charterAccepted })
  return responses.written(change)
}

const redirectToReceipt = (
  request: HandlerRequest,
  { attempt }: Written,
  cookies: readonly SetCookie[] | null,
) => redirect(request.href('passwordChanged', { change: attempt.id }), cookies ?? [])

/** Adds the cookie by which this browser is known from now on. */
const withKnownBrowser = (
  { store, knownBrowsers, revocations }: Deps,
  request: HandlerRequest,
  person: PersonId,
  sessionOf: (tx: Tx) => Promise<SetCookie | null>,
) =>
  store.transaction(async tx => {
    await revocations.lockPersonRow(tx, person)
    const session = await sessionOf(tx)
    return session && [session, await knownBrowsers.remember(tx, person, request)]
  })

async function postChange(
  deps: Deps,
  request: HandlerRequest,
  { session, person }: SignedInUser,
): Promise<HandlerResult | Refused<RefusedChange>> {
  const { sessions } = deps
  const fields = changeForm.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const as = { session: session.id, factor: sessions.freshFactor(session) }
  const changed = await changePassword(deps, request, { login: person.login, as }, fields.data)
  // A factor came into service during the write: it must be shown first, then the form is sent again.
  if (changed.kind === 'written' && !changed.outcome.ok && changed.outcome.reason === 'factor-first')
    return redirect(request.href('confirm', { page: returnSlugs.changePassword }))
  return answerTo(request, fields.data, changed, {
    // « Closed » is no fault of what was sent, and not kept: the form is there again as soon as the password is checked again.
    refuse: shown =>
      closedAmong(shown.problems) ? showForm(deps, request, person, shown, 422) : { kind: 'refused', shown },
    written: async change =>
      redirectToReceipt(
        request,
        change,
        change.outcome.ok
          ? await withKnownBrowser(deps, request, person.id, tx =>
              sessions.renew(tx, session, { expiry: null }),
            )
          : null,
      ),
  })
}

/** Opens a session, except for a frozen account or where the institution's server signs people in: `null`. */
const openSession = (deps: Deps, request: HandlerRequest, person: PersonId) =>
  withKnownBrowser(deps, request, person, async tx => {
    const freeze = await deps.freezes.find(person, tx)
    return freeze?.kind === 'frozen' ? null : deps.sessions.signInAs(tx, person, { by: 'embedded', request })
  })

async function postExpired(deps: Deps, request: HandlerRequest): Promise<HandlerResult> {
  const fields = expiredForm.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const login = unified(fields.data.identifiant)
  const handle = newHandle()
  const as = { session: null, receipt: receiptId(handle) }
  const receipt = { cookie: receiptCookie, value: handle, maxAge: deps.limits.receipt / 1000 } as const
  return answerTo(request, fields.data, await changePassword(deps, request, { login, as }, fields.data), {
    // Without a session nothing is kept: the form comes back in the answer.
    refuse: refused => ({
      kind: 'page',
      status: 422,
      page: expiredPage({ ...formOf(deps, request, refused), login, now: deps.clock.now() }),
    }),
    written: async change => {
      if (!change.outcome.ok) return problem(outcomeUnknown, { retryAfter: 10 })
      const opened = await openSession(deps, request, change.person)
      // An earlier journey in this browser has a receipt of its own, which would be shown instead.
      return opened
        ? redirectToReceipt(request, change, opened)
        : redirect(request.href('done'), [receipt, clearCookie(journeyCookie)])
    },
  })
}

/** Most services answer within a second: waits a moment for pending deliveries instead of showing « en cours ». */
async function receiptOf({ clock, deliveries }: Deps, id: string, writtenAt: number): Promise<Receipt> {
  const until = Math.min(clock.now(), writtenAt + seconds(4)) + 900
  for (;;) {
    const statuses = await deliveries.statusesOfAttempt(id)
    const moves = statuses.some(({ state }) => state === 'waiting' || state === 'written')
    if (!moves || clock.now() > until) return { writtenAt, statuses }
    await clock.sleep(75)
  }
}

async function showChanged(
  deps: Deps,
  request: HandlerRequest,
  { person }: SignedInUser,
): Promise<HandlerResult> {
  const attempt = await deps.attempts.findChange(request.params.change ?? '', person.id)
  if (!attempt) return redirect(request.href('changePassword'))
  if (attempt.state === 'open') return problem(outcomeUnknown, { retryAfter: 5 })
  const { refused } = attempt
  if (attempt.state === 'refused') {
    const reason = isReason(refused) ? refused : 'journey-superseded'
    return showForm(deps, request, person, { ...nothingRefused, problems: [{ field: 'nouveau', reason }] })
  }
  return {
    kind: 'page',
    page: changedPage({
      ui: deps.ui(request.language),
      change: attempt.id,
      receipt: await receiptOf(deps, attempt.id, attempt.settledAt ?? deps.clock.now()),
      services: deps.services,
    }),
  }
}

/** « Changer mon mot de passe » for a signed-in person, and « Votre mot de passe a expiré » without a session. */
export const passwordChangeRoutes = (deps: Deps) => {
  const { guard, rules, sessionForms } = deps
  const form = sessionForms<SignedInUser, RefusedChange>(() => ({ route: 'changePassword' }), {
    view: async (request, { person }, shown) => showForm(deps, request, person, shown ?? nothingRefused),
    submit: (request, user) => postChange(deps, request, user),
  })
  const post: Handler = request => postExpired(deps, request)
  const changed = guard('changePassword', 'session', (request, user) => showChanged(deps, request, user))
  return {
    changePassword: {
      get: guard('changePassword', 'factor', form.get),
      post: guard('changePassword', 'factor', form.post),
    },
    passwordChanged: {
      get: (request: HandlerRequest) =>
        hasSentCookie(request)
          ? changed(request)
          : Promise.resolve(redirect(request.href('signInNext', { page: returnSlugs.changePassword }))),
    },
    expiredPassword: {
      page: (ui: Ui) => expiredPage({ ui, policy: rules.policy, ...nothingRefused, login: '', now: 0 }),
      post,
    },
  }
}
