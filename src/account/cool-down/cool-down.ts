import { z } from 'zod'
import type { AccessMethods, RecoveryHold } from '../../identity/access-methods.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { optionalField } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, redirect } from '../../web/handler.ts'
import type { SignedInUser } from '../sessions/account-guard.ts'
import type { ChangePage } from './changes.ts'
import { coolDownPage } from './cool-down.page.tsx'

type Deps = {
  readonly store: Pick<Store, 'transaction'>
  readonly limits: Pick<Limits, 'recentChange'>
  readonly accessMethods: Pick<AccessMethods, 'holdOf' | 'keepHold' | 'recordLoss'>
  readonly ui: (language: Language) => Ui
}
type UserHandler = (request: HandlerRequest, user: SignedInUser) => Promise<HandlerResult>

type Handlers = { readonly get: UserHandler; readonly post: UserHandler }

/** Every other verb adds. */
const retire = z.literal('retirer').optional().catch(undefined)

const removal = z.object({
  faire: retire,
  action: retire,
  laquelle: optionalField(40),
})

const replaced: readonly ChangePage['of'][number][] = ['joker', 'recovery-codes']

const keeps = ({ of }: ChangePage, hold: RecoveryHold) =>
  of.includes('joker') ? hold.keepsJoker : hold.keepsContactsAndFactors

const removableOn = ({ of }: ChangePage, { removable }: RecoveryHold) =>
  removable.filter(({ what }) => of.includes(what))

const readRemoval = ({ verb }: ChangePage, request: HandlerRequest) => {
  const typed = removal.safeParse(request.body).data
  return typed && verb && typed[verb] === 'retirer' ? typed : null
}

function removesRemovable(page: ChangePage, hold: RecoveryHold, request: HandlerRequest) {
  const typed = readRemoval(page, request)
  // Of an app and of a sheet there is one, which has no name of its own.
  return typed !== null && removableOn(page, hold).some(({ id }) => id === '' || id === typed.laquelle)
}

/** A new joker and a new sheet take the place of the old one; of the others a further one is added. */
const takesAway = (page: ChangePage, request: HandlerRequest) =>
  page.of.some(what => replaced.includes(what)) || readRemoval(page, request) !== null

/**
 * The pages by which a person changes an address, a mobile, a factor or the joker: for a while after a recovery they say until when
 * nothing is added, and their forms lead there. Only what was set shortly before can be removed, because a stranger may have set it.
 * A recovery ends every session, so a form that was opened before it can send nothing more. `removes`: this form can remove something; the
 * other forms of the page only add.
 */
export const createCoolDown = ({ store, limits, accessMethods, ui }: Deps) => {
  const findHold = async (page: ChangePage, { person }: SignedInUser) => {
    const hold = await accessMethods.holdOf(person.id)
    return hold && keeps(page, hold) ? hold : null
  }
  return (page: ChangePage, handlers: Handlers, { removes = false } = {}): Handlers => ({
    get: async (request, user) => {
      const hold = await findHold(page, user)
      if (!hold) return handlers.get(request, user)
      const removable = removableOn(page, hold)
      const shown = { ui: ui(request.language), changePage: page, until: hold.until, removable }
      return { kind: 'page', page: coolDownPage({ ...shown, recent: limits.recentChange }) }
    },
    post: async (request, user) => {
      const hold = await findHold(page, user)
      if (hold && !(removes && removesRemovable(page, hold, request)))
        return redirect(request.href(page.route))
      // Before it is carried out: recorded in vain where it is refused, which delays no more than a new contact.
      if (takesAway(page, request)) await accessMethods.recordLoss(user.person.id, page.of)
      if (!hold) return handlers.post(request, user)
      await store.transaction(tx => accessMethods.keepHold(tx, user.person.id))
      return handlers.post(request, user)
    },
  })
}

export type CoolDown = ReturnType<typeof createCoolDown>
