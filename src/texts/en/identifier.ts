import type { identifier as french } from '../fr/identifier.ts'

export const identifier: Record<keyof typeof french, string> = {
  'choose.identifier.lead': 'Recover my login',
  'choose.identifier.intro':
    'You can recover your login with one of the 4 pieces of information below. They identify you in our information system.',
  'identifier.step': 'Login',
  'identifier.title': 'Here is your login',
  'identifier.is': 'To sign in, enter:',
  'identifier.copy': 'Copy the login',
  'identifier.mailed': 'We also send it by email, to every address that we know.',
  'identifier.both': 'The password too?',
  'identifier.alone': 'On a shared computer, close this page: it can be read for a few minutes.',
}
