import { z } from 'zod'
import type { PersonId } from '../../directory/directory.ts'
import { returnRoutes } from '../../routes.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { field } from '../../web/form.ts'
import type { Freezes } from '../freezes.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { doorFault, type PasswordDoor, provedBy } from './password-door.ts'
import { signInPage } from './sign-in.page.tsx'

const form = z.object({ identifiant: field(200), motdepasse: field(4096) })

export type SignInParts = {
  readonly store: Store
  readonly limits: { readonly failedBindsWindow: number }
  readonly freezes: Freezes
  readonly sessions: Sessions
  readonly door: PasswordDoor
  /** Addresses to which a sign-in may lead, each under the name that stands in our own address (ASVS 3.7.2). */
  readonly returns: Readonly<Record<string, string>>
  readonly ui: (language: Language) => Ui
}

/** A password changed while the old one was being proved: that proof is worth nothing any more. */
const changedSince = async (tx: Tx, person: PersonId, at: number) => {
  const row = await tx
    .selectFrom('attempts')
    .select('id')
    .where('person', '=', person)
    .where('state', '=', 'accepted')
    .where('settled_at', '>=', at)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Where a sign-in leads: a page of the account or a configured address, by name; anything else is the account. */
const leadsTo = (ask: Ask, returns: SignInParts['returns']) => {
  const name = ask.params.page ?? ''
  if (Object.hasOwn(returns, name)) return returns[name] ?? ''
  return ask.href(Object.hasOwn(returnRoutes, name) ? (returnRoutes[name] ?? 'account') : 'account')
}

/** The embedded sign-in: a fresh bind opens a session. It refuses everybody in the same words and at the same beat. */
export const signIn = (parts: SignInParts) => {
  const { store, freezes, sessions, door, returns } = parts

  /** `null`: the account was frozen or its password changed since the bind. */
  const open = (ask: Ask, person: PersonId) =>
    store.transaction(async tx => {
      const shut = (await freezes.find(person, tx))?.kind === 'frozen'
      if (shut || (await changedSince(tx, person, ask.arrivedAt))) return null
      return sessions.signInAs(tx, person, { by: 'embedded', ask })
    })

  const refuse = (ask: Ask, login: string): Answer => ({
    kind: 'page',
    status: 422,
    page: signInPage({
      ui: parts.ui(ask.language),
      login,
      problem: 'sign-in-refused',
      returnTo: ask.params.page ?? null,
    }),
  })

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    const login = fields.data.identifiant.trim()
    const checked = await door.check(ask, login, fields.data.motdepasse)
    if (checked.ok) {
      const cookie = await open(ask, checked.person.id)
      return cookie ? go(leadsTo(ask, returns), [cookie]) : refuse(ask, login)
    }
    const fault = doorFault(checked)
    if (fault) return problem(fault, { retryAfter: parts.limits.failedBindsWindow / 1000 })
    if (provedBy(checked)) return go(ask.href('expiredPassword'))
    return refuse(ask, login)
  }

  return {
    page: (ui: Ui, returnTo: string | null) => signInPage({ ui, login: '', problem: null, returnTo }),
    post,
    /** Every name that an address of sign-in may carry: its pages are made ahead, as all entry pages. */
    names: [...Object.keys(returnRoutes), ...Object.keys(returns)],
  }
}
