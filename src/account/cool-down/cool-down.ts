import type { AccessMethods } from '../../identity/access-methods.ts'
import type { RouteName } from '../../routes.ts'
import type { Language, TextKey } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type HandlerRequest, type HandlerResult, redirect } from '../../web/handler.ts'
import type { SignedInUser } from '../sessions/account-guard.ts'
import { coolDownPage } from './cool-down.page.tsx'

type Deps = {
  readonly accessMethods: Pick<AccessMethods, 'unchangedUntil'>
  readonly ui: (language: Language) => Ui
}
type UserHandler = (request: HandlerRequest, user: SignedInUser) => Promise<HandlerResult>

/** Where the page is opened that says so, and its heading. */
type HeldPage = { readonly route: RouteName; readonly heading: TextKey }

/**
 * The pages by which a person adds or removes an address, a mobile or a factor: for a while after a recovery they say until when nothing
 * is added or removed, and their forms lead there. A recovery ends every session, so a form that was opened before it can send nothing more.
 */
export const createCoolDown =
  ({ accessMethods, ui }: Deps) =>
  ({ route, heading }: HeldPage, handlers: { readonly get: UserHandler; readonly post: UserHandler }) => {
    const unless =
      (handle: UserHandler): UserHandler =>
      async (request, user) => {
        const until = await accessMethods.unchangedUntil(user.person.id)
        if (until === null) return handle(request, user)
        if (request.method === 'POST') return redirect(request.href(route))
        return { kind: 'page', page: coolDownPage({ ui: ui(request.language), route, heading, until }) }
      }
    return { get: unless(handlers.get), post: unless(handlers.post) }
  }

export type CoolDown = ReturnType<typeof createCoolDown>
