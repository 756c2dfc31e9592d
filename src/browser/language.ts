const isTyped = (field: Element) =>
  field instanceof HTMLInputElement &&
  ['text', 'password', 'email', 'tel', 'search'].includes(field.type) &&
  field.value !== '' &&
  field.checkVisibility()

/** Before another language opens its own page: says that what was typed here does not go with it. The second press goes there. */
export const languageSwitch = () => {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-loss]'))
    link.onclick = event => {
      const sentence = link.dataset.loss
      if (!sentence || ![...document.querySelectorAll('main form input')].some(isTyped)) return
      event.preventDefault()
      delete link.dataset.loss
      const warning = document.createElement('p')
      warning.role = 'alert'
      warning.textContent = sentence
      link.before(warning)
    }
}
