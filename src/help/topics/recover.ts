import { type HelpContext, type HelpPage, link, list, steps, text } from '../help.ts'

/** What to have at hand, and the guides in pictures. */
const whatIsNeeded: HelpPage['sections'] = [
  {
    id: 'numero',
    heading: 'help.password.needed',
    parts: [
      list(
        'help.password.needed.number',
        'help.password.needed.date',
        'help.password.needed.joker',
        'help.password.needed.factor',
      ),
    ],
  },
  {
    id: 'guides',
    heading: 'help.password.guide',
    parts: [
      link('help.password.guide.student', 'helpGuide', { population: 'etudiant' }),
      link('help.password.guide.staff', 'helpGuide', { population: 'personnel' }),
      link('help.password.guide.external', 'helpGuide', { population: 'externe' }),
    ],
  },
]

/** « J'ai oublié mon mot de passe », for everybody; the guides show it in pictures. */
export const recoverPassword = ({ limits, services }: HelpContext): HelpPage => ({
  of: { topic: 'password' },
  at: { route: 'helpTopic', params: { topic: 'mot-de-passe' } },
  title: 'help.password.title',
  lead: 'help.password.lead',
  start: { key: 'forgotten.password', to: { route: 'chooseNumber' } },
  sections: [
    ...whatIsNeeded,
    {
      id: 'question-joker',
      heading: 'help.password.joker',
      parts: [
        text('help.password.joker.fold'),
        text('help.password.joker.tries', {
          values: { tries: limits.jokerTries },
          duration: { closed: limits.jokerSuspension },
        }),
        text('help.password.joker.other'),
        text('help.password.joker.lost'),
      ],
    },
    {
      id: 'nouveau',
      heading: 'help.password.choose',
      parts: [text('new.help.detail'), { kind: 'rules' }, text('help.password.choose.leaked')],
    },
    {
      id: 'ensuite',
      heading: 'help.password.after',
      parts: [
        text('help.password.after.where'),
        { kind: 'services' },
        text('help.password.after.receipt'),
        ...(services.some(({ id }) => id === 'eduroam') ? [link('devices.link', 'devices')] : []),
      ],
    },
    {
      id: 'fermee',
      heading: 'help.password.expired',
      parts: [
        text('help.password.expired.why', {
          duration: { idle: limits.journeyIdle, whole: limits.journeyMaxAge },
        }),
      ],
    },
    {
      id: 'recuperation-fermee',
      heading: 'help.password.closed',
      parts: [text('help.password.closed.why', { duration: { days: limits.recoveryClosed } })],
    },
  ],
})

/** « J'ai oublié mon identifiant ». */
export const recoverIdentifier = (_: HelpContext): HelpPage => ({
  of: { topic: 'identifier' },
  at: { route: 'helpTopic', params: { topic: 'identifiant' } },
  title: 'help.identifier.title',
  lead: 'help.identifier.lead',
  start: { key: 'forgotten.identifier', to: { route: 'identifier' } },
  sections: [
    {
      id: 'etapes',
      heading: 'help.identifier.steps',
      parts: [
        steps(
          { key: 'help.identifier.steps.go', names: { page: 'nav.forgotten' } },
          {
            key: 'help.identifier.steps.choose',
            names: { card: 'forgotten.identifier' },
            picture: 'forgotten-identifier',
          },
          { key: 'help.identifier.steps.number' },
          { key: 'help.identifier.steps.identify', names: { button: 'validate' } },
          { key: 'help.identifier.steps.joker', names: { button: 'validate' } },
          { key: 'help.identifier.steps.done', picture: 'identifier-done' },
        ),
      ],
    },
    { id: 'les-deux', heading: 'help.identifier.both', parts: [text('help.identifier.both.do')] },
  ],
})
