import type { RouteName } from '../routes.ts'
import type { TextKey } from '../texts/texts.ts'

type Section = {
  /** The entry of the menu to which its pages belong. */
  readonly entry: RouteName
  /** What the titles of its pages say after their heading. */
  readonly title: TextKey
  readonly routes: readonly RouteName[]
}

/** The journeys and the other groups of pages. A page of none is its own entry of the menu, or has none. */
const sections: readonly Section[] = [
  { entry: 'home', title: 'nav.home', routes: ['home'] },
  { entry: 'forgotten', title: 'nav.forgotten', routes: ['forgotten'] },
  {
    entry: 'forgotten',
    title: 'forgotten.password',
    routes: [
      ...(['chooseNumber', 'identify', 'proof', 'joker', 'journeyFactor', 'journeyPasskey'] as const),
      ...(['newPassword', 'writing', 'done', 'journeyStopped', 'journeyMissing'] as const),
    ],
  },
  {
    entry: 'forgotten',
    title: 'forgotten.identifier',
    routes: [
      ...(['identifier', 'identifyForIdentifier', 'identifierJoker', 'identifierFactor'] as const),
      ...(['identifierProof', 'identifierPasskey', 'identifierDone', 'identifierStopped'] as const),
    ],
  },
  {
    entry: 'activation',
    title: 'nav.activation',
    routes: [
      ...(['activation', 'identifyForActivation', 'activationCode', 'activationPassword'] as const),
      ...(['activationWriting', 'activationJoker', 'activationAddress', 'activationAddressCode'] as const),
      ...(['activationMobile', 'activationMobileCode', 'activationDone', 'activationStopped'] as const),
    ],
  },
  {
    entry: 'account',
    title: 'nav.sign-in',
    routes: [
      ...(['signIn', 'signInFor', 'signInPasskey', 'signInLeave', 'signInRefused'] as const),
      ...(['secondFactor', 'expiredPassword', 'signInNext', 'sessionEnded', 'signOut'] as const),
    ],
  },
  {
    entry: 'account',
    title: 'nav.account',
    routes: [
      ...(['confirm', 'confirmPasskey', 'firstDay', 'changePassword', 'passwordChanged'] as const),
      ...(['jokerChoice', 'addresses', 'addressCode', 'authenticator', 'recoveryCodes'] as const),
      ...(['passkeys', 'passkeyNew', 'passkeyTry', 'sessions', 'journal', 'journalExport'] as const),
    ],
  },
  { entry: 'help', title: 'nav.help', routes: ['help', 'helpSearch', 'helpTopic', 'helpGuide', 'devices'] },
]

const sectionOf = (route: RouteName) => sections.find(({ routes }) => routes.includes(route))

export const menuEntryOf = (route: RouteName): RouteName => sectionOf(route)?.entry ?? route

export const sectionTitleOf = (route: RouteName): TextKey | undefined => sectionOf(route)?.title
