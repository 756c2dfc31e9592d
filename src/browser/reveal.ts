const field = (id: string) => document.getElementById(id) as HTMLInputElement | null

/** « Afficher » or « Masquer » in the first element of the button; what it reveals stays in the second. */
const toggle = (button: HTMLButtonElement, show: string) => {
  const fields = (button.dataset.reveals ?? '').split(' ').map(field)
  const hidden = fields[0]?.type === 'password'
  for (const one of fields) if (one) one.type = hidden ? 'text' : 'password'
  const verb = button.firstElementChild
  if (verb) verb.textContent = hidden ? (button.dataset.hide ?? show) : show
}

/** The button that reveals a password; hidden unless the script runs. */
export const reveal = () => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-reveals]')) {
    const show = button.firstElementChild?.textContent ?? ''
    button.hidden = false
    button.onclick = () => toggle(button, show)
  }
}
