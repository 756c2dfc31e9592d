import { guidePopulations } from '../routes.ts'
import type { HelpContext, HelpPage } from './help.ts'
import { activate } from './topics/activate.ts'
import { guide } from './topics/guide.ts'
import { manageAccount, notMe } from './topics/manage-account.ts'
import { populationTopic } from './topics/population.ts'
import { recoverIdentifier, recoverPassword } from './topics/recover.ts'
import { changePassword, signIn } from './topics/sign-in.ts'

/** Every page of the help, for the configuration of this portal. */
export const helpPages = (context: HelpContext): readonly HelpPage[] =>
  [
    recoverPassword,
    recoverIdentifier,
    activate,
    signIn,
    changePassword,
    manageAccount,
    notMe,
    ...guidePopulations.map(populationTopic),
    ...guidePopulations.map(guide),
  ].map(make => make(context))
