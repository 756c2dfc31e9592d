/**
 * The way back to a form that waits in the tab from which this one was opened: closes this one, so that what was typed is still
 * there. A browser that keeps the tab open follows the link, to the form without what was typed.
 */
export const returnToForm = () => {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-returns]'))
    link.onclick = event => {
      event.preventDefault()
      close()
      setTimeout(() => location.assign(link.href), 300)
    }
}
