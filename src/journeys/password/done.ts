import { journeyCookie } from '../../identity/journey-cookie.ts'
import { receiptCookie, receiptHandle } from '../../services/receipt/receipt.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import { type Handler, redirect } from '../../web/handler.ts'
import { awaitOutcome } from '../steps/await-outcome.ts'
import { guard } from '../steps/guard.ts'
import type { PasswordDeps } from './deps.ts'
import { donePage } from './done.page.tsx'

type Deps = Pick<PasswordDeps, 'clock' | 'limits' | 'journeys' | 'definition' | 'receipts' | 'ui'>

/**
 * Step 4, 100 %: the receipt, until the receipt expires. It is found by the journey's handle, and by the receipt's own cookie
 * once the journey has expired.
 */
export const createDoneHandler =
  (deps: Deps, services: readonly ServiceSettings[]): Handler =>
  async request => {
    const at = await guard(deps, request, 'done')
    const handle =
      'redirected' in at ? request.cookie(receiptCookie) : receiptHandle(request.cookie(journeyCookie) ?? '')
    const receipt = handle && (await awaitOutcome(deps, handle))
    if (!receipt) return 'redirected' in at ? at.redirected : redirect(request.href('journeyStopped'))
    const cookie = { cookie: receiptCookie, value: handle, maxAge: deps.limits.receipt / 1000 } as const
    const page = donePage({ ui: deps.ui(request.language), receipt, services })
    return { kind: 'page', page, ...(!('redirected' in at) && { cookies: [cookie] }) }
  }
