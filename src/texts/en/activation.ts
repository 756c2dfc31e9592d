import type { activation as french } from '../fr/activation.ts'

export const activation: Record<keyof typeof french, string> = {
  'choose.activation.lead': 'Activate my account',
  'choose.activation.intro':
    'You can activate your account with one of the 4 pieces of information below. They identify you in our information system. Have your activation code ready too.',
  'activation.step.password': 'Password',
  'activation.step.rescue': 'Joker question and recovery',
  'activation.code.title': 'Enter your activation code',
  'activation.code.label': 'Activation code:',
  'activation.code.hint':
    '16 characters, in the activation letter or mail. Capital letters, spaces and hyphens do not count.',
  'activation.code.none': 'No code, or it does not work?',
  'activation.code.none.do':
    'Check the number and the date of birth that you entered. A code works once, and for a time: the helpdesk sends another.',
  'activation.already': 'My account is active already: recover my password',
  'activation.password.title': 'Choose your password',
  'activation.joker.title': 'Choose your joker question',
  'activation.joker.why': 'Your password is recorded. The day that you forget it, we ask you this question.',
  'activation.address.title': 'A recovery address?',
  'activation.address.why':
    'An address that you read without this account. We send a code there now, then a mail at each important change.',
  'activation.address.label': 'Recovery mail address:',
  'activation.address.hint': 'For example name@example.org.',
  'activation.address.price':
    "Without a recovery address, you are told only in the institution's mailbox, and have one way less to come back.",
  'activation.mobile.title': 'A mobile number?',
  'activation.mobile.why': 'We send a code there by SMS now. It serves only to recognise you.',
  'activation.mobile.label': 'Mobile number:',
  'activation.mobile.hint': 'For example 06 12 34 56 78. Overseas: 0692 12 34 56.',
  'activation.mobile.price': 'Without a mobile, a code can reach you by mail only. You can add it later.',
  'activation.skip': 'Skip this step',
  'activation.sent.title': 'Enter the code that you received',
  'activation.sent.to': 'We sent a code to {to}. It works for 10 minutes.',
  'activation.sent.label': 'Code received:',
  'activation.sent.hint': '8 digits.',
  'activation.sent.none': 'Nothing received?',
  'activation.sent.none.mail': 'Look among the junk mail too. A mail may take a minute.',
  'activation.sent.none.mobile': 'An SMS may take a minute.',
  'activation.sent.again': 'Send another code',
  'activation.sent.done': 'Another code has left. The first one no longer works.',
  'activation.sent.change.mail': 'Change the address, or skip',
  'activation.sent.change.mobile': 'Change the number, or skip',
  'activation.done.title': 'Your account is active.',
  'activation.done.login': 'Your login is:',
  'activation.done.address': 'Your mail address is {to}.',
  'over.account-active':
    'Your code is right, and your account is active already. If you have forgotten your password, you can recover it now.',
  'over.account-active-first-day':
    'Your code is right, but your account is open already. Sign in with your password: we will then offer you a joker question and a recovery address. You do not know that password? Contact the helpdesk.',
  'over.activation-elsewhere':
    'Since this password was chosen, somebody signed in to your account. To be safe, nothing more is chosen here. Sign in: we will then offer you a joker question and a recovery address. Was it not you? Contact the helpdesk.',
  'over.factor-needed':
    'Nothing was changed. Recover your password: after your answer, we will ask for your second factor. You no longer have it? Contact the helpdesk.',
  'over.recover': 'Recover my password',
}
