export const factors = {
  'factor.then':
    'Once it is active, Sésame asks for this second factor at every sign-in and to recover your password. Print recovery codes too: use one if you lose it.',

  'totp.title': 'Authenticator app',
  'totp.lead': 'An app on your phone shows 6 digits that change every 30 seconds.',
  'totp.since': 'Your app has been active since {at}.',
  'totp.begin': 'Start',
  'totp.change': 'Change device',
  'totp.remove': 'Remove the app',
  'totp.scan': 'Add Sésame to your app',
  'totp.scan.how':
    'Open an authenticator app (FreeOTP, Aegis or the one on your phone, for example), then scan this QR code.',
  'totp.picture': 'QR code to scan with the app. The same key is written in letters below.',
  'totp.open': 'Open in the app of this phone',
  'totp.letters': 'Or enter this key in your app:',
  'totp.copy': 'Copy the key',
  'totp.code': 'Code shown by your app:',
  'totp.code.hint': '6 digits: the app becomes active with this first code.',

  'codes.title': 'Printed recovery codes',
  'codes.lead': 'A sheet of codes to keep at home. Each one works once.',
  'codes.make': 'Create a sheet',
  'codes.again': 'Create a new sheet',
  'codes.remove': 'Remove the sheet',
  'codes.left':
    '{left, plural, =0 {The sheet of {at} is used up.} one {You have # code left, on the sheet of {at}.} other {You have # codes left, on the sheet of {at}.}}',
  'codes.when':
    'A code replaces your phone or passkey: use one if you lose it. A new sheet cancels the old one as soon as you have entered one of its codes.',
  'codes.proves-after': 'Its codes can also recover your account, {delay} after you enter the first one.',
  'codes.voided':
    'Your recovery codes no longer work: the sheet was made before this second factor. Throw it away and create a new one.',
  'codes.sheet': 'Recovery codes of {login}',
  'codes.sheet.keep':
    'Keep this sheet at home, away from your computer. Cross out each code once it is used. Nobody, not even the helpdesk, will ever ask you for one by phone or email.',
  'codes.sheet.print': 'Print or copy this sheet now: we cannot show it again. Then activate it below.',
  'codes.copy': 'Copy the codes',
  'codes.download': 'Save to a file',
  'codes.file': 'recovery-codes.txt',
  'codes.first': 'The first code on your sheet:',
  'codes.first.hint': 'Enter it from the paper, then cross it out: it has been used.',

  'passkey.title': 'Passkeys',
  'passkey.lead': "Sign in with your fingerprint, your face or your device's code, without a password.",
  'passkey.proves-after': 'It can also recover your account, {delay} after you add it.',
  'passkey.name': 'Name:',
  'passkey.name.hint': 'To recognise it: “Phone” or “Office key”, for example.',
  'passkey.unnamed': 'Passkey',
  'passkey.made': 'Created on',
  'passkey.used': 'Last used on',
  'passkey.remove': 'Remove',
  'passkey.add': 'Add a passkey',
  'passkey.new': 'New passkey',
  'passkey.new.lead': 'Your device will ask for your fingerprint, your face or its code.',
  'passkey.make': 'Create the passkey',
  'passkey.try': 'Try your passkey',
  'passkey.try.lead': 'It becomes active with this first attempt.',
  'passkey.use': 'Use my passkey',
  'passkey.no-answer': 'Your device did not answer. Try again, or use the other option on this page.',
  'passkey.no-script':
    'A passkey needs a recent browser where JavaScript is allowed. That is not the case here: use the other option on this page.',
  'sessions.by.passkey': 'With a passkey',
  'passkey.sign-in': 'Sign in with a passkey',
  'passkey.sign-in.lead': 'Without a login or a password.',
  'passkey.sign-in.instead': 'Sign in with a password',

  'second.title': 'Confirm that it is you',
  'second.step': 'Second factor',
  'second.lead': 'Your account is protected by a second factor.',
  'second.code': 'Code:',
  'second.hint.app': 'The 6 digits in your app, or a code from your printed sheet.',
  'second.hint.sheet': 'A code of 16 characters from your printed sheet.',
  'second.passkey': 'Use my passkey',
  'second.code-instead': 'Enter a code',
  'second.nothing': 'Do you have none of these?',
  'second.nothing.do':
    'Contact the helpdesk: it will check that it is really you. Nobody else can complete this step for you.',

  'proof.step': 'Proof of identity',
  'proof.title': 'Prove who you are',
  'proof.lead':
    'Choose an option that you have at hand. If it does not work, come back here and choose another.',
  'proof.joker': 'Answer my secret question',
  'proof.passkey': 'Use my passkey',
  'proof.passkey.title': 'Your passkey',
  'proof.recovery-code': 'Enter a code from my printed sheet',
  'proof.mail-code': 'Receive a code at my recovery address',
  'proof.sms-code': 'Receive a code by text message',
  'proof.helpdesk-code': 'Enter a code from the helpdesk',
  'proof.helpdesk': 'The code from the helpdesk',
  'proof.helpdesk.hint': '12 letters and digits, for example ABCD-2345-EFGH.',
  'proof.sent': 'Enter the code you received',
  'proof.mail-code.to':
    'A code is on its way to the recovery address that you confirmed, if there is one. It works for {life}, in this browser only.',
  'proof.sms-code.to':
    'A code is on its way to the mobile that you confirmed, if there is one. It works for {life}, in this browser only.',
  'proof.printed': 'A code from your printed sheet',
  'proof.others': 'Other options',
  'proof.choose': 'Choose another option',

  'mail.authenticator-added.subject': 'An authenticator app protects your account',
  'mail.authenticator-added':
    'An authenticator app has just been activated on your account. Its codes will be required to sign in and to recover your password.',
  'mail.authenticator-removed.subject': 'The authenticator app was removed from your account',
  'mail.authenticator-removed': 'The authenticator app has just been removed from your account.',
  'mail.recovery-codes-added.subject': 'A new sheet of recovery codes',
  'mail.recovery-codes-added':
    'A sheet of recovery codes has just been activated. Older sheets no longer work.',
  'mail.recovery-codes-removed.subject': 'Your recovery codes were removed',
  'mail.recovery-codes-removed': 'Your recovery codes no longer work.',
  'mail.recovery-codes-voided.subject': 'Your recovery codes no longer work',
  'mail.recovery-codes-voided':
    'Your recovery codes no longer work: the sheet was made before your second factor. Throw it away.',
  'mail.recovery-codes-voided.again':
    'Create a new sheet in “Manage my account”, “Printed recovery codes”: {signIn}',
  'mail.recovery-code-used.subject': 'A recovery code was used',
  'mail.recovery-code-used':
    'A code from your printed sheet has just been used for your account. Cross it out on the sheet.',
  'mail.passkey-added.subject': 'A passkey was added to your account',
  'mail.passkey-added':
    'A passkey has just been added to your account. It can be used to sign in without a password.',
  'mail.passkey-removed.subject': 'A passkey was removed from your account',
  'mail.passkey-removed': 'A passkey has just been removed from your account.',
} as const
