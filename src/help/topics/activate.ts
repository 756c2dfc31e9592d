import { type HelpPage, type Known, link, list, steps, text } from '../help.ts'

/** « Je n'ai jamais activé mon compte ». */
export const activate = ({ limits, mobiles }: Known): HelpPage => ({
  of: { topic: 'activation' },
  at: { route: 'helpTopic', params: { topic: 'activation' } },
  title: 'help.activation.title',
  lead: 'help.activation.lead',
  start: { key: 'nav.activation', to: { route: 'activation' } },
  sections: [
    {
      id: 'numero',
      heading: 'help.activation.needed',
      deps: [list('help.password.needed.number', 'help.password.needed.date', 'help.activation.needed.code')],
    },
    {
      id: 'etapes',
      heading: 'help.activation.steps',
      deps: [
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
      deps: [
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
      deps: [text('help.activation.stopped.before'), text('help.activation.stopped.after')],
    },
    {
      id: 'deja-actif',
      heading: 'help.activation.active',
      deps: [
        text('help.activation.active.do'),
        link('help.password.title', 'helpTopic', { topic: 'mot-de-passe' }),
      ],
    },
  ],
})
