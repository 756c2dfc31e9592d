/** Polling intervals in milliseconds: about twice a second at first, then growing to ten seconds. */
const pauses = { first: 600, longest: 10_000, growth: 1.4 }

/** Removes the refresh link of a finished receipt. If it had the keyboard focus, the heading of the receipt gets it. */
const removeRefreshLink = (receipt: HTMLElement) => {
  const again = receipt.querySelector('[data-again]')
  const heading = receipt.querySelector('h2')
  const wasFocused = again?.contains(document.activeElement)
  again?.remove()
  if (!wasFocused || !heading) return
  heading.tabIndex = -1
  heading.focus()
}

/** Updates the receipt. The status text is replaced last and in place, so that a screen reader announces it once. */
const show = (receipt: HTMLElement, fresh: HTMLElement) => {
  const status = receipt.querySelector('[role=status]')
  const sentence = fresh.querySelector('[role=status]')?.textContent ?? ''
  receipt.querySelector('.lines')?.replaceWith(...fresh.querySelectorAll('.lines'))
  if (!fresh.dataset.pending) removeRefreshLink(receipt)
  if (status && status.textContent !== sentence) status.textContent = sentence
}

/** Polls the page and updates the receipt until no delivery is pending. */
const follow = async (receipt: HTMLElement, pause: number) => {
  await new Promise(resolve => setTimeout(resolve, pause))
  const answer = await fetch(location.href).catch(() => null)
  const text = answer?.ok ? await answer.text() : ''
  const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('suivi')
  if (fresh) show(receipt, fresh)
  if (!fresh || fresh.dataset.pending) void follow(receipt, Math.min(pause * pauses.growth, pauses.longest))
}

/** Updates the receipt by itself; without scripts, its link reloads the page. */
export const liveReceipt = () => {
  const receipt = document.getElementById('suivi')
  if (receipt?.dataset.pending) void follow(receipt, pauses.first)
}
