import type { Page } from 'playwright-core'

/** RGAA 11.10: each error of the summary is also shown next to its field and associated with it. */
const errorFaults = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>('.summary li a')]
      .filter(link => {
        const marked = document.querySelector(link.hash)?.closest('[aria-describedby*="-erreur"]')
        const ids = marked?.getAttribute('aria-describedby')?.split(' ') ?? []
        const description = ids.map(id => document.getElementById(id)?.textContent).join(' ')
        return !description.includes(link.textContent)
      })
      .map(link => `« ${link.textContent} » is not told beside its field`),
  )

/** RGAA 11.5, 11.6 and 11.10: choices have a legend, a form of several fields says what must be filled in. */
const groupFaults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const several = (form: HTMLFormElement) =>
      form.querySelectorAll('input[required]:not([type=radio])').length > 1
    const single = [...document.querySelectorAll('input[type=radio]')].filter(
      choice => !choice.closest('fieldset')?.querySelector('legend'),
    )
    const silent = [...document.forms].filter(form => several(form) && !form.querySelector('.all-required'))
    return [
      ...single.map(() => 'a choice has no legend'),
      ...silent.map(({ action }) => `${action} does not say what must be filled in`),
    ]
  })

const purposes = {
  'input[type=password]': '^(new|current)-password$',
  'input[type=email], #mail': '^email$',
  'input[type=tel], #mobile': '^tel$',
  'input#identifiant': '^username( webauthn)?$',
}

/** RGAA 11.13: fields that a browser or an assistive tool can fill in. */
const purposeFaults = (page: Page): Promise<string[]> =>
  page.evaluate(
    wanted =>
      Object.entries(wanted).flatMap(([which, purpose]) =>
        [...document.querySelectorAll<HTMLInputElement>(which)]
          .filter(({ autocomplete }) => !new RegExp(purpose).test(autocomplete))
          .map(({ id }) => `${id} does not say what it is for`),
      ),
    purposes,
  )

/** A telephone opens a keyboard of digits where nothing but digits is typed, by what the hint says, and never where letters can occur. */
const keyboardFaults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const asked = [...document.querySelectorAll<HTMLInputElement>('main input[aria-describedby]')]
    return asked.flatMap(({ id, inputMode, ariaDescribedByElements }) => {
      const hints = [...(ariaDescribedByElements ?? [])].filter(one => one.classList.contains('hint'))
      const isOfDigits = hints.some(one =>
        /^(Souvent |Often )?\d+\s(chiffres|digits)\b/.test(one.textContent),
      )
      return isOfDigits === (inputMode === 'numeric')
        ? []
        : [`${id} ${isOfDigits ? 'opens no keyboard of digits' : 'lets no letter be typed'}`]
    })
  })

/** Faults of forms that axe does not look for. */
export const formFaults = async (page: Page) => [
  ...(await keyboardFaults(page)),
  ...(await errorFaults(page)),
  ...(await groupFaults(page)),
  ...(await purposeFaults(page)),
]

const twice = 'text at twice its size'
const grown = {
  [twice]: 'html { font-size: 225% !important }',
  'text spaced as WCAG 1.4.12 says':
    '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }',
}

/** Larger text and wider spacing (WCAG 1.4.4, 1.4.12): nothing may be cut off or pushed out of the window. */
export const grownFaults = async (page: Page): Promise<string[]> => {
  const faults: string[] = []
  for (const [how, css] of Object.entries(grown)) {
    // On a phone the page is zoomed and reflows; only on a desktop is text enlarged alone.
    if (how === twice && page.viewportSize()?.width !== 1280) continue
    const found = await page.evaluate(rules => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(rules)
      document.adoptedStyleSheets = [sheet]
      const { scrollWidth, clientWidth } = document.documentElement
      const cut = [...document.querySelectorAll<HTMLElement>('main *')].filter(
        one =>
          getComputedStyle(one).overflow !== 'visible' &&
          !one.closest('.unseen, .door-frame, svg') &&
          (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1),
      )
      document.adoptedStyleSheets = []
      return [
        ...(scrollWidth > clientWidth ? ['pushed out'] : []),
        ...cut.map(one => `cut: ${one.className || one.tagName}`),
      ]
    }, css)
    faults.push(...found.map(one => `${how}: ${one}`))
  }
  return faults
}
