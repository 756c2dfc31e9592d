import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchChromium } from './browser.ts'
import { type PortalFixture, startPortal } from './portal.ts'

/** A portal on the embedded directory, and Chromium, for the tests of one `describe`: started before them, stopped after. */
export const startDemonstration = () => {
  const started: { fixture?: PortalFixture; browser?: Browser } = {}
  beforeAll(async () => {
    started.fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
    started.browser = await launchChromium()
  })
  afterAll(async () => {
    await started.browser?.close()
    await started.fixture?.stop()
  })
  const running = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('it is started before the first test')
    return part
  }
  return { portal: () => running(started.fixture), chromium: () => running(started.browser) }
}
