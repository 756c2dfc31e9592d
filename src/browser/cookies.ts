/** A browser that refuses cookies would show the sign-in again after each right password: says so before. */
export const cookieWarning = () => {
  const form = document.querySelector<HTMLFormElement>('form[data-no-cookies]')
  if (!form || navigator.cookieEnabled) return
  const warning = document.createElement('p')
  warning.role = 'alert'
  warning.className = 'note'
  warning.textContent = form.dataset.noCookies ?? ''
  form.before(warning)
}
