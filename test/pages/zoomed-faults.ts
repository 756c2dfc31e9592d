import type { Page } from 'playwright-core'
import { overflows } from '../world/browser.ts'

/** A window of 1280 × 1024 pixels at 400 %, in pixels of CSS (WCAG 1.4.10, 1.4.4). */
export const zoomed = { width: 320, height: 256 } as const

/** What can be pressed or filled in, and cannot be reached: wider than the window, cut by it, or under something else. */
const unreachable = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const name = (one: Element) => (one.textContent?.trim() || one.id || one.tagName).slice(0, 40)
    /** Is this the control, its label, or the card or row that acts with it? */
    const belongs = (hit: Element, one: Element) =>
      one.contains(hit) || (hit.closest('label, li, a') ?? hit).contains(one)
    const faultOf = (one: HTMLElement) => {
      one.scrollIntoView({ block: 'center', behavior: 'instant' })
      const box = one.getClientRects()[0]
      if (!box || box.width <= 1) return null
      if (box.left < -1 || box.right > innerWidth + 1) return 'is cut at a side'
      const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2)
      if (!hit) return 'is out of the window'
      return belongs(hit, one) ? null : `is covered by ${hit.className || hit.tagName}`
    }
    const menu = document.getElementById('menu')
    const inside = [
      ...document.querySelectorAll<HTMLElement>(
        'main :is(a, button, input, select, summary), .foot a, .top > *',
      ),
    ]
    const faults = inside.flatMap(one => {
      if (one.closest('.unseen, .skip, .menu, [hidden]') || !one.checkVisibility()) return []
      const fault = faultOf(one)
      return fault ? [`« ${name(one)} » ${fault}`] : []
    })
    menu?.showPopover()
    const inMenu = [...(menu?.querySelectorAll<HTMLElement>('a, button') ?? [])].flatMap(one => {
      const fault = faultOf(one)
      return fault ? [`in the menu, « ${name(one)} » ${fault}`] : []
    })
    menu?.hidePopover()
    scrollTo(0, 0)
    return [...faults, ...inMenu]
  })

/** What stays in place while the page is scrolled, and leaves less than half of the window to it. */
const covered = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter(one => /fixed|sticky/.test(getComputedStyle(one).position))
      .filter(one => one.getBoundingClientRect().height > innerHeight / 2)
      .map(one => `${one.className || one.tagName} stays over more than half of the window`),
  )

/** At 400 %: nothing is to be scrolled sideways, all that acts is reached, and nothing that stays in place covers the page. */
export const zoomedFaults = async (page: Page): Promise<string[]> => [
  ...(await unreachable(page)),
  ...(await covered(page)),
  ...((await overflows(page)) ? ['is to be scrolled sideways'] : []),
]
