import { type Handler, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { guard } from '../steps/guard.ts'
import type { Record } from '../steps/step-context.ts'
import type { StepDeps } from '../steps/steps.ts'
import { donePage } from './done.page.tsx'
import type { Event, State } from './identifier.ts'

export type Deps = StepDeps<State, Event>

/** The proof holds: every known address is told the login, and that it was asked for. */
export const recordTold =
  ({ clock, notices, audit }: Pick<Deps, 'clock' | 'notices' | 'audit'>): Record =>
  async (tx, { id, language }, { person, privileged, asksFactor }) => {
    if (privileged || asksFactor) return
    const facts = { at: clock.now(), event: `identifier:${id.slice(0, 12)}` }
    await notices.write(tx, { kind: 'identifier-told', person, facts, language })
    await audit.append(tx, { chain: person, kind: 'identifier.told', by: { kind: 'person', id: person } })
  }

/** 100 %: the login, read now: the store keeps none. */
export const told =
  (deps: Deps): Handler =>
  async request => {
    const at = await guard(deps, request, 'done')
    if ('redirected' in at) return at.redirected
    const found = await deps.directory.read(at.journey.state.person)
    if (!found.ok) return problem('directory-unavailable')
    if (!found.person) return redirect(request.href('identifier'))
    const page = donePage({ ui: deps.ui(request.language), login: found.person.login })
    return { kind: 'page', page } satisfies HandlerResult
  }
