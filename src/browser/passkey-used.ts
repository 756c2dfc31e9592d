const key = 'sesame-passkey'

/** Whether a passkey was created or used in this browser. It says nothing of whose it was. */
export const hasUsedPasskey = () => {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    // Storage is turned off.
    return false
  }
}

export const notePasskeyUsed = () => {
  try {
    localStorage.setItem(key, '1')
  } catch {}
}
