import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import { type HandlerRequest, problem, redirect } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import { redirectDone } from '../done.ts'
import type { AccountGuard, SignedInUser } from './account-guard.ts'
import type { SessionTransaction } from './session-transaction.ts'
import { others, sessionsPage } from './sessions.page.tsx'

const form = z.object({ session: field(32) })

type Deps = {
  readonly inSession: SessionTransaction
  readonly clock: Clock
  readonly sessions: Sessions
  readonly guard: AccountGuard
  readonly ui: (language: Language) => Ui
}

/** Whether a session was ended. */
async function end(sessions: Sessions, tx: Tx, { session, person }: SignedInUser, ref: string) {
  if (ref !== others) return sessions.end(tx, person.id, ref, 'person')
  const by = { kind: 'person', id: person.id } as const
  return (await sessions.endAll(tx, person.id, { by, why: 'person', except: session.id })) > 0
}

/** « Mes sessions »: lists the sessions of the person and ends them (ASVS 7.5.2). */
export const sessionsRoutes = ({ inSession, clock, sessions, guard, ui }: Deps) => {
  return {
    get: guard('sessions', 'session', async (request: HandlerRequest, { session, person }) => ({
      kind: 'page',
      page: sessionsPage({
        ui: ui(request.language),
        now: clock.now(),
        current: session,
        sessions: await sessions.list(person.id),
      }),
    })),

    /** A `ref` that is not one of the person's sessions ends nothing, and gets the response of one that has ended already: the list. */
    post: guard('sessions', 'session', async (request: HandlerRequest, user) => {
      const fields = form.safeParse(request.body)
      if (!fields.success) return problem(badRequest)
      const isEnded = await inSession(user.session, tx => end(sessions, tx, user, fields.data.session))
      const { session: ended } = fields.data
      if (ended === user.session.ref) return redirect(request.href('sessions'), [sessions.clearedCookie])
      if (!isEnded) return redirect(request.href('sessions'))
      return redirectDone(
        request.href('sessions'),
        ended === others ? 'done-sessions-were-ended' : 'done-session-was-ended',
      )
    }),
  }
}
