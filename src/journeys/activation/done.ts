import { directoryUnavailable } from '../../directory/problem.ts'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import { receiptCookie, receiptHandle } from '../../services/receipt/receipt.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import { type Handler, problem } from '../../web/handler.ts'
import { awaitOutcome } from '../steps/await-outcome.ts'
import { guard } from '../steps/guard.ts'
import type { ActivationDeps } from './deps.ts'
import { donePage } from './done.page.tsx'

type Deps = Pick<
  ActivationDeps,
  'clock' | 'limits' | 'journeys' | 'definition' | 'directory' | 'receipts' | 'ui'
>

/** Step 4, 100 %: the login, the mail address, and the receipt of the services. */
export const createDoneHandler =
  (deps: Deps, services: readonly ServiceSettings[]): Handler =>
  async request => {
    const at = await guard(deps, request, 'done')
    if ('redirected' in at) return at.redirected
    const handle = receiptHandle(request.cookie(journeyCookie) ?? '')
    const [receipt, found] = [
      await awaitOutcome(deps, handle),
      await deps.directory.read(at.journey.state.person),
    ]
    if (!found.ok) return problem(directoryUnavailable)
    const { login = '', addresses = [] } = found.person ?? {}
    const page = donePage({
      ui: deps.ui(request.language),
      login,
      address: addresses[0] ?? null,
      receipt,
      services,
    })
    const cookie = { cookie: receiptCookie, value: handle, maxAge: deps.limits.receipt / 1000 } as const
    return { kind: 'page', page, cookies: [cookie] }
  }
