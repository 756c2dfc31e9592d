import type { letters as french } from '../fr/letters.ts'

export const letters: Record<keyof typeof french, string> = {
  'letter.document': 'Activation codes',
  'letter.heading': 'Activate your account',
  'letter.why':
    'Your computer account is ready for you. It opens the ENT, the eduroam Wi-Fi, telephony and printing. The activation takes 5 minutes. You need your number (student, INE, staff or UID), your date of birth and this code:',
  'letter.open': '1. Open {address}, or scan the picture below with your phone.',
  'letter.type': '2. Enter your number, your date of birth, then the code.',
  'letter.choose': '3. Choose your password.',
  'letter.until':
    'This code works once, until {until}. Give it to nobody: the helpdesk will never ask you for it.',
  'letter.helpdesk': 'A question? The helpdesk answers {hours}: {phone} or {mail}.',
}
