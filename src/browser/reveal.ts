const inputsOf = (button: HTMLButtonElement) =>
  (button.dataset.reveals ?? '').split(' ').map(id => document.getElementById(id) as HTMLInputElement)

const isHidden = ([input]: readonly HTMLInputElement[]) => input?.type === 'password'

/** « Afficher » or « Masquer » in the first element of the button; what it reveals stays in the second. */
const toggle = (button: HTMLButtonElement, show: string) => {
  const inputs = inputsOf(button)
  const hidden = isHidden(inputs)
  for (const input of inputs) input.type = hidden ? 'text' : 'password'
  const verb = button.firstElementChild
  if (verb) verb.textContent = hidden ? (button.dataset.hide ?? show) : show
}

/** Polite, and said once for each change: the line is there before its words. */
const capsLockLine = (input: HTMLInputElement, words: string) => {
  const line = document.createElement('p')
  line.className = 'hint'
  line.role = 'status'
  input.closest('.field')?.append(line)
  const say = (isOn: boolean) => {
    const said = isOn ? words : ''
    if (line.textContent !== said) line.textContent = said
  }
  for (const event of ['keydown', 'keyup'] as const)
    input.addEventListener(event, typed => say(typed.getModifierState?.('CapsLock') ?? false))
  input.addEventListener('blur', () => say(false))
}

/** « Afficher »: the button that reveals a password, hidden unless the script runs; and what a hidden password does not show. */
export const reveal = () => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-reveals]')) {
    const show = button.firstElementChild?.textContent ?? ''
    button.hidden = false
    button.onclick = () => toggle(button, show)
    for (const input of inputsOf(button)) capsLockLine(input, button.dataset.caps ?? '')
    // What is sent from a field of text is kept by browsers and offered again; password managers look for passwords alone.
    button.form?.addEventListener('submit', () => {
      if (!isHidden(inputsOf(button))) toggle(button, show)
    })
  }
}
