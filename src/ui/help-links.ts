import type { HelpTopic, RouteName } from '../routes.ts'

type HelpLink = { readonly topic: HelpTopic; readonly section?: string }

const passwordHelp = (section: string): HelpLink => ({ topic: 'password', section })
const activationHelp = (section: string): HelpLink => ({ topic: 'activation', section })
const signInHelp = (section: string): HelpLink => ({ topic: 'sign-in', section })
const accountHelp = (section: string): HelpLink => ({ topic: 'account', section })

/** « Aide pour cette page »: the help topic and section of each route. */
const helpByRoute: { readonly [route in RouteName]?: HelpLink } = {
  signIn: signInHelp('refuse'),
  signInFor: signInHelp('refuse'),
  confirm: accountHelp('redemande'),
  confirmPasskey: accountHelp('redemande'),
  signInRefused: signInHelp('refuse'),
  signInNext: signInHelp('refuse'),
  expiredPassword: signInHelp('expire'),
  secondFactor: signInHelp('second-element'),
  signInPasskey: signInHelp('cle-d-acces'),
  forgotten: passwordHelp('numero'),
  chooseNumber: passwordHelp('numero'),
  identify: passwordHelp('numero'),
  proof: passwordHelp('question-joker'),
  joker: passwordHelp('question-joker'),
  journeyFactor: signInHelp('second-element'),
  journeyPasskey: signInHelp('second-element'),
  newPassword: passwordHelp('nouveau'),
  writing: passwordHelp('ensuite'),
  done: passwordHelp('ensuite'),
  journeyStopped: passwordHelp('fermee'),
  journeyMissing: passwordHelp('fermee'),
  identifier: { topic: 'identifier' },
  identifyForIdentifier: { topic: 'identifier', section: 'etapes' },
  identifierProof: passwordHelp('question-joker'),
  identifierJoker: passwordHelp('question-joker'),
  identifierFactor: signInHelp('second-element'),
  identifierPasskey: signInHelp('second-element'),
  identifierDone: { topic: 'identifier', section: 'les-deux' },
  identifierStopped: passwordHelp('fermee'),
  activation: activationHelp('numero'),
  identifyForActivation: activationHelp('numero'),
  activationCode: activationHelp('code'),
  activationPassword: passwordHelp('nouveau'),
  activationWriting: activationHelp('etapes'),
  activationJoker: activationHelp('etapes'),
  activationAddress: activationHelp('etapes'),
  activationAddressCode: activationHelp('etapes'),
  activationMobile: activationHelp('etapes'),
  activationMobileCode: activationHelp('etapes'),
  activationDone: activationHelp('etapes'),
  activationStopped: activationHelp('arret'),
  account: accountHelp('voir'),
  changePassword: { topic: 'change' },
  passwordChanged: { topic: 'change', section: 'ensuite' },
  addresses: accountHelp('retour'),
  addressCode: accountHelp('retour'),
  jokerChoice: accountHelp('retour'),
  journal: accountHelp('voir'),
  firstDay: accountHelp('retour'),
  sessionEnded: accountHelp('appareils'),
  sessions: accountHelp('appareils'),
  authenticator: accountHelp('proteger'),
  recoveryCodes: accountHelp('proteger'),
  passkeys: accountHelp('proteger'),
  passkeyNew: accountHelp('proteger'),
  passkeyTry: accountHelp('proteger'),
  notMe: { topic: 'not-me', section: 'bouton' },
}

export const helpFor = (route: RouteName): HelpLink | undefined => helpByRoute[route]
