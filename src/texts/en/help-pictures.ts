import type { helpPictures as french } from '../fr/help-pictures.ts'

export const helpPictures: Record<keyof typeof french, string> = {
  'help.picture.sign-in': 'The sign-in page. The link “Forgotten password?” is below the button “Sign in”.',
  'help.picture.sign-in-passkey':
    'The sign-in page. At the very bottom, the button “Sign in with a passkey”.',
  'help.picture.forgotten':
    'The “Forgotten credentials” page, with two doors: “Recover my password” is the first.',
  'help.picture.forgotten-identifier':
    'The “Forgotten credentials” page, with two doors: “Recover my login” is the second.',
  'help.picture.choose-student':
    'The cards “Student number” and “INE”: a drawing shows where each is written.',
  'help.picture.choose-staff':
    'The card “Staff number”: a drawing shows where it is written on the multiservice card.',
  'help.picture.choose-external':
    'The card “UID”: a drawing shows where it is written on the welcome letter.',
  'help.picture.identify-student':
    'Step 1, 25%: the student number, the date of birth and the button “Submit”.',
  'help.picture.identify-staff': 'Step 1, 25%: the staff number, the date of birth and the button “Submit”.',
  'help.picture.identify-external': 'Step 1, 25%: the UID, the date of birth and the button “Submit”.',
  'help.picture.joker': 'Step 2, 50%: the secret question, the box for the answer and the button “Submit”.',
  'help.picture.new-password':
    'Step 3, 75%: the two password boxes, the rules, the regulations box and the button “Submit”.',
  'help.picture.done': 'Step 4, 100%: “Done.”, then the receipt, with one line for each service.',
  'help.picture.identifier-done': 'The last page: “Here is your login”, in large letters.',
  'help.picture.activation-code':
    'The box for the activation code, which has 16 characters, and the button “Submit”.',
  'help.picture.activation-joker':
    'The list of secret questions, the box for the answer and the button “Submit”.',
  'help.picture.activation-address': 'The box for the recovery address, and the button to skip this step.',
  'help.picture.activation-done':
    'The last page: “Your account is active.”, the login and the email address.',
  'help.picture.change-password': 'The box for the old password, then those for the new one.',
  'help.picture.second-factor':
    'The box for the code from the app or the printed sheet, and the button “Submit”.',
  'help.picture.account':
    'The “Manage my account” page: my security at a glance, then how I sign in, with a line for each.',
  'help.picture.addresses': 'The recovery options: a box to add an address, and the button “Receive a code”.',
  'help.picture.not-me': 'The page “Was this you?” says what its button will do: “Freeze my account”.',
}
