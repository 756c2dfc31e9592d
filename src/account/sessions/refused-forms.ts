import { type Clock, minutes } from '../../clock.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { Session } from '../../identity/session.ts'
import type { Rekeying } from '../../rekeying.ts'
import type { RetentionOf } from '../../retention-rule.ts'
import type { RouteName } from '../../routes.ts'
import type { Store } from '../../store/store.ts'
import { type HandlerRequest, type HandlerResult, redirect } from '../../web/handler.ts'
import { refusedFormAnew, sealRefusedForm, unsealRefusedForm } from '../../web/refused-form.ts'

type Deps = { readonly store: Store; readonly clock: Clock; readonly keys: Keys }

/** A page of the account, and what its URL holds. */
type FormPage = { readonly route: RouteName; readonly params?: Readonly<Record<string, string>> }

/** A refused form: its page shows why, and what was typed but for secrets. `at`: the page that shows it, where it is another. */
export type Refused<Shown extends object> = {
  readonly kind: 'refused'
  readonly shown: Shown
  readonly at?: FormPage
}

/** Longer than it takes to correct a form, and no longer: who comes back later begins with an empty one. */
const kept = minutes(10)

/** The key of the row: the session, and the page with what its URL holds. */
const formOf = ({ origin }: Session, { route, params = {} }: FormPage) =>
  [origin, route, ...Object.values(params)].join(' ')
const sealContext = (form: string) => `refused_forms.shown.${form}`

async function keep({ store, clock, keys }: Deps, form: string, shown: object) {
  const row = { shown: sealRefusedForm(keys, sealContext(form), shown), refused_at: clock.now() }
  await store.transaction(tx =>
    tx
      .insertInto('refused_forms')
      .values({ form, ...row })
      .onConflict(conflict => conflict.column('form').doUpdateSet(row))
      .execute(),
  )
}

async function find<Shown extends object>({ store, clock, keys }: Deps, form: string) {
  const row = await store.read
    .selectFrom('refused_forms')
    .select('shown')
    .where('form', '=', form)
    .where('refused_at', '>', clock.now() - kept)
    .executeTakeFirst()
  return unsealRefusedForm<Shown>(keys, sealContext(form), row?.shown)
}

async function forget({ store }: Deps, form: string) {
  const stored = await store.read
    .selectFrom('refused_forms')
    .select('form')
    .where('form', '=', form)
    .executeTakeFirst()
  if (!stored) return
  await store.transaction(tx => tx.deleteFrom('refused_forms').where('form', '=', form).execute())
}

/**
 * The handlers of a form of a signed-in person. A refusal redirects to the form, which shows why until the next form is sent: so
 * Back and reload show that page and send nothing again.
 */
export const createSessionForms =
  (deps: Deps) =>
  <User extends { readonly session: Session }, Shown extends object>(
    pageFor: (request: HandlerRequest) => FormPage,
    form: {
      /** The page of the form; `null`: nothing was refused. */
      view(request: HandlerRequest, user: User, shown: Shown | null): Promise<HandlerResult>
      submit(request: HandlerRequest, user: User): Promise<HandlerResult | Refused<Shown>>
      /** Other pages that show what this form asks for or had refused: a former refusal of theirs ends too. */
      readonly also?: readonly FormPage[]
    },
  ) => ({
    get: async (request: HandlerRequest, user: User): Promise<HandlerResult> =>
      form.view(request, user, await find<Shown>(deps, formOf(user.session, pageFor(request)))),
    post: async (request: HandlerRequest, user: User): Promise<HandlerResult> => {
      // Before the work: nothing may fail once it is done. Not of all pages: another tab may have to show why its form was refused.
      for (const page of [pageFor(request), ...(form.also ?? [])])
        await forget(deps, formOf(user.session, page))
      const result = await form.submit(request, user)
      if (result.kind !== 'refused') return result
      const at = result.at ?? pageFor(request)
      await keep(deps, formOf(user.session, at), result.shown)
      return redirect(request.href(at.route, at.params))
    },
  })

export type SessionForms = ReturnType<typeof createSessionForms>

export const refusedFormRetention: RetentionOf<'refused_forms'> = {
  refused_forms: (tx, now) =>
    tx
      .deleteFrom('refused_forms')
      .where('refused_at', '<', now - kept)
      .execute(),
}

export const refusedFormRekeying: Rekeying<'refused_forms'> = {
  table: 'refused_forms',
  row: 'form',
  rekey: (keys, { form, shown }) => {
    const anew = refusedFormAnew(keys, sealContext(form), shown)
    return anew === shown ? null : { shown: anew }
  },
}
