/** How long a receipt is followed, and how often: twice a second at first, every ten seconds in the end. */
const pauses = { first: 600, longest: 10_000, growth: 1.4 }

/** The link that reads again has nothing more to say. Whoever stood on it with the keyboard stands on the receipt then. */
const takeAway = (proofStep: HTMLElement) => {
  const again = proofStep.querySelector('[data-again]')
  const heading = proofStep.querySelector('h2')
  const stoodOn = again?.contains(document.activeElement)
  again?.remove()
  if (!stoodOn || !heading) return
  heading.tabIndex = -1
  heading.focus()
}

/** What changes in a receipt. The sentence is replaced last and in place, so that a screen reader says it once. */
const show = (proofStep: HTMLElement, fresh: HTMLElement) => {
  const said = proofStep.querySelector('[role=status]')
  const sentence = fresh.querySelector('[role=status]')?.textContent ?? ''
  proofStep.querySelector('.lines')?.replaceWith(...fresh.querySelectorAll('.lines'))
  if (!fresh.dataset.pending) takeAway(proofStep)
  if (said && said.textContent !== sentence) said.textContent = sentence
}

/** Reads the same page again and shows its receipt in the place of ours, until nothing is under way. */
const follow = async (proofStep: HTMLElement, pause: number) => {
  await new Promise(resolve => setTimeout(resolve, pause))
  const answer = await fetch(location.href).catch(() => null)
  const text = answer?.ok ? await answer.text() : ''
  const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('suivi')
  if (fresh) show(proofStep, fresh)
  if (!fresh || fresh.dataset.pending) void follow(proofStep, Math.min(pause * pauses.growth, pauses.longest))
}

/** The receipt of a change follows its services by itself. Without scripts its link does. */
export const liveReceipt = () => {
  const proofStep = document.getElementById('suivi')
  if (proofStep?.dataset.pending) void follow(proofStep, pauses.first)
}
