import { guidePopulations } from '../routes.ts'
import type { HelpPage, Known } from './help.ts'
import { activate } from './topics/activate.ts'
import { changePassword, signIn } from './topics/enter.ts'
import { guide } from './topics/guide.ts'
import { manageAccount, notMe } from './topics/look-after.ts'
import { recoverIdentifier, recoverPassword } from './topics/recover.ts'
import { whoYouAre } from './topics/who-you-are.ts'

/** Every page of the help, as this portal's own configuration makes it. */
export const helpPages = (known: Known): readonly HelpPage[] =>
  [
    recoverPassword,
    recoverIdentifier,
    activate,
    signIn,
    changePassword,
    manageAccount,
    notMe,
    ...guidePopulations.map(whoYouAre),
    ...guidePopulations.map(guide),
  ].map(make => make(known))
