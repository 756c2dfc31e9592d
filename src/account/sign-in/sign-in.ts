import { z } from 'zod'
import type { PersonId } from '../../directory/directory.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { field } from '../../web/form.ts'
import { type Entering, pageOf } from './entering.ts'
import type { HalfSignIns } from './half-sign-ins.ts'
import {
  type ClosedProblem,
  closedProblem,
  doorFault,
  faultAnswer,
  type PasswordDoor,
  provedBy,
} from './password-door.ts'
import { signInPage } from './sign-in.page.tsx'

const form = z.object({ identifiant: field(200), motdepasse: field(4096) })

export type SignInParts = {
  readonly store: Store
  readonly door: PasswordDoor
  readonly secondFactor: SecondFactor
  readonly halfSignIns: HalfSignIns
  readonly entering: Entering
  readonly ui: (language: Language) => Ui
}

/** The embedded sign-in: a fresh bind opens a session. It refuses everybody in the same words and at the same beat. */
export const signIn = (parts: SignInParts) => {
  const { store, door, secondFactor, halfSignIns, entering } = parts

  /** Somebody who has a second factor is asked for it: the right password alone opens nothing. */
  const askMore = async (ask: Ask, person: PersonId) => {
    if (!isAsked(await secondFactor.of(person))) return null
    const begun = { person, provedAt: ask.arrivedAt, how: { by: 'embedded' }, confirms: null } as const
    const { cookie } = await store.transaction(tx => halfSignIns.open(tx, begun, ask.cookie('entering')))
    return go(ask.href('secondFactor', { page: pageOf(ask) }), [cookie])
  }

  const enter = async (ask: Ask, person: PersonId, login: string) => {
    const more = await askMore(ask, person)
    if (more) return more
    const cookies = await store.transaction(tx =>
      entering.open(tx, ask, { person, how: { by: 'embedded' }, provedAt: ask.arrivedAt }),
    )
    return cookies ? entering.enter(ask, cookies) : refuse(ask, login)
  }

  const refuse = (
    ask: Ask,
    login: string,
    problem: ClosedProblem | { readonly reason: 'sign-in-refused' } = { reason: 'sign-in-refused' },
  ): Answer => ({
    kind: 'page',
    status: problem.reason === 'sign-in-refused' ? 422 : 429,
    page: signInPage({
      ui: parts.ui(ask.language),
      login,
      problem,
      returnTo: ask.params.page ?? null,
    }),
  })

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    const login = fields.data.identifiant.trim()
    const checked = await door.check(ask, login, fields.data.motdepasse)
    if (checked.ok) return enter(ask, checked.person.id, login)
    const fault = doorFault(checked)
    if (fault) return faultAnswer(ask, fault)
    const closed = closedProblem(checked)
    if (closed) return refuse(ask, login, closed)
    if (provedBy(checked)) return go(ask.href('expiredPassword'))
    return refuse(ask, login)
  }

  return {
    page: (ui: Ui, returnTo: string | null) => signInPage({ ui, login: '', problem: null, returnTo }),
    post,
  }
}
