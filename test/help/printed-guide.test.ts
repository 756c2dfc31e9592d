import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fold, hasChromium, openBrowserUser } from '../world/browser.ts'
import { startDemonstration } from '../world/demonstration.ts'
import { scratchFolder } from '../world/scratch.ts'

const guides = ['etudiant', 'personnel', 'externe']

/** The text of a printed page, in the order in which it is read. */
const printedText = (file: string) => execFileSync('pdftotext', ['-raw', file, '-'], { encoding: 'utf8' })
const words = (text: string) => fold(text).replace(/[\s\u00ad-]+/g, '')

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('printed on A4', () => {
  const { portal, chromium } = startDemonstration()

  it.each(guides)('the guide « %s » has all its steps, each whole', async guide => {
    const person = await openBrowserUser(chromium(), portal().url)
    await person.open(`/fr/aide/guide/${guide}`)
    const steps = (await person.page.locator('.guide > li').allInnerTexts()).map(words)
    expect(steps.length).toBeGreaterThan(3)
    const file = join(scratchFolder('sesame-print-'), `${guide}.pdf`)
    await person.page.pdf({ path: file, format: 'A4', printBackground: true })
    const printed = words(printedText(file))
    expect(steps.filter(step => !printed.includes(step))).toEqual([])
    await person.leave()
  })

  it('the receipt of a new password has each service, and says when', async () => {
    const person = await openBrowserUser(chromium(), portal().url)
    await person.prove('clefevre', 'staff-number')
    await person.choose('Tr0mbone&Cascade-3')
    await person.page.waitForURL('**/termine')
    const lines = await person.page.locator('.receipt .lines > li').allInnerTexts()
    expect(lines.length).toBeGreaterThan(0)
    const names = lines.map(line => words(line.split('\n')[0] ?? ''))
    const file = join(scratchFolder('sesame-print-'), 'receipt.pdf')
    await person.page.pdf({ path: file, format: 'A4' })
    const text = printedText(file)
    const printed = words(text)
    expect(names.filter(name => !printed.includes(name))).toEqual([])
    // Each sheet ends in a form feed.
    expect(text.split('\f')).toHaveLength(2)
    await person.leave()
  })
})
