import type { HelpTopic, RouteName } from '../routes.ts'

type HelpOf = { readonly topic: HelpTopic; readonly section?: string }

const recovering = (section: string): HelpOf => ({ topic: 'password', section })
const activating = (section: string): HelpOf => ({ topic: 'activation', section })
const entering = (section: string): HelpOf => ({ topic: 'sign-in', section })
const owning = (section: string): HelpOf => ({ topic: 'account', section })

/** « Aide pour cette page »: the page and the passage of the help that answer where people are stuck. */
const helps: { readonly [route in RouteName]?: HelpOf } = {
  signIn: entering('refuse'),
  signInFor: entering('refuse'),
  confirm: owning('redemande'),
  confirmPasskey: owning('redemande'),
  signInRefused: entering('refuse'),
  expiredPassword: entering('expire'),
  secondFactor: entering('second-element'),
  signInPasskey: entering('cle-d-acces'),
  forgotten: recovering('numero'),
  chooseNumber: recovering('numero'),
  identify: recovering('numero'),
  joker: recovering('question-joker'),
  journeyFactor: entering('second-element'),
  journeyPasskey: entering('second-element'),
  newPassword: recovering('nouveau'),
  writing: recovering('ensuite'),
  done: recovering('ensuite'),
  journeyStopped: recovering('fermee'),
  identifier: { topic: 'identifier' },
  identifyForIdentifier: { topic: 'identifier', section: 'etapes' },
  identifierJoker: recovering('question-joker'),
  identifierFactor: entering('second-element'),
  identifierPasskey: entering('second-element'),
  identifierDone: { topic: 'identifier', section: 'les-deux' },
  identifierStopped: recovering('fermee'),
  activation: activating('numero'),
  identifyForActivation: activating('numero'),
  activationCode: activating('code'),
  activationPassword: recovering('nouveau'),
  activationWriting: activating('etapes'),
  activationJoker: activating('etapes'),
  activationAddress: activating('etapes'),
  activationAddressCode: activating('etapes'),
  activationMobile: activating('etapes'),
  activationMobileCode: activating('etapes'),
  activationDone: activating('etapes'),
  activationStopped: activating('arret'),
  account: owning('voir'),
  changePassword: { topic: 'change' },
  passwordChanged: { topic: 'change', section: 'ensuite' },
  addresses: owning('retour'),
  addressCode: owning('retour'),
  jokerChoice: owning('retour'),
  journal: owning('voir'),
  firstDay: owning('retour'),
  sessionEnded: owning('appareils'),
  sessions: owning('appareils'),
  authenticator: owning('proteger'),
  recoveryCodes: owning('proteger'),
  passkeys: owning('proteger'),
  passkeyNew: owning('proteger'),
  passkeyTry: owning('proteger'),
  notMe: { topic: 'not-me', section: 'bouton' },
}

export const helpOf = (route: RouteName): HelpOf | undefined => helps[route]
