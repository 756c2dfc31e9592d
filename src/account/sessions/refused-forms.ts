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

const nameOf = ({ route, params = {} }: FormPage) => [route, ...Object.values(params)].join(' ')
const sealContext = ({ origin }: Pick<Session, 'origin'>) => `refused_forms.shown.${origin}`

async function keep({ store, clock, keys }: Deps, session: Session, at: FormPage, shown: object) {
  const row = {
    page: nameOf(at),
    shown: sealRefusedForm(keys, sealContext(session), shown),
    refused_at: clock.now(),
  }
  await store.transaction(tx =>
    tx
      .insertInto('refused_forms')
      .values({ session: session.origin, ...row })
      .onConflict(conflict => conflict.column('session').doUpdateSet(row))
      .execute(),
  )
}

async function find<Shown extends object>({ store, clock, keys }: Deps, session: Session, at: FormPage) {
  const row = await store.read
    .selectFrom('refused_forms')
    .select('shown')
    .where('session', '=', session.origin)
    .where('page', '=', nameOf(at))
    .where('refused_at', '>', clock.now() - kept)
    .executeTakeFirst()
  return unsealRefusedForm<Shown>(keys, sealContext(session), row?.shown)
}

async function forget({ store }: Deps, { origin }: Session) {
  const ofSession = (db: Store['read']) =>
    db.selectFrom('refused_forms').select('page').where('session', '=', origin)
  if (!(await ofSession(store.read).executeTakeFirst())) return
  await store.transaction(tx => tx.deleteFrom('refused_forms').where('session', '=', origin).execute())
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
    },
  ) => ({
    get: async (request: HandlerRequest, user: User): Promise<HandlerResult> =>
      form.view(request, user, await find<Shown>(deps, user.session, pageFor(request))),
    post: async (request: HandlerRequest, user: User): Promise<HandlerResult> => {
      const result = await form.submit(request, user)
      if (result.kind !== 'refused') {
        await forget(deps, user.session)
        return result
      }
      const at = result.at ?? pageFor(request)
      await keep(deps, user.session, at, result.shown)
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
  row: 'session',
  rekey: (keys, { session, shown }) => {
    const anew = refusedFormAnew(keys, sealContext({ origin: session }), shown)
    return anew === shown ? null : { shown: anew }
  },
}
