import type { help as french } from '../fr/help.ts'

export const help: Record<keyof typeof french, string> = {
  'help.title': 'Help',
  'help.heading': 'How can we help you?',
  'help.lead': 'You can do everything here, at any hour. During the day, a person can answer you.',
  'help.search': 'Search the help:',
  'help.search.do': 'Search',
  'help.search.hint': 'A few words are enough, for example: wifi, code, strange email.',
  'help.found': '{count, plural, one {# answer for “{query}”} other {# answers for “{query}”}}',
  'help.none': 'The help says nothing about “{query}”',
  'help.none.do': 'Try a simpler word, or choose a page below. The helpdesk can answer you too.',
  'help.asked.none': 'What are you looking for?',
  'help.search.title': 'Search',
  'help.privacy': 'What do you know about me?',
  'help.all': 'All the help',
  'help.group.out': 'I cannot get in',
  'help.group.in': 'My account from day to day',
  'help.group.doubt': 'Something looks wrong',
  'help.group.you': 'Where to start',
  'help.person': 'A person can answer you',
  'help.person.card': 'Have your multiservice card at hand. We never ask for your password.',
  'help.demonstration': 'The pictures come from the demonstration: yours has another name and other colours.',
  'foot.help': 'Help for this page: {title}',

  'help.password.title': 'I have forgotten my password',
  'help.password.lead': 'About 3 minutes. Nothing changes until you finish: you can stop at any time.',
  'help.password.needed': 'What you need',
  'help.password.needed.number':
    'A number: student number, INE, staff number or UID. It is on your multiservice card, or on your welcome letter.',
  'help.password.needed.date': 'Your date of birth.',
  'help.password.needed.joker': 'The answer to your secret question.',
  'help.password.needed.factor':
    'And, if you have set one up, your second factor: passkey, app or sheet of codes.',
  'help.password.guide': 'Step by step, with pictures',
  'help.password.guide.student': 'The guide for students',
  'help.password.guide.staff': 'The guide for staff',
  'help.password.guide.external': 'The guide for external people',
  'help.password.joker': 'The secret question',
  'help.password.joker.fold': 'Write as you like: capital letters, accents, hyphens and spaces do not count.',
  'help.password.joker.tries':
    'You have {tries} attempts. Then the question closes for {closed}. Your account itself stays open.',
  'help.password.joker.other':
    'Not your question? The number or the date was probably mistyped. The page cannot say so, to protect everybody: go back and check them.',
  'help.password.joker.lost':
    'Have you forgotten the answer, or never chosen a question? Call the helpdesk. It checks who you are, then helps you.',
  'help.password.choose': 'Choose the new password',
  'help.password.choose.leaked':
    'A password refused as “too common” was stolen elsewhere and published: somebody will try it. Choose another.',
  'help.password.after': 'And then?',
  'help.password.after.where': 'The new password works everywhere:',
  'help.password.after.receipt':
    'The receipt on the last page says where it has arrived. “Verified”: Sésame signed in there with it. “In progress”: wait, do not start again.',
  'help.password.expired': 'My request has closed',
  'help.password.expired.why':
    'For security it closes after {idle} without activity, and after {whole} in all. Nothing has changed: start again.',
  'help.password.closed': 'Recovery is closed',
  'help.password.closed.why':
    'Somebody who reads your email, perhaps you, chose “It was not me”. It opens again after {days}. If you cannot wait, call the helpdesk.',

  'help.identifier.title': 'I have forgotten my login',
  'help.identifier.lead': 'The login is what you enter above the password. About 2 minutes.',
  'help.identifier.steps': 'Step by step',
  'help.identifier.steps.go': 'Open {page}.',
  'help.identifier.steps.choose': 'Click {card}.',
  'help.identifier.steps.number': 'Choose the number that you have at hand.',
  'help.identifier.steps.identify': 'Enter that number and your date of birth, then click {button}.',
  'help.identifier.steps.joker': 'Enter the answer to your secret question, then click {button}.',
  'help.identifier.steps.done':
    'Your login is shown. We also send it by email, to every address that we know.',
  'help.identifier.both': 'The password too?',
  'help.identifier.both.do': 'Start with the login. The last page leads to the password.',

  'help.activation.title': 'I have never activated my account',
  'help.activation.lead': 'This is your first sign-in: welcome. About 5 minutes.',
  'help.activation.needed': 'What you need',
  'help.activation.needed.code': 'Your activation code: 16 characters, received by email or by letter.',
  'help.activation.steps': 'Step by step, with pictures',
  'help.activation.steps.go': 'Open {page} and choose your number.',
  'help.activation.steps.identify': 'Enter that number and your date of birth.',
  'help.activation.steps.code':
    'Enter your activation code. The letter also has a QR code: scan it with a phone, and the code is filled in.',
  'help.activation.steps.password':
    'Choose your password, tick the box of the regulations, then click {button}.',
  'help.activation.steps.joker':
    'Choose a secret question. It will let us recognise you if you forget the password.',
  'help.activation.steps.address':
    'Give a recovery address, then enter the code that we send there. You can skip this step.',
  'help.activation.steps.mobile': 'The same for a mobile number.',
  'help.activation.steps.done': 'Done: your login and your email address are shown.',
  'help.activation.code': 'The code does not work',
  'help.activation.code.life': 'It works once. Received by email, it lasts {mail}. On a letter, {letter}.',
  'help.activation.code.check': 'Check the number and the date too: the page does not say which is wrong.',
  'help.activation.code.other': 'Otherwise the helpdesk can send another.',
  'help.activation.stopped': 'I stopped halfway',
  'help.activation.stopped.before': 'Before the password was chosen: start again, with the same code.',
  'help.activation.stopped.after':
    'After it: your account works. Sign in, and Sésame offers what is missing.',
  'help.activation.active': 'The page says that my account is already active',
  'help.activation.active.do': 'Then all is well. If you have forgotten the password, recover it.',

  'help.change.title': 'I want to change my password',
  'help.change.lead': 'Do you know the old one? Two minutes are enough.',
  'help.change.steps': 'Step by step',
  'help.change.steps.go': 'Open {page} and sign in.',
  'help.change.steps.line': 'On the line {line}, click {button}.',
  'help.change.steps.old': 'Enter your old password, then the new one twice.',
  'help.change.steps.charter': 'Tick the box {box}, then click {button}.',
  'help.change.rules': 'The rules',
  'help.change.after': 'And then?',
  'help.change.after.sessions': 'Your other sessions end. This one stays open.',
  'help.change.after.mail': 'An email confirms it. If you changed nothing, report it from that email.',

  'help.sign-in.title': 'I cannot sign in',
  'help.sign-in.lead': 'A refused password, a code to enter: here is what to do.',
  'help.sign-in.refused': 'Login or password refused',
  'help.sign-in.refused.see': 'Show what you enter with {button}. Check the caps lock key.',
  'help.sign-in.refused.wait':
    'After several refusals the page pauses and says until when. Your account is not closed. A browser where it was opened before has its own attempts.',
  'help.sign-in.refused.server':
    "The sign-in page is the institution's own: the same login and password as for the ENT.",
  'help.sign-in.refused.then': 'Still refused? Recover your password: it is quicker than guessing.',
  'help.sign-in.expired': 'My password has expired',
  'help.sign-in.expired.do':
    'It now only lets you choose another. The page leads you there: enter it one last time.',
  'help.sign-in.factor': 'I am asked for a second factor',
  'help.sign-in.factor.why':
    'You set one up. Your password alone no longer opens your account or changes anything, even if somebody else has it. We ask for the second factor again before each sensitive action.',
  'help.sign-in.factor.app': 'App: open it on your phone and enter the 6 digits that it shows.',
  'help.sign-in.factor.sheet': 'Printed sheet: enter a code, then cross it out. It works once.',
  'help.sign-in.factor.passkey':
    "Passkey: click {button}, then use your fingerprint, your face or the device's code.",
  'help.sign-in.factor.clock':
    'Is the app refused? The clock on the phone may be wrong: set it to automatic.',
  'help.sign-in.factor.tries': 'After {tries} wrong codes, wait {pause}. A passkey still works.',
  'help.sign-in.lost': 'I no longer have it',
  'help.sign-in.lost.sheet': 'Phone lost or broken? A code from your printed sheet replaces it.',
  'help.sign-in.lost.desk':
    'Nothing left at all? Call the helpdesk: it checks who you are, then removes the old one.',
  'help.sign-in.passkey': 'Sign in with a passkey',
  'help.sign-in.passkey.how':
    'Click {button}: no login, no password. You need a device where you have created one.',

  'help.account.title': 'Manage my account',
  'help.account.lead': 'Everything that you can see, change or close yourself.',
  'help.account.see': 'What the page shows',
  'help.account.see.go': 'Open {page} and sign in. The page has a line for each thing.',
  'help.account.see.security': 'My security at a glance: what is good, and what is left to do.',
  'help.account.see.identity':
    'My identity: what the directory knows about you. A mistake? The page says who to write to.',
  'help.account.see.services': 'My services: where your password works, and since when.',
  'help.account.see.journal':
    'My journal: everything done to your account, by whom and when. You can download it.',
  'help.account.back': 'Prepare for the day I forget',
  'help.account.back.joker': 'A secret question, whose answer nobody else knows.',
  'help.account.back.address':
    'An address that you can read without this account. We send a code there to check.',
  'help.account.back.mobile': 'A mobile number as well. A text message is easier to intercept than an email.',
  'help.account.back.told': 'We tell all your addresses, even the old ones, about every change.',
  'help.account.protect': 'Protect my account better',
  'help.account.protect.passkey':
    "A passkey: your fingerprint, your face or the device's code, instead of the password.",
  'help.account.protect.app': 'An authenticator app: 6 digits that change every 30 seconds.',
  'help.account.protect.sheet':
    'A sheet of {count} recovery codes, to print and keep at home. It replaces a lost phone.',
  'help.account.protect.then':
    'From the first passkey or app on, Sésame asks for it at each sign-in. So print the sheet too.',
  'help.account.sessions': 'I do not recognise a device',
  'help.account.sessions.do': 'On the line {line}, end its session. Then change your password.',
  'help.account.sessions.alone':
    'A session ends by itself after {idle} without activity, and after {whole} in all.',
  'help.account.again': 'I am asked for my password again',
  'help.account.again.why':
    'The action protects the account, and you signed in over {fresh} ago: somebody might have taken your seat.',

  'help.not-me.title': 'I received an email that I did not ask for',
  'help.not-me.lead': 'Do not panic: if you gave nobody your password, one button is enough.',
  'help.not-me.do': 'What to do',
  'help.not-me.do.open': 'In that email, click {button}. A page opens: nothing is done yet.',
  'help.not-me.do.read': 'The page says what its button will do. Click it.',
  'help.not-me.do.call': 'Call the helpdesk: if the account is frozen, it already knows.',
  'help.not-me.what': 'What the button does',
  'help.not-me.what.freeze':
    'The password was changed: the button freezes the account. Nobody gets in, not even you, until the helpdesk has spoken to you.',
  'help.not-me.what.close':
    'The password was not changed: the button closes recovery for {days}. You can still sign in.',
  'help.not-me.what.late': 'The link works for {life}. Too late? Call the helpdesk.',
  'help.not-me.real': 'Does this email really come from us?',
  'help.not-me.real.never': 'Our emails never ask for a password, and neither do we.',
  'help.not-me.real.address': 'Our pages all begin with {address}. Otherwise enter nothing and close.',
  'help.not-me.real.given': 'Did you give your password somewhere else? Change it at once.',

  'help.student.title': 'I am a student',
  'help.student.lead': 'Your numbers, and where to start.',
  'help.staff.title': 'I am a member of staff',
  'help.staff.lead': 'Your number, and where to start.',
  'help.external.title': 'I come from outside',
  'help.external.lead': 'Lecturer, partner, guest: your unique identifier, and where to start.',
  'help.you.number': 'My number',
  'help.you.number.student': 'Student number',
  'help.you.number.ine':
    'INE: 11 characters, digits and letters. It is also on your baccalauréat transcript.',
  'help.you.number.either': 'Either is enough.',
  'help.you.number.letter': 'The institution gave it to you, by letter or by email. For example: ext-dupont.',
  'help.you.first': 'The first time',
  'help.you.first.do':
    'Activate your account with the code received: by email after enrolment, or by letter.',
  'help.you.first.staff':
    'Activate your account with the code received by email or by letter when you arrived.',
  'help.you.first.external': 'Activate your account with the code given by the person who welcomes you.',
  'help.you.forgotten': 'If I forget',
  'help.you.where': 'Where my password works',

  // Other words that people type, beside those of the pages.
  'help.password.words': 'pwd mdp lost locked reset recover find forgotten password secret',
  'help.identifier.words': 'login uid user name username account lost find recover',
  'help.activation.words': 'first sign-in new arrival enrolment letter QR create account',
  'help.sign-in.words':
    'sign in log in login refused locked expired authentication two factor 2FA MFA OTP TOTP passkey phone lost stolen text message SMS',
  'help.change.words': 'modify replace new pwd mdp',
  'help.account.words':
    'manage profile address recovery mobile phone printed codes passkey TOTP session device journal data export download GDPR printer print printing papercut copier scanner imprimante',
  'help.not-me.words': 'hacked phishing scam stolen suspicious strange frozen it was not me email',
  'help.student.words': 'students number card INE',
  'help.staff.words': 'staff teacher lecturer employee administrative number card',
  'help.external.words': 'external visiting lecturer guest partner UID',
}
