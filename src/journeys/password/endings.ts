import type { Service } from '../../config/config.ts'
import { type Answer, go, type Handler, problem } from '../../web/ask.ts'
import { donePage } from './done.page.tsx'
import { guard } from './guard.ts'
import { overPage } from './over.page.tsx'
import type { Parts } from './parts.ts'
import { pages } from './password.ts'

/** Step 4, 100 %: only what was really proved has its ✓. */
export const done =
  (parts: Parts, services: readonly Service[], demonstration: boolean): Handler =>
  async ask => {
    const at = await guard(parts, ask, 'done')
    if ('elsewhere' in at) return at.elsewhere
    const { provedAt, writtenAt } = at.journey.state
    const lines = services.map(service => ({
      name: service.name[ask.language],
      use: service.use[ask.language],
      demonstration: service.demonstration || (demonstration && !service.source),
      state: service.source
        ? provedAt
          ? { kind: 'proved' as const, at: provedAt }
          : { kind: 'pending' as const }
        : null,
    }))
    return { kind: 'page', page: donePage({ ui: parts.ui(ask.language), services: lines, writtenAt }) }
  }

/** While a write is under way, or was cut: the truth, and nothing to do again. The page of the outcome comes by itself. */
export const writing =
  (parts: Parts): Handler =>
  async ask => {
    const until = parts.clock.now() + 3000
    for (;;) {
      const at = await guard(parts, ask, 'writing')
      if ('elsewhere' in at) return at.elsewhere
      if (parts.clock.now() > until) return problem('outcome-unknown', { retryAfter: 10 })
      await parts.clock.sleep(150)
    }
  }

/** Where a journey ended without a new password: why, and how to go on. */
export const over =
  (parts: Parts): Handler =>
  async ask => {
    const handle = ask.cookie('journey')
    const journey = handle ? await parts.journeys.find(handle) : null
    if (journey && journey.state.step !== 'over') return go(ask.href(pages[journey.state.step]))
    const why = journey?.state.step === 'over' ? journey.state.why : 'journey-expired'
    return { kind: 'page', status: 410, page: overPage({ ui: parts.ui(ask.language), why }) } satisfies Answer
  }
