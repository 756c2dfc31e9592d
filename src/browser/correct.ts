/** The latest page at this address in the history of this tab, before the present one. */
const pastEntry = (pathname: string) => {
  const present = window.navigation?.currentEntry?.index ?? 0
  const past = window.navigation?.entries().slice(0, present) ?? []
  return past.findLast(({ url }) => url !== null && new URL(url).pathname === pathname)
}

/**
 * « Corriger le numéro ou la date » goes back in the history to the form, as the browser kept it. A browser that cannot tell
 * follows the link, to an empty form.
 */
export const correct = () => {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-corrects]'))
    link.onclick = event => {
      const past = pastEntry(link.pathname)
      if (!past) return
      event.preventDefault()
      window.navigation.traverseTo(past.key)
    }
}
