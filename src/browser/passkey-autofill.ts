import { keepAddress } from './leave.ts'
import { hasUsedPasskey } from './passkey-used.ts'

/** The page that asks for a passkey, with a challenge that is bound to this browser; null when the portal asks for something else. */
const requestCeremony = async (button: HTMLFormElement) => {
  const body = new URLSearchParams({ proposer: 'oui' })
  const answer = await fetch(button.action, { method: 'POST', body })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  return page.querySelector<HTMLFormElement>('form[data-passkey=prove]')
}

const offerPasskeys = async (button: HTMLFormElement) => {
  const form = await requestCeremony(button)
  if (!form) return
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(form.dataset.options ?? '{}'))
  const credential = await navigator.credentials.get({ mediation: 'conditional', publicKey })
  const answer = form.elements.namedItem('cle') as HTMLInputElement
  answer.value = JSON.stringify(credential)
  document.body.append(document.adoptNode(form))
  keepAddress()
  form.submit()
}

/**
 * In the sign-in form the browser proposes its passkeys among the logins that it fills in (WebAuthn 3 §5.1.4, conditional
 * mediation). A challenge is asked for at the first focus, and only in a browser where a passkey was used before: each costs
 * one sign-in of its network's limit. The button below the form serves everywhere else.
 */
export const passkeyAutofill = async () => {
  const button = document.querySelector<HTMLFormElement>('form[data-offers-passkeys]')
  const field = document.querySelector<HTMLInputElement>('input[autocomplete~=webauthn]')
  if (!button || !field || !hasUsedPasskey()) return
  if (!(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return
  // Whatever fails, the form and the button work as before.
  const offer = () => void offerPasskeys(button).catch(() => {})
  if (document.activeElement === field) offer()
  else field.addEventListener('focus', offer, { once: true })
}
