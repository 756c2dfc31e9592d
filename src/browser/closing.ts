/** When to warn, in minutes before a journey or a session ends (WCAG 2.2.1). */
const warnAt = 2

/** A journey goes on by a form of its own, without what was typed; a session by any page of it. */
const extendJourney = async () => {
  const field = document.querySelector<HTMLInputElement>('input[name=demarche]')
  const body = new URLSearchParams({ demarche: field?.value ?? '', continuer: 'oui' })
  const answer = await fetch(field?.form?.action ?? location.href, field ? { method: 'POST', body } : {})
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  return { line: page.querySelector<HTMLElement>('[data-minutes]'), url: answer.url }
}

const warn = (line: HTMLElement) => {
  const notice = document.createElement('div')
  const [words, button] = [document.createElement('p'), document.createElement('button')]
  const before = document.activeElement as HTMLElement | null
  notice.className = 'closing'
  notice.role = 'alert'
  words.textContent = line.dataset.warning ?? ''
  button.type = 'button'
  button.className = 'button second'
  button.textContent = line.dataset.continue ?? ''
  button.onclick = async () => {
    const next = await extendJourney().catch(() => null)
    if (!next) return
    // It ended meanwhile: the page that follows says so.
    if (!next.line) return location.assign(next.url)
    line.replaceWith(next.line)
    notice.remove()
    before?.focus()
    watch(next.line, 1)
  }
  notice.append(words, button)
  document.querySelector('main')?.append(notice)
  // The field in which somebody types must not lie under the notice (WCAG 2.4.11).
  before?.scrollIntoView({ block: 'nearest' })
}

/** `least`: below it, going on has changed nothing, because the whole time is over soon. */
const watch = (line: HTMLElement, least: number) => {
  const left = Number(line.dataset.minutes) - warnAt
  if (left >= least) setTimeout(() => warn(line), left * 60_000)
}

/** Warns before a journey or a session ends; without scripts, the page says until when it is open. */
export const closing = () => {
  const line = document.querySelector<HTMLElement>('[data-minutes]')
  if (line) watch(line, -warnAt)
}
