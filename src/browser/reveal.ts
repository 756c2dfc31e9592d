const toggle = (button: HTMLButtonElement, show: string) => {
  const shown = button.getAttribute('aria-pressed') !== 'true'
  for (const id of (button.dataset.reveals ?? '').split(' '))
    (document.getElementById(id) as HTMLInputElement).type = shown ? 'text' : 'password'
  button.setAttribute('aria-pressed', String(shown))
  button.textContent = shown ? (button.dataset.hide ?? show) : show
}

/** « Afficher »: the button that reveals a password; hidden unless the script runs. */
export const reveal = () => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-reveals]')) {
    const show = button.textContent ?? ''
    button.hidden = false
    button.onclick = () => toggle(button, show)
  }
}
