import type { mails as french } from '../fr/mails.ts'

export const mails: Record<keyof typeof french, string> = {
  'mail.hello': 'Hello {name},',
  'mail.hello-nobody': 'Hello,',
  'mail.when': 'This was on {at}{known, select, yes {, from {device}} other {}}.',
  'mail.code.when': 'This code was requested on {at}{known, select, yes {, from {device}} other {}}.',
  'mail.to-desk': 'Email to the helpdesk',
  'mail.password-expiring.named': 'Your password expires soon',
  'mail.not-me': 'It was not me',
  'mail.button-as-text': '“{label}”:',
  'mail.link': 'If the button does not work, copy this address into your browser:',
  'mail.help': 'The helpdesk can answer you: {phone} or {mail}. It will never ask for your password.',
  'mail.signature': 'Sésame, {institution}',
  'mail.password-changed.subject': 'Your password has been changed',
  'mail.password-changed': 'Your password was changed on Sésame, through “Forgotten password”.',
  'mail.password-changed.use':
    'Use the new password for eduroam, telephony, printing and the ENT. The state of each service is on Sésame, once you are signed in: {signIn}',
  'mail.password-changed.not-me':
    'If this was not you, say so now: a page opens. Its button freezes your account and alerts the helpdesk.',
  'mail.password-changed-signed-in.subject': 'Your password has been changed',
  'mail.password-changed-signed-in': 'Your password was changed on Sésame, from “Manage my account”.',
  'mail.joker-changed.subject': 'Your secret question was chosen',
  'mail.joker-changed': 'A secret question and its answer have just been chosen on your account.',
  'mail.joker-removed.subject': 'Your secret question was removed',
  'mail.joker-removed':
    'The helpdesk has just removed the secret question from your account, with its answer.',
  'mail.joker-removed.again':
    'Sign in to choose another. If you no longer have a password, the helpdesk will give you an activation code.',
  'mail.address-added.subject': 'A recovery address or mobile was added to your account',
  'mail.address-added': 'This address or mobile number is now a recovery option of your account: {address}.',
  'mail.address-removed.subject': 'A recovery address or mobile was removed from your account',
  'mail.address-removed':
    'This address or mobile number is no longer a recovery option of your account: {address}.',
  'mail.joker-suspended.subject': 'Failed attempts on your secret question',
  'mail.joker-suspended':
    '{count, plural, one {Somebody gave too many wrong answers to your secret question.} other {Somebody gave too many wrong answers to your secret question, # times.}} The question is closed until {until}. Your password has not changed and your account stays open.',
  'mail.joker-suspended.not-me':
    'If this was not you, say so: a page opens, and its button closes online recovery for 7 days.',
  'mail.recovery-closed.subject': 'Password recovery is closed',
  'mail.recovery-closed':
    'As you asked, online recovery is closed until {until}. Your password has not changed: you can sign in.',
  'mail.account-frozen.subject': 'Your account is frozen',
  'mail.account-frozen':
    'Your account is frozen: nobody can use it any more. Contact the helpdesk: it will check that it is you and open your account again. You will then choose a new password.',
  'mail.password-expiring.subject': 'Your password expires on {until}',
  'mail.password-expiring':
    'Your password expires on {until}. After that it will no longer open the ENT, eduroam or the other services.',
  'mail.password-expiring.do': 'Change it before then, on Sésame: {change}',
  'mail.desk-frozen.subject': 'Account frozen: {login}',
  'mail.desk-frozen':
    'The account {login} has just been frozen (“It was not me”, or the command sesame freeze). A password that nobody knows is written to the directory. Check who the person is before you open it again: sesame unfreeze {login} --by YOU --reason "…".',
  'mail.desk-freeze-refused.subject': 'Freeze not confirmed: {login}',
  'mail.desk-freeze-refused':
    'The account {login} is frozen in Sésame, but the directory has not confirmed a new password. The old one may still open services: change it by hand in the directory now.',
  'mail.desk-incident.subject': 'Two people for one number',
  'mail.desk-incident':
    'A search by number found two entries in the directory. Neither can recover a password while the duplicate exists. The command sesame check helps to find it.',
  'mail.desk-service-failed.subject': 'Service failed: {service}',
  'mail.desk-service-failed':
    'A new password did not reach a service. The command sesame person LOGIN --by YOU --reason "…" shows where each one stands.',
  'mail.desk-messages.subject': 'Text messages: {sent} of {budget} used today',
  'mail.desk-messages':
    "{sent} of today's {budget} text messages were requested. When none are left, mobiles are offered to nobody until tomorrow. Codes by email continue.",
  'mail.desk-messages.then':
    'If you did not expect so many people, find out where these requests come from. limits.messagesPerDay sets the number.',
  'mail.older':
    '{count, plural, one {# older event is only counted here.} other {# older events are only counted here.}} The log keeps them. The latest:',
  'mail.desk-audit-head.subject': 'Head of the audit log',
  'mail.desk-audit-head':
    "This is the head of Sésame's audit log. Keep this message away from the server. To verify that nothing was erased since: sesame audit verify --head {reference}",
  'mail.when-service':
    '{at}, {service}: {login}{others, plural, =0 {} one { and # other person} other { and # other people}}. {reason}',
  'mail.identifier-told.subject': 'Your login',
  'mail.identifier-told':
    'Your login is: {login}. It was just requested on Sésame, after a proof of your identity.',
  'mail.identifier-told.not-you':
    'If this was not you, somebody is pretending to be you. Close recovery with the button in this email, then sign in and choose another secret question: {signIn}',
  'mail.account-activated.subject': 'Your account is active',
  'mail.account-activated': 'Your account was just activated on Sésame. Your login is: {login}.',
  'mail.activation-code.subject': 'Your activation code',
  'mail.activation-code': 'Your activation code is: {code}. It works once, until {until}.',
  'mail.activation-code.how': 'Open {activation}, then enter your number, your date of birth and this code.',
  'mail.code.subject': 'Your code: {code}',
  'mail.code':
    'Enter this code on the page that you left open: {code}. It works for {minutes, plural, one {# minute} other {# minutes}}.',
  'mail.code.not-you':
    'You did not ask for it? Do not give this code to anybody: nothing happens without it.',
  'mail.proof-code.subject': 'Your code: {code}',
  'mail.proof-code':
    'Somebody is recovering a password or a login with your number and your date of birth. If it is you, enter this code on the page where you asked for it: {code}. It works for {minutes, plural, one {# minute} other {# minutes}}, and once.',
  'mail.proof-code.not-you': 'Do not give this code to anybody: nothing happens without it.',
  'mail.proof-code-sent.subject': 'A code to recover your account was sent',
  'mail.proof-code-sent':
    '{count, plural, one {A code was sent to another recovery address or a mobile of your account.} other {# codes were sent to another recovery address or a mobile of your account.}} Somebody is recovering a password or a login with your number and your date of birth.',
  'mail.proof-code-sent.yours': 'If it is you, there is nothing else to do. Nothing happens without a code.',
  'mail.proof-code-sent.check':
    'The recovery addresses and mobiles of your account can be read on Sésame, after you sign in: {signIn}',
  'mail.helpdesk-code.subject': 'The helpdesk handed over a code to recover your account',
  'mail.helpdesk-code':
    'The helpdesk has just handed over a code by which your password or your login can be recovered. It works once, until {until}.',
  'mail.helpdesk-code.use': 'If you asked for it, there is nothing else to do.',
  'mail.proof-code-sms.subject': 'SMS',
  'mail.proof-code-sms':
    'Sésame: your code to recover your account is {code}. It works for {minutes, plural, one {# minute} other {# minutes}}. Do not give it to anybody.',
  'mail.code-sms.subject': 'SMS',
  'mail.code-sms':
    'Sésame: your code is {code}. It works for {minutes, plural, one {# minute} other {# minutes}}. Do not give it to anybody.',
}
