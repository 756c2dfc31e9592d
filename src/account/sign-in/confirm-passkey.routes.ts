import { z } from 'zod'
import { newId } from '../../crypto/crypto.ts'
import type { Session } from '../../identity/session.ts'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import type { SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import type { Refused } from '../sessions/refused-forms.ts'
import { returnNameOf } from './complete-sign-in.ts'
import { confirmPasskeyPage } from './confirm-passkey.page.tsx'
import { renewSession, type SessionConfirmationDeps, withSession } from './session-confirmation.ts'

const form = z.object({ cle: field(12_000).optional() })

type Deps = SessionConfirmationDeps & {
  readonly passkeys: Passkeys
  readonly secondFactor: SecondFactor
  readonly ui: (language: Language) => Ui
}

const holderOf = ({ id }: Session) => `confirm:${id}`

async function page(
  deps: Deps,
  request: HandlerRequest,
  session: Session,
  refused: boolean,
): Promise<HandlerResult> {
  const options = await deps.passkeys.proofOptions(holderOf(session), session.person)
  if (!options) return redirect(request.href('confirm', { page: returnNameOf(request) }))
  const ui = deps.ui(request.language)
  return {
    kind: 'page',
    page: confirmPasskeyPage({ ui, options, returnTo: returnNameOf(request), refused }),
  }
}

async function begin({ passkeys, secondFactor }: Deps, request: HandlerRequest, session: Session) {
  if ((await secondFactor.of(session.person)).count.passkey > 0)
    await passkeys.begin(holderOf(session), 'prove')
  return redirect(request.href('confirmPasskey', { page: returnNameOf(request) }))
}

type RefusedKey = { readonly refused: true }

async function refuse({ passkeys }: Deps, session: Session): Promise<Refused<RefusedKey>> {
  await passkeys.begin(holderOf(session), 'prove')
  return { kind: 'refused', shown: { refused: true } }
}

async function post(
  deps: Deps,
  request: HandlerRequest,
  session: Session,
): Promise<HandlerResult | Refused<RefusedKey>> {
  const { passkeys, secondFactor } = deps
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  if (fields.data.cle === undefined) return begin(deps, request, session)
  const read = await passkeys.verify(holderOf(session), fields.data.cle)
  if (!read.ok || read.person !== session.person) return refuse(deps, session)
  const { answer, person } = read
  const response = { by: 'passkey', answer, person } as const
  const story = newId()
  return renewSession(deps, request, { session, story }, async tx => {
    const use = { language: request.language, device: request.device, story, signedIn: true }
    const { verdict } = await secondFactor.judge(tx, session.person, response, use)
    return verdict === 'right' ? { factor: 'passkey' } : null
  })
}

/** « Confirmez que c'est vous » with a passkey, which is two factors in one. */
export const confirmPasskeyRoutes = (deps: Deps) => {
  const handlers = deps.sessionForms<{ readonly session: Session }, RefusedKey>(
    request => ({ route: 'confirmPasskey', params: { page: returnNameOf(request) } }),
    {
      view: (request, { session }, shown) => page(deps, request, session, shown !== null),
      submit: (request, { session }) => post(deps, request, session),
    },
  )
  return {
    get: withSession(deps, (request, session) => handlers.get(request, { session })),
    post: withSession(deps, (request, session) => handlers.post(request, { session })),
  }
}
