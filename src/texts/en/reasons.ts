import type { reasons as french } from '../fr/reasons.ts'

export const reasons: Record<keyof typeof french, string> = {
  'number-missing': 'Enter your number.',
  'number-form': 'Enter the number as it is written, with digits and letters only.',
  'date-missing': 'Enter your date of birth, for example 1/2/1980 for 1 February 1980.',
  'date-form': 'Write the day, the month and the year, for example 1/2/1980.',
  'date-two-digit-year': 'Write the year with 4 digits, for example 1/2/1980.',
  'date-impossible':
    'This date does not exist. Write the day, then the month, then the year, for example 1/2/1980.',
  'answer-missing': 'Enter your answer, with letters or digits.',
  'answer-wrong':
    'This answer does not match. {left, plural, one {You have # attempt left.} other {You have # attempts left.}}',
  'joker-suspended':
    'There were too many wrong answers. Until then none is accepted, not even the correct one. Your account itself stays open.',
  'password-missing': 'Enter a new password.',
  'confirmation-differs': 'Enter the same password twice.',
  'charter-not-accepted': 'Tick the box of the regulations to continue.',
  'password-too-short': 'Make your password longer: it needs at least {min} characters.',
  'password-too-long': 'Make your password shorter: {max} characters at most.',
  'password-lacks-lower': 'Add a lower-case letter.',
  'password-lacks-upper': 'Add a capital letter.',
  'password-lacks-digit': 'Add a digit.',
  'password-lacks-special': 'Add a special character, for example - or ?.',
  'password-special-uncounted': "Add another special character: ' and \\ are accepted but do not count.",
  'password-has-space': 'Remove the spaces.',
  'password-edge-space': 'Remove the space at the beginning or the end.',
  'password-not-ascii': 'Remove “{character}”: this character is not typed the same way on all devices.',
  'password-has-login': 'Remove your login from the password.',
  'password-in-history': 'This password is already in use, or was until recently. Choose another one.',
  'password-leaked':
    'This password is too common: it is on lists that attackers try. Use three unrelated words.',
  'password-has-name': 'Remove your name from the password.',
  'password-has-birth-date': 'Remove your date or year of birth from the password.',
  'password-has-institution': 'Remove the name of the institution from the password.',
  'password-has-joker-answer': 'Remove the answer to your secret question from the password.',
  'directory-too-short': 'The directory asks for a longer password. Add a few characters.',
  'directory-too-long': 'The directory asks for a shorter password. Remove a few characters.',
  'directory-too-young':
    'Your password was changed a short while ago. The directory asks you to wait before another change. If you are stuck, contact the helpdesk.',
  'directory-quality': 'The directory finds this password too simple. Use three unrelated words.',
  'directory-unnamed-rule':
    'The directory refuses this password without saying why. It may have been used before, it may be too simple, or the previous one is too recent. Use three words that are unrelated to each other and to your old passwords.',
  'directory-not-allowed':
    'The directory does not accept this change for your account. Contact the helpdesk.',
  'directory-old-password':
    'The old password is no longer the one in the directory. Start again with your current password.',
  'directory-unavailable': 'The directory did not answer. Your password was not changed: enter it again.',
  'identity-refused': '{host} did not confirm who you are. Sign in again.',
  'identity-weak':
    'Your sign-in on {host} does not have the level of security that Sésame asks for. Sign in again, with the safest option that you have.',
  'identity-late':
    'This sign-in took too long, or it started in another browser. Or this one refuses cookies. Start it again here.',
  'identity-unknown':
    '{host} knows you, but the directory where Sésame reads accounts does not. Contact the helpdesk, or sign in with another account.',
  'identity-closed':
    '{host} recognises you, but this account is closed in Sésame. Contact the helpdesk, who will say why and what to do.',
  'identity-stale':
    'The password of this account has changed since you signed in on {host}. Sign in again with the new one.',
  'identity-other': 'This is not the person whose account is open here. Nothing was changed.',
  'wrong-password': 'Wrong login or password.',
  'password-expired': 'Your password has expired. Choose a new one.',
  'must-change': 'Your password must be changed before it works.',
  'account-locked': 'Your account is locked for a few minutes. If it is urgent, contact the helpdesk.',
  'outcome-unknown': 'We are checking whether your password was changed. Do not do anything again for now.',
  'hashing-busy': 'Many people are here at the same time. Try again in a few seconds.',
  'address-known': 'You already have this address or number. Give another one.',
  'contacts-unchanged':
    'Your recovery options do not change for now. Skip this step, and come back to “My account” later.',
  'address-full': 'You already have 3. Remove one first.',
  'password-not-expired':
    'This password has not expired: nothing was changed. Sign in, then change it in “Manage my account”.',
  'expired-refused':
    'This is not an expired password: nothing was changed. Check it. If it still works, sign in, then change it in “Manage my account”.',
  'password-refused': 'This is not your current password. Check capital letters and the keyboard language.',
  'sign-in-refused':
    'This login and this password do not go together. Check the capital letters, then try again.',
  'too-many-tries': 'There were too many attempts. Try again in a few minutes.',
  'password-closed':
    'There were too many attempts with this login. Choose “Forgotten password?”. A passkey also works, or a browser where your account was opened before.',
  'password-closed-until':
    'There were too many attempts with this login. Until then, choose “Forgotten password?”. A passkey also works, or a browser where your account was opened before.',
  'factor-missing': 'Enter a code.',
  'factor-first':
    'A second factor protects your account, and you have not used it yet. Choose “Forgotten password?”: you will be asked for it there.',
  'factor-needed': 'A second factor protects your account',
  'factor-form': 'Enter the 6 digits from your app, or the 16 characters of a printed code.',
  'factor-wrong':
    'This code does not match, or has already been used. {left, plural, one {You have # attempt left with the app.} other {You have # attempts left with the app.}}',
  'factor-wrong-printed':
    'This code does not match, or has already been used. Try another code from your sheet.',
  'factor-closed':
    'There were too many attempts with the app. Until then, use a printed code or a passkey, if you have one.',
  'proof-choice': 'Choose one of the options on this page.',
  'printed-form': 'Enter the 16 characters of a code from your printed sheet.',
  'factor-restart': 'There were too many attempts here. Start again from the beginning.',
  'totp-form': 'Enter the 6 digits that your app shows.',
  'totp-wrong':
    'These digits do not match. Wait for the next ones, and check that your phone sets its time automatically.',
  'sheet-code-wrong': 'This code is not from the last sheet created. Check it, or create a new sheet.',
  'passkey-late': 'Your passkey answered too late. Start again.',
  'passkey-refused': 'This passkey was not recognised. Start again, or use another option.',
  'passkeys-enough': 'You already have the largest number of passkeys. Remove one first.',
  'journey-other-tab': 'That page came from another request. Here is the one that is open in this browser.',
  'journey-expired': 'This request has expired',
  'journey-superseded': 'Your password has just been changed',
  'proofs-missing': 'One more proof of identity is needed',
  'proof-replaced': 'This request must be started again',
  'journey-ended': 'This request is over',
  'too-many-refusals': 'This request was stopped',
  'account-privileged': 'This account is handled by the helpdesk',
  'account-closed': 'This request is over',
  'closed-by-server': 'The directory has closed this account: nothing was changed there',
  'token-expired': 'This link no longer works',
  'service-no-account': 'This person has no account in this service.',
  'service-privileged':
    'This account has special rights in this service: its password cannot be changed here.',
  'service-policy': 'The rules of this service refuse this password.',
  'service-not-allowed': 'Sésame is not allowed to write this password in this service.',
  'service-login-refused': 'The password was written, but the test sign-in was refused.',
  'service-login-barred': 'The password was written, but this service does not let this account sign in.',
  'service-changed-elsewhere': 'The password was changed elsewhere in the meantime: that one stayed.',
  'service-person-closed':
    'The directory has closed this account in the meantime: the password was not written in this service.',
  'service-overwritten':
    'An older password may have been written after the new one: it must be changed once more.',
  'service-expired':
    'This service did not answer in time: the password was erased without being written there.',
  'service-gone': "This service is no longer in Sésame's configuration.",
  'activation-code-missing': 'Enter your activation code.',
  'activation-code-form':
    'An activation code has 16 letters and digits, without 0, 1, I, L, O or U. Read yours again: this try is not counted.',
  'activation-code-wrong':
    'This code does not match. {left, plural, one {You have # attempt left.} other {You have # attempts left.}}',
  'activation-code-spent':
    'There were too many attempts. Until then even the correct code is refused. Keep it: you can use it afterwards.',
  'account-active': 'Your account is already active',
  'account-active-first-day': 'Your account is already active',
  'activation-elsewhere': 'Continue in your account',
  'code-missing': 'Enter the 8-digit code.',
  'code-wrong':
    'This code does not match. {left, plural, =0 {Ask for a new one.} one {You have # attempt left.} other {You have # attempts left.}}',
  'code-expired': 'This code no longer works. Ask for a new one.',
  'code-too-many': 'Too many codes were sent to this address or number. Wait an hour, or give another one.',
  'code-too-many-day':
    'Too many codes were sent to this address or number today. Try again tomorrow, or give another one.',
  'code-too-many-person': 'You have asked for too many codes. Try again tomorrow.',
  'code-too-many-network':
    'Too many codes were requested from your network. Try again tomorrow, or from another network: at home, or on your phone.',
  'proof-code-wrong': 'This code does not match, or no longer works. Check it, or ask for another.',
  'helpdesk-code-form': 'Enter the 12 characters of the code that the helpdesk gave you.',
  'helpdesk-code-wrong':
    'This code does not match, or no longer works. Check it, or ask the helpdesk for another.',
  'proof-code-too-many':
    'Too many codes were requested for this person. You can ask for another from {until}. Until then, use another option.',
  'proof-messages-spent':
    "All of today's text messages have been sent. Use another option, or come back tomorrow.",
  'messages-spent':
    "All of today's text messages have been sent: no mobile number can be added before tomorrow. An email address can also be used to recover your account.",
  'mail-missing': 'Enter an email address.',
  'mail-form': 'Write a complete email address, for example name@example.org.',
  'mail-not-ascii':
    'Our server sends no email to addresses with an accent or another script before the @. Give another one.',
  'mail-own': 'Choose another address: this one opens with the account that you could lose.',
  'mobile-missing': 'Enter a mobile number.',
  'mobile-form': 'Write the complete mobile number, for example 06 12 34 56 78 or +262 692 12 34 56.',
  'mobile-country':
    'Sésame does not send text messages to that country. Give an email address instead: it can also be used to recover your account.',
  'question-missing': 'Choose a question.',
  'question-too-short': 'Write a question of at least 10 characters.',
  'answer-too-short': 'Choose a longer answer: at least 3 letters or digits.',
  'answer-has-login': 'Choose an answer that is not your login.',
  'answer-has-name': 'Choose an answer that is not your name.',
  'answer-has-birth-date': 'Choose an answer that is not your date of birth.',
  'answer-in-question': 'Choose an answer that is not a word of the question.',
  'answer-in-password': 'Choose an answer that is not in your password.',
  'answer-common':
    'This answer is too common: somebody else would try it. Add a detail, or choose another question.',
}
