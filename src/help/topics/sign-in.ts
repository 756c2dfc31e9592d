import { type HelpContext, type HelpPage, link, list, type Part, type Section, steps, text } from '../help.ts'

/** « Je veux changer mon mot de passe »: known, and to be replaced. */
export const changePassword = (_: HelpContext): HelpPage => ({
  of: { topic: 'change' },
  at: { route: 'helpTopic', params: { topic: 'changer-mon-mot-de-passe' } },
  title: 'help.change.title',
  lead: 'help.change.lead',
  start: { key: 'change.title', to: { route: 'changePassword' } },
  sections: [
    {
      id: 'etapes',
      heading: 'help.change.steps',
      parts: [
        steps(
          { key: 'help.change.steps.go', names: { page: 'nav.account' } },
          { key: 'help.change.steps.line', names: { line: 'sign-in.password', button: 'account.change' } },
          { key: 'help.change.steps.old', picture: 'change-password' },
          { key: 'help.change.steps.charter', names: { box: 'new.charter', button: 'validate' } },
        ),
      ],
    },
    { id: 'regles', heading: 'help.change.rules', parts: [text('new.help.detail'), { kind: 'rules' }] },
    {
      id: 'ensuite',
      heading: 'help.change.after',
      parts: [
        text('help.change.after.sessions'),
        text('help.change.after.mail'),
        text('help.password.after.where'),
        { kind: 'services' },
      ],
    },
  ],
})

/** The meaning of a refusal depends on where people sign in. */
const refused = ({ embeddedSignIn }: HelpContext): readonly Part[] =>
  embeddedSignIn
    ? [
        text('help.sign-in.refused.see', { names: { button: 'new.show' } }),
        text('help.sign-in.refused.wait'),
        text('help.sign-in.refused.then'),
      ]
    : [text('help.sign-in.refused.server'), text('help.sign-in.refused.then')]

const withPasskey = ({ picturesMatch }: HelpContext): Section => ({
  id: 'cle-d-acces',
  heading: 'help.sign-in.passkey',
  parts: [
    text('help.sign-in.passkey.how', { names: { button: 'passkey.sign-in' } }),
    ...(picturesMatch.signIn ? [{ kind: 'picture', picture: 'sign-in-passkey' } as const] : []),
  ],
})

/** « Je n'arrive pas à me connecter »: refused, expired, or asked for a second factor. */
export const signIn = (context: HelpContext): HelpPage => ({
  of: { topic: 'sign-in' },
  at: { route: 'helpTopic', params: { topic: 'connexion' } },
  title: 'help.sign-in.title',
  lead: 'help.sign-in.lead',
  start: { key: 'forgotten.password', to: { route: 'chooseNumber' } },
  sections: [
    { id: 'refuse', heading: 'help.sign-in.refused', parts: refused(context) },
    {
      id: 'second-element',
      heading: 'help.sign-in.factor',
      parts: [
        text('help.sign-in.factor.why'),
        { kind: 'picture', picture: 'second-factor' },
        list('help.sign-in.factor.app', 'help.sign-in.factor.sheet', {
          key: 'help.sign-in.factor.passkey',
          names: { button: 'passkey.use' },
        }),
        text('help.sign-in.factor.clock'),
        text('help.sign-in.factor.tries', {
          values: { tries: context.limits.factorTries },
          duration: { pause: context.limits.factorWindow },
        }),
      ],
    },
    {
      id: 'perdu',
      heading: 'help.sign-in.lost',
      parts: [text('help.sign-in.lost.sheet'), text('help.sign-in.lost.desk')],
    },
    ...(context.embeddedSignIn ? [withPasskey(context)] : []),
    {
      id: 'expire',
      heading: 'help.sign-in.expired',
      parts: [
        text('help.sign-in.expired.do'),
        link('help.change.title', 'helpTopic', { topic: 'changer-mon-mot-de-passe' }),
      ],
    },
  ],
})
