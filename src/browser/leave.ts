/** Keeps only the address of this page in the history of the tab. */
export const keepAddress = () => history.replaceState(history.state, '', location.href)

/**
 * A page that answered a form is in the history with what was sent. Back to it would send that again, which the browser asks about on
 * an error page of its own, since no answer is stored. A person who goes on from here leaves the address alone: Back then opens the form
 * anew. Until then a reload shows again what was typed.
 */
export const leave = () => {
  addEventListener('submit', keepAddress, true)
  addEventListener(
    'click',
    ({ target, ctrlKey, metaKey }) => {
      const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href]') : null
      // A link within the page, or one that opens in another tab, leaves nothing.
      const isLeaving = link && !link.getAttribute('href')?.startsWith('#') && !link.target
      if (isLeaving && !ctrlKey && !metaKey) keepAddress()
    },
    true,
  )
}
