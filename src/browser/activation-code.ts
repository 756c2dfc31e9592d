const shape = /^#[A-Z0-9-]{16,24}$/i
const storageKey = 'activation-code'

/** A browser may refuse access to its storage by throwing: the code must then be typed, and the page still works. */
const tabStorage = () => {
  try {
    return sessionStorage
  } catch {
    return null
  }
}

/**
 * The QR code of a printed activation code has the code in the fragment of its URL, which no server or log sees. It is
 * kept in this tab until the page that asks for it. Optional: the code is also printed in letters.
 */
export const fillActivationCode = () => {
  const storage = tabStorage()
  if (!storage) return
  if (shape.test(location.hash)) {
    storage.setItem(storageKey, location.hash.slice(1))
    history.replaceState(null, '', location.pathname)
  }
  const field = document.querySelector<HTMLInputElement>('input#code[autocapitalize=characters]')
  const code = storage.getItem(storageKey)
  if (!field || !code || field.getAttribute('aria-invalid')) return
  field.value = code
  storage.removeItem(storageKey)
}
