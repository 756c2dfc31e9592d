import type { Page } from 'playwright-core'
import { hrefIn } from '../../src/routes.ts'
import { fold } from '../world/browser.ts'
import type { GuideAction, Seed } from './seed.ts'

/** A difference between the seed and the guide that Sésame generates, or the page that a step describes. */
export type Difference = { readonly step: number | 'title' | 'end'; readonly what: string }

/** The data of the person who follows the guide: a member of staff of the demonstration. */
export type GuideReader = Readonly<Record<Extract<GuideAction, { what: string }>['what'], string>>

const quoted = (words: string | undefined) => (words === undefined ? 'nothing' : `« ${words} »`)

/** The steps of the guide as its page lists them, and its end. */
const readGuide = async (page: Page) => {
  const texts = (selector: string) => page.locator(selector).allInnerTexts()
  const steps = await page
    .locator('.guide > li')
    .evaluateAll(items =>
      items.map(item => [...item.querySelectorAll('p')].map(p => (p as HTMLElement).innerText)),
    )
  const end = [
    ...(await texts('section[aria-labelledby=termine] p')),
    ...(await texts('section[aria-labelledby=termine] li')),
  ]
  return {
    title: fold(await page.locator('h1').innerText()),
    steps: steps.map(step => step.map(fold)),
    end: end.map(fold),
  }
}

const compareGuide = async (page: Page, seed: Seed): Promise<Difference[]> => {
  const guide = await readGuide(page)
  const longest = Math.max(guide.steps.length, seed.steps.length)
  const unequal = (step: Difference['step'], says: readonly string[], wanted: readonly string[]) =>
    Array.from({ length: Math.max(says.length, wanted.length) }, (_, at) => [says[at], wanted[at]] as const)
      .filter(([said, asked]) => said !== (asked === undefined ? undefined : fold(asked)))
      .map(([said, asked]) => ({ step, what: `the guide says ${quoted(said)}, the seed ${quoted(asked)}` }))
  return [
    ...unequal('title', [guide.title], [seed.title]),
    ...Array.from({ length: longest }, (_, at) =>
      unequal(at + 1, guide.steps[at] ?? [], seed.steps[at]?.says ?? []),
    ).flat(),
    ...unequal('end', guide.end, seed.end.says),
  ]
}

/** Everything that a page shows: its text and its placeholders. */
const shownOn = async (page: Page) => {
  const placeholders = await page
    .locator('[placeholder]')
    .evaluateAll(fields => fields.map(field => field.getAttribute('placeholder') ?? ''))
  return [await page.locator('body').innerText(), ...placeholders].map(fold).join(' | ')
}

const missing = async (
  page: Page,
  step: Difference['step'],
  shows: readonly string[],
): Promise<Difference[]> => {
  const shown = await shownOn(page)
  return shows
    .filter(words => !shown.includes(fold(words)))
    .map(words => ({ step, what: `${new URL(page.url()).pathname} does not show ${quoted(words)}` }))
}

/** Does what the step says, by the names that it uses: a link with another name is not found. */
const perform = async (page: Page, act: GuideAction, reader: GuideReader): Promise<string | null> => {
  const named = async (role: 'link' | 'button', name: string) => {
    for (const one of await page.getByRole(role).all()) {
      const own = fold(await one.innerText())
      const heading = await one.getByRole('heading').allInnerTexts()
      if (own === fold(name) || heading.map(fold).includes(fold(name))) return one
    }
    return null
  }
  const labelled = async (name: string) => {
    for (const label of await page.locator('main label').all())
      if (fold(await label.innerText()) === fold(name))
        return page.locator(
          `#${(await label.getAttribute('for')) ?? (await label.locator('input').getAttribute('id'))}`,
        )
    return null
  }
  const found =
    'press' in act ? await named(act.as, act.press) : await labelled('tick' in act ? act.tick : act.enter)
  if (!found) return Object.values(act)[0] ?? ''
  if ('tick' in act) await found.check()
  else if ('enter' in act) await found.fill(reader[act.what])
  else {
    const loaded = page.waitForEvent('load')
    await found.click()
    await loaded
  }
  return null
}

/**
 * Reads the guide that the running portal generates, then follows it on the running pages. Compares the sentences of each step and
 * what its page shows, and checks that every element the step names can be pressed or filled.
 */
export const differencesFrom = async (page: Page, url: string, seed: Seed, reader: GuideReader) => {
  const href = hrefIn('fr')
  await page.goto(url + href('helpGuide', { population: 'personnel' }))
  const found = await compareGuide(page, seed)
  await page.goto(url + href('signIn'))
  for (const [at, { shows, acts }] of seed.steps.entries()) {
    found.push(...(await missing(page, at + 1, shows)))
    for (const act of acts) {
      const lacking = await perform(page, act, reader)
      if (lacking === null) continue
      const what = `${new URL(page.url()).pathname} has nothing called ${quoted(lacking)}: the walk ends here`
      return [...found, { step: at + 1, what }]
    }
  }
  return [...found, ...(await missing(page, 'end', seed.end.shows))]
}
