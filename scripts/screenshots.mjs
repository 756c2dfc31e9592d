// `npm run screenshots`: walks through the demonstration in Chromium and takes a picture of each step, on a phone and on a
// desktop, into docs/screenshots/; then takes the pictures of the help. `npm run screenshots -- help` takes only those.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build } from './build.mjs'
import { startDemonstration } from './demonstration.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'docs', 'screenshots')
const pictures = join(root, 'src', 'help', 'pictures')
const windows = {
  phone: { viewport: { width: 390, height: 844 } },
  desk: { viewport: { width: 1280, height: 800 } },
  // Dark mode on the smallest phone: a few pages are enough to see that nothing is cut off.
  'phone-night': { viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
}

const walk = async (page, url, shot, password) => {
  const submit = async () => {
    const loaded = page.waitForEvent('load')
    await page.click('main form button[type=submit]')
    await loaded
  }
  await page.goto(`${url}/fr/`)
  await shot('home')
  await page.goto(`${url}/fr/connexion`)
  await shot('sign-in')
  await page.click('text=Mot de passe oublié')
  await page.waitForURL('**/identifiants-oublies')
  await shot('forgotten')
  await page.goto(`${url}/fr/mot-de-passe`)
  await shot('choose-number')
  await page.goto(`${url}/fr/mot-de-passe/identification/numero-personnel`)
  await shot('identification')
  await page.fill('#naissance', '14/07/85')
  await submit()
  await shot('identification-refused')
  await page.fill('#numero', '204 518')
  await page.fill('#naissance', '14/7/1985')
  await submit()
  await shot('joker')
  await page.fill('#reponse', 'Médor')
  await submit()
  await shot('joker-wrong')
  await page.fill('#reponse', 'félix')
  await submit()
  await shot('new-password')
  await page.fill('#nouveau', 'trombone vert')
  await page.waitForTimeout(1200)
  await shot('new-password-typing')
  await submit()
  await shot('new-password-refused')
  await page.fill('#nouveau', password)
  await page.fill('#confirmation', password)
  await page.check('#charte')
  await submit()
  await shot('done')
  await page.goto(`${url}/fr/aide`)
  await shot('help')
}

const forDocuments = async openedBrowser => {
  mkdirSync(folder, { recursive: true })
  const portal = await startDemonstration()
  let count = 0
  for (const [name, window] of Object.entries(windows)) {
    const context = await openedBrowser.newContext({ locale: 'fr-FR', reducedMotion: 'reduce', ...window })
    const page = await context.newPage()
    const isTaken = step =>
      name !== 'phone-night' || ['identification', 'new-password-refused', 'done'].includes(step)
    const shot = async step =>
      isTaken(step) && page.screenshot({ path: join(folder, `${step}-${name}.png`), fullPage: true })
    count += 1
    await walk(page, portal.url, shot, `Tr0mbone&Cascade-${count}`)
    await page.emulateMedia({ media: 'print' })
    await page.goto(`${portal.url}/fr/mot-de-passe/termine`)
    await shot('done-printed')
    await context.close()
  }
  portal.stop()
  console.log(`docs/screenshots: ${Object.keys(windows).join(', ')}`)
}

/** Each language on its own demonstration, since an activation code can be used only once. */
const forHelp = async openedBrowser => {
  const { takePictures, writePictures } = await import('../test/help/help-pictures.ts')
  const { languages } = await import('../src/texts/texts.ts')
  const pictureSet = {}
  for (const language of languages) {
    const portal = await startDemonstration()
    pictureSet[language] = await takePictures(openedBrowser, portal.url, language, pictures).finally(
      portal.stop,
    )
  }
  writePictures(pictures, pictureSet)
  console.log(`src/help/pictures: ${languages.join(', ')}`)
}

await build()
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' })
try {
  if (process.argv[2] !== 'help') await forDocuments(browser)
  await forHelp(browser)
} finally {
  await browser.close()
}
