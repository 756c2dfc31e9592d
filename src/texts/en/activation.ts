import type { activation as french } from '../fr/activation.ts'

export const activation: Record<keyof typeof french, string> = {
  'choose.activation.lead': 'Activate my account',
  'choose.activation.intro':
    'You can activate your account with one of the 4 pieces of information below. They identify you in our information system. Have your activation code ready too.',
  'activation.step.password': 'Password',
  'activation.step.rescue': 'Secret question and recovery',
  'activation.code.title': 'Enter your activation code',
  'activation.code.label': 'Activation code:',
  'activation.code.hint': '16 characters, in the activation letter or email.',
  'activation.code.more': 'Capital letters, spaces and hyphens do not count.',
  'activation.code.none': 'No code, or it does not work?',
  'activation.code.none.do':
    'Check the number and the date of birth that you entered. A code works once, and expires after a while. The helpdesk can send another.',
  'activation.already': 'My account is already active: recover my password',
  'activation.password.title': 'Choose your password',
  'activation.joker.title': 'Choose your secret question',
  'activation.joker.why': 'Your password is saved. If you forget it one day, we will ask you this question.',
  'activation.address.title': 'A recovery address?',
  'activation.address.why':
    'An address that you can read without this account. We send a code there now, then an email at each important change.',
  'activation.address.label': 'Recovery email address:',
  'activation.address.hint': 'For example name@example.org.',
  'activation.address.price':
    "Without a recovery address, we can only tell you in the institution's mailbox. You will also have one fewer way to recover your account.",
  'activation.mobile.title': 'A mobile number?',
  'activation.mobile.why': 'We send a code there by text message now. It is only used to recognise you.',
  'activation.mobile.label': 'Mobile number:',
  'activation.mobile.hint': 'For example 06 12 34 56 78, or 0692 12 34 56 overseas.',
  'activation.mobile.price':
    'Without a mobile number, a code can only reach you by email. You can add one later.',
  'activation.skip': 'Skip this step',
  'activation.unchanged':
    'Your recovery options do not change before {at}. Skip this step, then come back to “My account”.',
  'activation.sent.title': 'Enter the code you received',
  'activation.sent.to': 'We sent a code to {to}. It works for {life}.',
  'activation.sent.label': 'Code received:',
  'activation.sent.hint': '8 digits.',
  'activation.sent.none': 'Nothing received?',
  'activation.sent.none.mail': 'Look in your spam folder too. An email may take a minute.',
  'activation.sent.none.mobile': 'A text message may take a minute.',
  'activation.sent.again': 'Send another code',
  'activation.sent.done': 'Another code is on its way. The first one no longer works.',
  'activation.sent.change.mail': 'Change the address, or skip',
  'activation.sent.change.mobile': 'Change the number, or skip',
  'activation.done.title': 'Your account is active.',
  'activation.done.login': 'Your login is:',
  'activation.done.address': 'Your email address is {to}.',
  'over.account-active':
    'Your code is correct, and your account is already active. If you have forgotten your password, you can recover it now.',
  'over.account-active-first-day':
    'Your code is correct, but your account is already open. Sign in with your password: we will then offer you a secret question and a recovery address. If you do not know that password, contact the helpdesk.',
  'over.activation-elsewhere':
    'Since this password was chosen, somebody has signed in to your account. For security, nothing more can be chosen here. Sign in: we will then offer you a secret question and a recovery address. If this was not you, contact the helpdesk.',
  'over.factor-needed':
    'Nothing was changed. Recover your password: after your answer, we will ask for your second factor. If you no longer have it, contact the helpdesk.',
  'over.recover': 'Recover my password',
}
