import type { Page } from 'playwright-core'

/** The part of the width of the content that lies empty beside its texts, fields and drawings, on the side where lines end. */
const emptyWidth = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const floor = document.querySelector<HTMLElement>('.floor')
    if (!floor) return 1
    const { paddingLeft, paddingRight } = getComputedStyle(floor)
    const box = floor.getBoundingClientRect()
    const [start, end] = [
      box.left + Number.parseFloat(paddingLeft),
      box.right - Number.parseFloat(paddingRight),
    ]
    const ends: number[] = []
    const texts = document.createTreeWalker(floor, NodeFilter.SHOW_TEXT)
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (text.parentElement?.closest('.unseen, [hidden]')) continue
      const range = document.createRange()
      range.selectNodeContents(text)
      ends.push(...[...range.getClientRects()].filter(({ width }) => width > 0).map(({ right }) => right))
    }
    for (const drawn of floor.querySelectorAll('input, select, .button, img, svg')) {
      const { width, right } = drawn.getBoundingClientRect()
      if (width > 0 && !drawn.closest('.unseen')) ends.push(right)
    }
    return (end - Math.max(start, ...ends)) / (end - start)
  })

/** How much may be empty, on a desktop. */
const most = 0.4

export const emptyFaults = async (page: Page): Promise<string[]> => {
  if (page.viewportSize()?.width !== 1280) return []
  const empty = await emptyWidth(page)
  return empty > most ? [`${Math.round(empty * 100)} % of the width is empty`] : []
}
