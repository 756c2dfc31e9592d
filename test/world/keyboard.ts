import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { BrowserUser } from './browser.ts'

/** The focused element: its name and position, and whether its focus is visible. */
type FocusStop = {
  readonly name: string
  readonly id: string
  readonly column: 'around' | 'main' | 'aside'
  readonly top: number
  readonly bottom: number
  readonly ringed: boolean
  readonly inView: boolean
}

const focusedElement = (page: Page): Promise<FocusStop> =>
  page.evaluate(() => {
    const at = document.activeElement as HTMLInputElement
    // The surface of a card's link is the whole card, drawn by its pseudo-element.
    const drawn = at.matches(':is(.cards, .doors) a') ? '::after' : null
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at, drawn)
    const { top, bottom, left, right } = at.getBoundingClientRect()
    const outlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
    const titled = at.labels?.[0] ?? at.querySelector('h2') ?? at
    const name = at === document.body ? '' : (titled.textContent ?? '')
    return {
      name: name.replace(/\s+/g, ' ').replaceAll('’', "'").trim(),
      id: at.id,
      column: at.closest('.aside') ? 'aside' : at.closest('main') ? 'main' : 'around',
      top: top + scrollY,
      bottom: bottom + scrollY,
      ringed: outlined || (at.matches('.summary') && boxShadow !== 'none'),
      inView: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    } as const
  })

/**
 * A person who uses only a keyboard. At each step the focus is checked: it is visible, it is inside the window, and it moves down
 * within a column, never up (WCAG 2.4.3, 2.4.7, 2.4.11).
 */
export const createKeyboardUser = ({ page }: BrowserUser) => {
  const { keyboard } = page
  const mostStops = 60

  const checkFocus = async () => {
    const stop = await focusedElement(page)
    if (stop.name === '' && stop.id === '') throw new Error(`nothing has the focus on ${page.url()}`)
    const where = `« ${stop.name} » on ${page.url()}`
    expect(stop.ringed, `the focus shows at ${where}`).toBe(true)
    expect(stop.inView, `the focus is in the window at ${where}`).toBe(true)
    return stop
  }

  const tab = async (before?: FocusStop) => {
    await keyboard.press('Tab')
    const stop = await checkFocus()
    if (before?.column === stop.column && stop.column !== 'around')
      expect(stop.bottom, `« ${stop.name} » comes after « ${before.name} »`).toBeGreaterThan(before.top)
    return stop
  }

  const tabTo = async (name: RegExp) => {
    const passed: string[] = []
    let stop: FocusStop | undefined
    while (passed.length < mostStops) {
      stop = await tab(stop)
      if (name.test(stop.name)) return stop
      passed.push(stop.name)
    }
    throw new Error(`${name} is not reached by Tab on ${page.url()}: ${passed.join(' · ')}`)
  }

  /** Presses Enter and waits for the next page. */
  const enter = async (path?: string | RegExp) => {
    const loaded = page.waitForEvent('domcontentloaded')
    await keyboard.press('Enter')
    await loaded
    if (path) await page.waitForURL(path)
  }

  /** Where the page says first that a change was made, the focus is there already. */
  const isPastMenu = () => page.evaluate(() => document.activeElement?.matches('main [role=status]') ?? false)

  /** Follows the skip link, which is the first link and leads past the menu. */
  const skip = async () => {
    if (await isPastMenu()) return void (await checkFocus())
    expect((await tab()).name).toBe('Aller au contenu')
    await keyboard.press('Enter')
    expect((await focusedElement(page)).id).toBe('contenu')
  }

  return {
    tabTo,
    enter,
    skip,
    press: (key: string) => keyboard.press(key),
    typeHere: (text: string) => keyboard.type(text),

    /** Presses Shift-Tab, then Tab: the focus is not trapped (WCAG 2.1.2). */
    backAndForth: async () => {
      const { name, id } = await focusedElement(page)
      await keyboard.press('Shift+Tab')
      expect((await checkFocus()).name).not.toBe(name)
      await keyboard.press('Tab')
      expect(await checkFocus()).toMatchObject({ name, id })
    },

    /** Follows an entry of the menu; in a small window, opens the menu first. */
    menu: async (name: RegExp, path: string) => {
      if (await page.getByRole('button', { name: 'Menu' }).isVisible()) {
        await tabTo(/^Menu$/)
        await keyboard.press('Enter')
      }
      await tabTo(name)
      await enter(path)
    },

    fill: async (name: RegExp, text: string) => {
      await tabTo(name)
      await keyboard.type(text)
    },

    /** Skips the menu, moves to a link or a button, and presses it. */
    go: async (name: RegExp, path?: string | RegExp) => {
      await skip()
      await tabTo(name)
      await enter(path)
    },

    /** Checks that the error summary has the focus and that its first link leads to the field. */
    correct: async (field: string) => {
      // A browser applies `autofocus` when it first paints the page, which may be after the load event.
      await expect
        .poll(async () => (await focusedElement(page)).name, { timeout: 10_000 })
        .toMatch(/à corriger/)
      expect(await checkFocus()).toMatchObject({ name: expect.stringMatching(/à corriger/) })
      await tab()
      await keyboard.press('Enter')
      expect((await checkFocus()).id).toBe(field)
    },
  }
}

export type KeyboardUser = ReturnType<typeof createKeyboardUser>
