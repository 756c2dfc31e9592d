const shape = /^#[A-Z0-9-]{16,24}$/i
const kept = 'activation-code'

/** A browser may refuse its storage, and says so by throwing: the code is then typed, and the rest of the page goes on. */
const ofThisTab = () => {
  try {
    return sessionStorage
  } catch {
    return null
  }
}

/**
 * The QR code of a letter carries its code behind the #: no server ever sees it, and no log holds it. This tab keeps it
 * until the page that asks for it. An extra: the code is printed beside.
 */
export const activationCode = () => {
  const storage = ofThisTab()
  if (!storage) return
  if (shape.test(location.hash)) {
    storage.setItem(kept, location.hash.slice(1))
    history.replaceState(null, '', location.pathname)
  }
  const field = document.querySelector<HTMLInputElement>('input#code[autocapitalize=characters]')
  const code = storage.getItem(kept)
  if (!field || !code || field.getAttribute('aria-invalid')) return
  field.value = code
  storage.removeItem(kept)
}
