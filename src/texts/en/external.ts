import type { external as french } from '../fr/external.ts'

export const external: Record<keyof typeof french, string> = {
  'external.lead':
    'You sign in on the page of your institution, {host}. You come back here straight afterwards.',
  'external.leaving': 'We are taking you to {host}',
  'external.leaving.lead': 'Check this address in the browser’s address bar before you type your password.',
  'external.leaving.confirm':
    'That page will ask again who you are, even if you are signed in there. Check its address before you type your password.',
  'external.go': 'Continue',
  'external.refused': 'You were not signed in',
  'confirm.elsewhere':
    'This action protects your account. “Confirm” takes you to {host}, which asks again who you are, then brings you back here.',
  'confirm.passkey': 'This action protects your account. Your passkey is enough.',
  'confirm.otherwise': 'Confirm another way',
  'sign-out.there': 'Your session of Sésame is closed. You may still be signed in on {host}.',
  'sign-out.there.do': 'Sign me out of {host} too',
  'problem.identity-unavailable': 'The sign-in page does not answer',
  'problem.identity-unavailable.do':
    'The institution’s sign-in server is unavailable for the moment. Nothing was changed. Try again in a few minutes. A forgotten password is recovered without it.',
}
