import { type HelpContext, type HelpPage, link, list, steps, text } from '../help.ts'

/** « Je n'ai jamais activé mon compte ». */
export const activate = ({ limits, mobiles }: HelpContext): HelpPage => ({
  of: { topic: 'activation' },
  at: { route: 'helpTopic', params: { topic: 'activation' } },
  title: 'help.activation.title',
  lead: 'help.activation.lead',
  start: { key: 'nav.activation', to: { route: 'activation' } },
  sections: [
    {
      id: 'numero',
      heading: 'help.activation.needed',
      parts: [
        list('help.password.needed.number', 'help.password.needed.date', 'help.activation.needed.code'),
      ],
    },
    {
      id: 'etapes',
      heading: 'help.activation.steps',
      parts: [
        steps(
          { key: 'help.activation.steps.go', names: { page: 'nav.activation' } },
          { key: 'help.activation.steps.identify' },
          { key: 'help.activation.steps.code', picture: 'activation-code' },
          { key: 'help.activation.steps.password', names: { button: 'validate' } },
          { key: 'help.activation.steps.joker', picture: 'activation-joker' },
          { key: 'help.activation.steps.address', picture: 'activation-address' },
          mobiles && { key: 'help.activation.steps.mobile' },
          { key: 'help.activation.steps.done', picture: 'activation-done' },
        ),
      ],
    },
    {
      id: 'code',
      heading: 'help.activation.code',
      parts: [
        text('help.activation.code.life', {
          duration: { mail: limits.activationByMail, letter: limits.activationByLetter },
        }),
        text('help.activation.code.check'),
        text('help.activation.code.other'),
      ],
    },
    {
      id: 'arret',
      heading: 'help.activation.stopped',
      parts: [text('help.activation.stopped.before'), text('help.activation.stopped.after')],
    },
    {
      id: 'deja-actif',
      heading: 'help.activation.active',
      parts: [
        text('help.activation.active.do'),
        link('help.password.title', 'helpTopic', { topic: 'mot-de-passe' }),
      ],
    },
  ],
})
