import type { external as french } from '../fr/external.ts'

export const external: Record<keyof typeof french, string> = {
  'external.lead': "You sign in on your institution's page, {host}. You come straight back here afterwards.",
  'external.leaving': 'You are about to continue on {host}',
  'external.leaving.lead': "Check this address in the browser's address bar before you enter your password.",
  'external.leaving.confirm':
    'That page will ask again who you are, even if you are already signed in there. Check its address before you enter your password.',
  'external.go': 'Continue',
  'external.refused': 'You were not signed in',
  'confirm.elsewhere':
    'This action protects your account. “Submit” takes you to {host}, which asks again who you are, then brings you back here.',
  'confirm.passkey': 'This action protects your account. Your passkey is enough.',
  'confirm.otherwise': 'Confirm another way',
  'sign-out.there': 'Your Sésame session is closed. You may still be signed in on {host}.',
  'sign-out.there.do': 'Sign me out of {host} too',
  'problem.identity-unavailable': 'The sign-in page is not responding',
  'problem.identity-unavailable.do':
    "The institution's sign-in server is temporarily unavailable. Nothing was changed. Try again in a few minutes. You can recover a forgotten password without it.",
}
