import { directoryUnavailable } from '../../directory/problem.ts'
import { type Handler, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { guard } from '../steps/guard.ts'
import type { IdentifierDeps } from './deps.ts'
import { donePage } from './done.page.tsx'

type Deps = Pick<IdentifierDeps, 'clock' | 'journeys' | 'definition' | 'directory' | 'ui'>

/** The last step, 100 %: shows the login. It is read from the directory now, because the store keeps no login. */
export const createDoneHandler =
  (deps: Deps): Handler =>
  async request => {
    const at = await guard(deps, request, 'done')
    if ('redirected' in at) return at.redirected
    const found = await deps.directory.read(at.journey.state.person)
    if (!found.ok) return problem(directoryUnavailable)
    if (!found.person) return redirect(request.href('identifier'))
    const page = donePage({ ui: deps.ui(request.language), login: found.person.login })
    return { kind: 'page', page } satisfies HandlerResult
  }
