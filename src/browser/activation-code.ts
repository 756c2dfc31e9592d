const shape = /^#[A-Z0-9-]{16,24}$/i
const kept = 'activation-code'

/**
 * The QR code of a letter carries its code behind the #: no server ever sees it, and no log holds it. This tab keeps it
 * until the page that asks for it. An extra: the code is printed beside.
 */
export const activationCode = () => {
  if (shape.test(location.hash)) {
    sessionStorage.setItem(kept, location.hash.slice(1))
    history.replaceState(null, '', location.pathname)
  }
  const field = document.querySelector<HTMLInputElement>('input#code[autocapitalize=characters]')
  const code = sessionStorage.getItem(kept)
  if (!field || !code || field.getAttribute('aria-invalid')) return
  field.value = code
  sessionStorage.removeItem(kept)
}
