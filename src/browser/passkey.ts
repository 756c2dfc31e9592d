import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser'

/**
 * The script of a page that asks for a passkey: runs the WebAuthn ceremony with the options in the page, puts the response
 * in the form, and submits it. Without it the page says what to do instead.
 */
const ceremony = (form: HTMLFormElement) => {
  const optionsJSON = JSON.parse(form.dataset.options ?? '{}')
  return form.dataset.passkey === 'enrol'
    ? startRegistration({ optionsJSON })
    : startAuthentication({ optionsJSON })
}

const run = async (form: HTMLFormElement, failed: HTMLElement) => {
  const answer = form.elements.namedItem('cle') as HTMLInputElement
  failed.hidden = true
  try {
    answer.value = JSON.stringify(await ceremony(form))
    form.submit()
  } catch {
    failed.hidden = false
    failed.focus()
  }
}

const form = document.querySelector<HTMLFormElement>('form[data-passkey]')
const failed = document.getElementById('cle-echec')
if (form && failed && browserSupportsWebAuthn()) {
  for (const shown of document.querySelectorAll<HTMLElement>('[data-with-passkeys]')) shown.hidden = false
  for (const hidden of document.querySelectorAll<HTMLElement>('[data-without-passkeys]')) hidden.hidden = true
  form.addEventListener('submit', event => {
    event.preventDefault()
    void run(form, failed)
  })
}
