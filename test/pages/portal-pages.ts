import { movableClock } from '../world/clock.ts'
import { unlimited } from '../world/limits.ts'
import { startPortal } from '../world/portal.ts'
import { accountPages, mailPages } from './account-pages.ts'
import { staticPages } from './entry-pages.ts'
import { factorPages } from './factor-pages.ts'
import { activationPages, closedJokerPages, identifierPages, recoveryPages } from './journey-pages.ts'
import { proofPages } from './proof-pages.ts'
import type { PagesSeen } from './seen.ts'

/** Starts a portal and visits its pages, in every language; the caller stops it. */
export const visitPortal = async (pages: PagesSeen, clock = movableClock()) => {
  const fixture = await startPortal({
    directory: 'embedded',
    store: 'SQLite',
    clock,
    crowd: 6,
    config: { limits: unlimited },
  })
  await staticPages(fixture, pages)
  await recoveryPages(fixture, pages)
  await activationPages(fixture, pages)
  await closedJokerPages(fixture, pages)
  await factorPages(fixture, clock, pages)
  await accountPages(fixture, pages)
  await mailPages(fixture, pages)
  await identifierPages(fixture, clock, pages)
  await proofPages(pages)
  return fixture
}
