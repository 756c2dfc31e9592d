import { seconds } from '../../clock.ts'
import { newHandle } from '../../crypto/crypto.ts'
import type { PersonId } from '../../directory/directory.ts'
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
import type { AccountGuard } from '../sessions/account-guard.ts'
import { faultResponse } from '../sign-in/password-authenticator.ts'
import { changedPage, changePage } from './change-password.page.tsx'
import {
  type ChangeFields,
  type ChangeOutcome,
  type ChangeProblem,
  changeForm,
  createPasswordChanger,
  type PasswordChangerDeps,
} from './change-password.ts'
import { expiredForm, expiredPage } from './expired.page.tsx'

type Deps = PasswordChangerDeps & {
  readonly sessions: Sessions
  readonly knownBrowsers: KnownBrowsers
  readonly freezes: Freezes
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
  readonly guard: AccountGuard
  readonly deliveries: Pick<Deliveries, 'statusesOfAttempt'>
  readonly services: readonly ServiceSettings[]
  readonly ui: (language: Language) => Ui
}

type Written = Extract<ChangeOutcome, { kind: 'written' }>

type ShowForm = (
  request: HandlerRequest,
  problems: readonly ChangeProblem[],
  fields?: ChangeFields,
) => HandlerResult

/** « Changer mon mot de passe » for a signed-in person, and « Votre mot de passe a expiré » without a session. */
export const passwordChangeRoutes = (deps: Deps) => {
  const { store, clock, limits, rules, sessions, knownBrowsers, guard } = deps
  const choose = createPasswordChanger(deps)

  const form = (request: HandlerRequest, problems: readonly ChangeProblem[], fields?: ChangeFields) => ({
    ui: deps.ui(request.language),
    policy: rules.policy,
    problems,
    typed: fields?.nouveau ?? '',
    charterAccepted: fields?.charte ?? false,
  })

  const show: ShowForm = (request, problems, fields) => ({
    kind: 'page',
    status: fields ? 422 : 200,
    page: changePage(form(request, problems, fields)),
  })

  /** The response to a change: its receipt, the form with the reason of the refusal, or an error page. */
  const answerTo = async (
    request: HandlerRequest,
    fields: ChangeFields,
    change: ChangeOutcome,
    responses: { show: ShowForm; written: (change: Written) => Promise<HandlerResult> },
  ): Promise<HandlerResult> => {
    if (change.kind === 'fault') {
      const { fault } = change
      return fault.kind === 'busy' ? problem(busy, { retryAfter: 5 }) : faultResponse(request, fault)
    }
    if (change.kind === 'refused') return responses.show(request, change.problems, fields)
    const { outcome } = change
    const refusal = outcome.ok || outcome.reason === 'outcome-unknown' ? null : outcome.reason
    if (refusal === 'directory-unavailable') return problem(directoryUnavailable)
    if (refusal) return responses.show(request, [{ field: 'nouveau', reason: refusal }], fields)
    return responses.written(change)
  }

  const toReceipt = (request: HandlerRequest, { attempt }: Written, cookies: readonly SetCookie[] | null) =>
    redirect(request.href('passwordChanged', { change: attempt.id }), cookies ?? [])

  /** Adds the cookie by which this browser is known from now on. */
  const known = (
    request: HandlerRequest,
    person: PersonId,
    sessionOf: (tx: Tx) => Promise<SetCookie | null>,
  ) =>
    store.transaction(async tx => {
      const session = await sessionOf(tx)
      return session && [session, await knownBrowsers.remember(tx, person, request)]
    })

  const post = guard('changePassword', 'factor', async (request, { session, person }) => {
    const fields = changeForm.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const as = { session: session.id, factor: sessions.freshFactor(session) }
    const changed = await choose(request, { login: person.login, as }, fields.data)
    // A factor came into service during the write: it must be shown first, then the form is sent again.
    if (changed.kind === 'written' && !changed.outcome.ok && changed.outcome.reason === 'factor-first')
      return redirect(request.href('confirm', { page: returnSlugs.changePassword }))
    return answerTo(request, fields.data, changed, {
      show,
      written: async change =>
        toReceipt(
          request,
          change,
          change.outcome.ok ? await known(request, person.id, tx => sessions.renew(tx, session)) : null,
        ),
    })
  })

  /** Opens a session, except for a frozen account or where the institution's server signs people in: `null`. */
  const enter = (request: HandlerRequest, person: PersonId) =>
    known(request, person, async tx => {
      await deps.revocations.lockPersonRow(tx, person)
      const freeze = await deps.freezes.find(person, tx)
      return freeze?.kind === 'frozen' ? null : sessions.signInAs(tx, person, { by: 'embedded', request })
    })

  const postExpired: Handler = async request => {
    const fields = expiredForm.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const login = unified(fields.data.identifiant)
    const showExpired: ShowForm = (_, problems, typed) => ({
      kind: 'page',
      status: 422,
      page: expiredPage({ ...form(request, problems, typed), login }),
    })
    const handle = newHandle()
    const as = { session: null, receipt: receiptId(handle) }
    const receipt = { cookie: receiptCookie, value: handle, maxAge: limits.receipt / 1000 } as const
    return answerTo(request, fields.data, await choose(request, { login, as }, fields.data), {
      show: showExpired,
      written: async change => {
        if (!change.outcome.ok) return problem(outcomeUnknown, { retryAfter: 10 })
        const entered = await enter(request, change.person)
        // An earlier journey in this browser has a receipt of its own, which would be shown instead.
        return entered
          ? toReceipt(request, change, entered)
          : redirect(request.href('done'), [receipt, clearCookie(journeyCookie)])
      },
    })
  }

  /** Most services answer within a second: waits a moment for pending deliveries instead of showing « en cours ». */
  const receiptOf = async (id: string, writtenAt: number): Promise<Receipt> => {
    const until = Math.min(clock.now(), writtenAt + seconds(4)) + 900
    for (;;) {
      const statuses = await deps.deliveries.statusesOfAttempt(id)
      const moves = statuses.some(({ state }) => state === 'waiting' || state === 'written')
      if (!moves || clock.now() > until) return { writtenAt, statuses }
      await clock.sleep(75)
    }
  }

  const changed = guard('changePassword', 'session', async (request, { person }) => {
    const attempt = await deps.attempts.findChange(request.params.change ?? '', person.id)
    if (!attempt) return redirect(request.href('changePassword'))
    if (attempt.state === 'open') return problem(outcomeUnknown, { retryAfter: 5 })
    const { refused } = attempt
    if (attempt.state === 'refused')
      return show(request, [{ field: 'nouveau', reason: isReason(refused) ? refused : 'journey-superseded' }])
    return {
      kind: 'page',
      page: changedPage({
        ui: deps.ui(request.language),
        change: attempt.id,
        receipt: await receiptOf(attempt.id, attempt.settledAt ?? clock.now()),
        services: deps.services,
      }),
    }
  })

  return {
    changePassword: { get: guard('changePassword', 'factor', async request => show(request, [])), post },
    passwordChanged: { get: changed },
    expiredPassword: {
      page: (ui: Ui) =>
        expiredPage({ ui, policy: rules.policy, problems: [], typed: '', charterAccepted: false, login: '' }),
      post: postExpired,
    },
  }
}
