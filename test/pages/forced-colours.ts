import type { Page } from 'playwright-core'

/** Marks the surfaces that only a background or a shadow delimits in the colours of the portal: forced colours remove both. */
const markSurfaces = (page: Page) =>
  page.evaluate(() => {
    const isClear = (colour: string) => colour === 'rgba(0, 0, 0, 0)'
    const behind = (one: Element | null): string => {
      for (let at = one; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at)
        if (!isClear(backgroundColor)) return backgroundColor
      }
      return ''
    }
    // A focus left from before would draw its own shadow.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    for (const one of document.querySelectorAll('body *')) {
      one.removeAttribute('data-surface')
      const { backgroundColor, boxShadow } = getComputedStyle(one)
      const { width, height } = one.getBoundingClientRect()
      const isBand = width >= innerWidth
      const isOwn = !isClear(backgroundColor) && backgroundColor !== behind(one.parentElement)
      const isSeen = width > 1 && height > 1 && !isBand && one.textContent !== ''
      if (isSeen && (isOwn || boxShadow !== 'none')) one.setAttribute('data-surface', '')
    }
  })

const lost = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const sides = ['Top', 'Right', 'Bottom', 'Left'] as const
    const name = (one: Element) => one.className.toString() || one.id || one.tagName
    const hasBorder = (one: Element) => {
      const style = getComputedStyle(one)
      return sides.some(
        side => style[`border${side}Style`] !== 'none' && Number.parseFloat(style[`border${side}Width`]) > 0,
      )
    }
    const keepsColours = (one: Element) =>
      getComputedStyle(one).getPropertyValue('forced-color-adjust') === 'none'
    const outlined = (one: Element, pseudo?: string) => {
      const { outlineStyle, outlineWidth, content } = getComputedStyle(one, pseudo)
      return outlineStyle !== 'none' && outlineWidth !== '0px' && (!pseudo || content !== 'none')
    }
    const luminance = (colour: string) => {
      const canvas = new OffscreenCanvas(1, 1).getContext('2d')
      if (!canvas) return 0
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map(part => {
        const share = part / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const canvas = luminance(getComputedStyle(document.documentElement).backgroundColor)
    const contrast = (colour: string) => {
      const own = luminance(colour)
      return (Math.max(own, canvas) + 0.05) / (Math.min(own, canvas) + 0.05)
    }
    const surfaces = [...document.querySelectorAll('[data-surface]')].filter(
      one => !keepsColours(one) && !hasBorder(one),
    )
    const icons = [...document.querySelectorAll('svg.icon')].filter(
      one => contrast(getComputedStyle(one).stroke) < 3,
    )
    const current = [...document.querySelectorAll('.menu [aria-current]')].filter(one => {
      const other = document.querySelector('.menu a:not([aria-current])')
      return other && getComputedStyle(one).textDecorationLine === getComputedStyle(other).textDecorationLine
    })
    const focused = [
      ...document.querySelectorAll<HTMLElement>('a, button, input, select, summary, [tabindex]'),
    ].filter(one => {
      if (one.localName === 'main' || !one.checkVisibility() || one.closest('.skip')) return false
      one.focus()
      return document.activeElement === one && !outlined(one) && !outlined(one, '::after')
    })
    return [
      ...surfaces.map(one => `${name(one)} has no border`),
      ...icons.map(one => `the icon in ${name(one.parentElement ?? one)} is not seen`),
      ...current.map(() => 'the current entry of the menu looks like the others'),
      ...focused.map(one => `the focus is not seen on ${name(one)}`),
    ]
  })

/**
 * In the colours that a person forces on every site (WCAG 1.4.11, RGAA 10.6 and 10.7), backgrounds and shadows are gone: surfaces
 * keep a border, icons a colour that is seen, the focus an outline.
 */
export const forcedColourFaults = async (page: Page): Promise<string[]> => {
  await markSurfaces(page)
  await page.emulateMedia({ forcedColors: 'active' })
  const faults = await lost(page)
  await page.emulateMedia({ forcedColors: 'none' })
  return faults
}
