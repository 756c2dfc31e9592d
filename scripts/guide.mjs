// `npm run guide`: reports in which step the guide that Sésame generates, or a page that it leads to, differs from the
// university's original guide.
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
  const sections = ['title', ...seed.steps.map((_, at) => at + 1), 'end']
  for (const section of sections) {
    const own = found.filter(({ step }) => step === section)
    const name = typeof section === 'number' ? `step ${section}: ${seed.steps[section - 1].says[0]}` : section
    console.log(`${own.length === 0 ? 'same   ' : 'differs'} ${name}`)
    for (const { what } of own) console.log(`          ${what}`)
  }
  console.log(`${found.length} differences`)
  process.exitCode = found.length === 0 ? 0 : 1
} finally {
  await browser.close()
  portal.stop()
}
