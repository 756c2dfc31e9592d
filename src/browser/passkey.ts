import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { keepAddress, leave } from './leave.ts'
import { notePasskeyUsed } from './passkey-used.ts'

/**
 * The script of a page that asks for a passkey: runs the WebAuthn ceremony with the options in the page, puts the response
 * in the form, and submits it. Without it the page says what to do instead.
 */
const ceremony = (ceremonyForm: HTMLFormElement) => {
  const optionsJSON = JSON.parse(ceremonyForm.dataset.options ?? '{}')
  return ceremonyForm.dataset.passkey === 'enrol'
    ? startRegistration({ optionsJSON })
    : startAuthentication({ optionsJSON })
}

const run = async (passkeyForm: HTMLFormElement, failureText: HTMLElement) => {
  const answer = passkeyForm.elements.namedItem('cle') as HTMLInputElement
  failureText.hidden = true
  try {
    answer.value = JSON.stringify(await ceremony(passkeyForm))
    notePasskeyUsed()
    keepAddress()
    passkeyForm.submit()
  } catch {
    failureText.hidden = false
    failureText.focus()
  }
}

leave()

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
