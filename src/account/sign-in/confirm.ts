import { z } from 'zod'
import type { Audit } from '../../audit/audit.ts'
import type { Directory } from '../../directory/directory.ts'
import { returnRoutes } from '../../routes.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { field } from '../../web/form.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import { confirmPage } from './confirm.page.tsx'
import { doorFault, type PasswordDoor, provedBy } from './password-door.ts'

const form = z.object({ motdepasse: field(4096) })

type Parts = {
  readonly store: Store
  readonly audit: Audit
  readonly directory: Directory
  readonly limits: { readonly failedBindsWindow: number }
  readonly sessions: Sessions
  readonly door: PasswordDoor
  readonly ui: (language: Language) => Ui
}

/**
 * « Confirmez que c'est vous »: a sensitive change asks for a recent proof, and the session gets a new handle. The
 * password is the directory's own, wherever the session came from.
 */
export const confirm = (parts: Parts) => {
  const { store, audit, directory, sessions, door } = parts
  const routeOf = (ask: Ask) =>
    Object.hasOwn(returnRoutes, ask.params.page ?? '') ? returnRoutes[ask.params.page ?? ''] : undefined

  const page = (ask: Ask, refused: boolean): Answer => ({
    kind: 'page',
    status: refused ? 422 : 200,
    page: confirmPage({ ui: parts.ui(ask.language), returnTo: ask.params.page ?? '', refused }),
  })

  const guarded =
    (work: (ask: Ask, session: Session) => Promise<Answer>): Handler =>
    async ask => {
      if (!routeOf(ask)) return problem('not-found')
      const session = await sessions.find(ask.cookie('session'))
      return session ? work(ask, session) : go(ask.href('signInFor', { page: ask.params.page ?? '' }))
    }

  const renewed = async (ask: Ask, session: Session): Promise<Answer> => {
    const cookie = await store.transaction(async tx => {
      const fresh = await sessions.renew(tx, session)
      if (fresh)
        await audit.append(tx, {
          chain: session.person,
          kind: 'sign-in.confirmed',
          by: { kind: 'person', id: session.person },
        })
      return fresh
    })
    return cookie
      ? go(ask.href(routeOf(ask) ?? 'account'), [cookie])
      : go(ask.href('signInFor', { page: ask.params.page ?? '' }))
  }

  return {
    get: guarded(async ask => page(ask, false)),

    post: guarded(async (ask, session) => {
      const fields = form.safeParse(ask.body)
      if (!fields.success) return problem('bad-request')
      const found = await directory.read(session.person)
      if (!found.ok) return problem('directory-unavailable')
      const checked = await door.check(ask, found.person?.login ?? '', fields.data.motdepasse)
      const fault = doorFault(checked)
      if (fault) return problem(fault, { retryAfter: parts.limits.failedBindsWindow / 1000 })
      if (provedBy(checked)?.id !== session.person) return page(ask, true)
      return checked.ok ? renewed(ask, session) : go(ask.href('expiredPassword'))
    }),
  }
}
