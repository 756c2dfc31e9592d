// `npm run guide`: says in which step the guide that Sésame makes of itself, or a page that it leads to, differs from the
// guide that the university gave before.
import { chromium } from 'playwright-core'
import { build } from './build.mjs'
import { startDemonstration } from './demonstration.mjs'

await build()
const { differencesFrom } = await import('../test/help/differences.ts')
const { seed } = await import('../test/help/seed.ts')
const portal = await startDemonstration()
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' })
try {
  const context = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 } })
  const reader = { number: '204518', date: '14/07/1985', answer: 'Félix', password: 'Tr0mbone&Cascade-1' }
  const found = await differencesFrom(await context.newPage(), portal.url, seed, reader)
  const parts = ['title', ...seed.steps.map((_, at) => at + 1), 'end']
  for (const part of parts) {
    const own = found.filter(({ step }) => step === part)
    const name = typeof part === 'number' ? `step ${part}: ${seed.steps[part - 1].says[0]}` : part
    console.log(`${own.length === 0 ? 'same   ' : 'differs'} ${name}`)
    for (const { what } of own) console.log(`          ${what}`)
  }
  console.log(`${found.length} differences`)
  process.exitCode = found.length === 0 ? 0 : 1
} finally {
  await browser.close()
  portal.stop()
}
