/** « Afficher »: a button that exists only where the script runs. */
export const reveal = () => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-reveals]')) {
    const fields = (button.dataset.reveals ?? '')
      .split(' ')
      .map(id => document.getElementById(id) as HTMLInputElement | null)
    const show = button.textContent ?? ''
    button.hidden = false
    button.onclick = () => {
      const shown = button.getAttribute('aria-pressed') !== 'true'
      for (const field of fields) if (field) field.type = shown ? 'text' : 'password'
      button.setAttribute('aria-pressed', String(shown))
      button.textContent = shown ? (button.dataset.hide ?? show) : show
    }
  }
}
