import type { helpPictures as french } from '../fr/help-pictures.ts'

export const helpPictures: Record<keyof typeof french, string> = {
  'help.picture.sign-in': 'The sign-in page. The link “Forgotten password?” is below the button “Sign in”.',
  'help.picture.sign-in-passkey':
    'The sign-in page. At the very bottom, the button “Sign in with a passkey”.',
  'help.picture.forgotten':
    'The page of forgotten credentials, with two doors: “Recover my password” is the first.',
  'help.picture.forgotten-identifier':
    'The page of forgotten credentials, with two doors: “Recover my login” is the second.',
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
  'help.picture.joker': 'Step 2, 50%: the joker question, the box of the answer and the button “Submit”.',
  'help.picture.new-password':
    'Step 3, 75%: the two boxes of the new password, its rules, the box of the regulations and the button “Submit”.',
  'help.picture.done': 'Step 4, 100%: “It is done.”, then the receipt, a line for each service.',
  'help.picture.identifier-done': 'The last page: “Here is your login”, written large.',
  'help.picture.activation-code':
    'The box of the activation code, of 16 characters, and the button “Submit”.',
  'help.picture.activation-joker':
    'The list of joker questions, the box of the answer and the button “Submit”.',
  'help.picture.activation-address': 'The box of the recovery address, and the button to skip this step.',
  'help.picture.activation-done': 'The last page: “Your account is active.”, the login and the mail address.',
  'help.picture.change-password': 'The box of the old password, then that of the new one.',
  'help.picture.second-factor':
    'The box of the code of the app or of the printed sheet, and the button “Submit”.',
  'help.picture.account': 'The page “Manage my account”: my identity, then my way in, a line for each means.',
  'help.picture.addresses': 'The recovery addresses: a box to add one, and the button “Receive a code”.',
  'help.picture.not-me': 'The page “Was it not you?” says what its button will do, “Freeze my account”.',
}
