export const factors = {
  'factor.then':
    'From then on, Sésame asks for this second factor at every sign-in and to recover your password. Print recovery codes too: they serve on the day you do not have it.',

  'totp.title': 'Authenticator app',
  'totp.lead': 'An app on your phone shows 6 digits that change every 30 seconds.',
  'totp.since': 'Your app has been in service since {at}.',
  'totp.begin': 'Start',
  'totp.change': 'Change device',
  'totp.remove': 'Remove the app',
  'totp.scan': 'Add Sésame to your app',
  'totp.scan.how':
    'Open an authenticator app (FreeOTP, Aegis or the one of your phone, for example), then read this picture with it.',
  'totp.picture': 'QR code to be read with the app. The same key is written in letters below.',
  'totp.open': 'Open in the app of this phone',
  'totp.letters': 'Or type this key in your app:',
  'totp.copy': 'Copy the key',
  'totp.code': 'Code shown by your app:',
  'totp.code.hint': '6 digits. The app is in service from this first code on.',

  'codes.title': 'Printed recovery codes',
  'codes.lead': 'A sheet of codes to keep at home. Each one works once.',
  'codes.make': 'Make a sheet',
  'codes.again': 'Make a new sheet',
  'codes.remove': 'Remove the sheet',
  'codes.left':
    '{left, plural, =0 {Your sheet is used up} one {# code is left} other {# codes are left}}, on the sheet of {at}.',
  'codes.when':
    'A code takes the place of your phone or passkey on the day you do not have it. A new sheet voids the old one as soon as you have typed one of its codes.',
  'codes.voided':
    'Your sheet of recovery codes works no longer: it was made before this second factor. Throw it away and make a new one.',
  'codes.sheet': 'Recovery codes of {login}',
  'codes.sheet.keep':
    'Keep this sheet at home, away from your computer. Strike out each code that was used. Nobody, not even the helpdesk, will ask you for one by phone or mail.',
  'codes.sheet.print': 'Print or copy this sheet now: we cannot show it again. Then put it in service below.',
  'codes.copy': 'Copy the codes',
  'codes.download': 'Save to a file',
  'codes.file': 'recovery-codes.txt',
  'codes.first': 'The first code of your sheet:',
  'codes.first.hint': 'Type it from the paper, then strike it out: it has been used.',

  'passkey.title': 'Passkeys',
  'passkey.lead': 'Sign in with your finger, your face or the code of your device, without a password.',
  'passkey.name': 'Name:',
  'passkey.name.hint': 'To know it again: “Phone” or “Office key”, for example.',
  'passkey.unnamed': 'Passkey',
  'passkey.made': 'Made on',
  'passkey.used': 'Last used on',
  'passkey.remove': 'Remove',
  'passkey.add': 'Add a passkey',
  'passkey.new': 'New passkey',
  'passkey.new.lead': 'Your device will ask for your finger, your face or its code.',
  'passkey.make': 'Make the passkey',
  'passkey.try': 'Try your passkey',
  'passkey.try.lead': 'It is in service from this first try on.',
  'passkey.use': 'Use my passkey',
  'passkey.no-answer': 'Your device did not answer. Try again, or take the other way offered on this page.',
  'passkey.no-script':
    'A passkey needs a recent browser where JavaScript is allowed. That is not so here: take the other way offered on this page.',
  'sessions.by.passkey': 'With a passkey',
  'passkey.sign-in': 'Sign in with a passkey',
  'passkey.sign-in.lead': 'Without a login or a password.',
  'passkey.sign-in.instead': 'Sign in with a password',

  'second.title': 'Show your second factor',
  'second.step': 'Second factor',
  'second.lead': 'You set one up to protect your account: we always ask for it.',
  'second.code': 'Code:',
  'second.hint.app': 'The 6 digits of your app, or a code of your printed sheet.',
  'second.hint.sheet': 'A code of your printed sheet, 16 characters long.',
  'second.passkey': 'Use my passkey',
  'second.code-instead': 'Type a code',
  'second.nothing': 'You have none of these?',
  'second.nothing.do':
    'Contact the helpdesk: it will check that it is really you. Nobody else can pass this step in your place.',

  'mail.authenticator-added.subject': 'An authenticator app protects your account',
  'mail.authenticator-added':
    'An authenticator app has just been put in service on your account. Its codes will be asked for at sign-in and to recover your password.',
  'mail.authenticator-removed.subject': 'The authenticator app was removed from your account',
  'mail.authenticator-removed': 'The authenticator app has just been removed from your account.',
  'mail.recovery-codes-added.subject': 'A new sheet of recovery codes',
  'mail.recovery-codes-added':
    'A sheet of recovery codes has just been put in service. Older sheets work no longer.',
  'mail.recovery-codes-removed.subject': 'Your recovery codes were removed',
  'mail.recovery-codes-removed': 'Your sheet of recovery codes works no longer.',
  'mail.recovery-codes-voided.subject': 'Your sheet of recovery codes works no longer',
  'mail.recovery-codes-voided':
    'Your sheet of recovery codes works no longer: it was made before your second factor. Throw it away.',
  'mail.recovery-codes-voided.again':
    'Make a new sheet in “Manage my account”, “Printed recovery codes”: {signIn}',
  'mail.recovery-code-used.subject': 'A recovery code was used',
  'mail.recovery-code-used':
    'A code of your printed sheet has just been used for your account. Strike it out on the sheet.',
  'mail.passkey-added.subject': 'A passkey opens your account',
  'mail.passkey-added':
    'A passkey has just been added to your account. It allows signing in without a password.',
  'mail.passkey-removed.subject': 'A passkey was removed from your account',
  'mail.passkey-removed': 'A passkey has just been removed from your account.',
} as const
