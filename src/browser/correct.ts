/** The latest page at this address in the history of this tab, before the present one. */
const pastEntry = (pathname: string) => {
  const present = window.navigation?.currentEntry?.index ?? 0
  const past = window.navigation?.entries().slice(0, present) ?? []
  return past.findLast(({ url }) => url !== null && new URL(url).pathname === pathname)
}

/**
 * Where a browser does not tell its history: this page was opened by the form itself, and in this tab. A tab of its own has no page
 * before, and going back would do nothing.
 */
const isJustBefore = (pathname: string) =>
  !window.navigation &&
  history.length > 1 &&
  URL.canParse(document.referrer) &&
  new URL(document.referrer).pathname === pathname

/**
 * « Corriger le numéro ou la date » goes back in the history to the form. A browser keeps the page itself for Back, with all that was
 * typed, since this page is the same for everybody and may be stored. One that has dropped it loads it anew, without the number:
 * `autocomplete=off` keeps that from being offered to the next person at the same machine, so it is stored nowhere. A browser that
 * cannot tell its history follows the link, to an empty form.
 */
export const correct = () => {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-corrects]'))
    link.onclick = event => {
      const past = pastEntry(link.pathname)
      if (!past && !isJustBefore(link.pathname)) return
      event.preventDefault()
      if (past) window.navigation.traverseTo(past.key)
      else history.back()
    }
}
