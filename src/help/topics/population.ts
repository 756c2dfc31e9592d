import { type GuidePopulation, helpSlugs } from '../../routes.ts'
import type { TextKey } from '../../texts/texts.ts'
import { type HelpContext, type HelpPage, link, list, type Sentence, text } from '../help.ts'

const numbers = {
  student: ['help.you.number.student', 'help.you.number.ine'],
  staff: ['number.staff-number'],
  external: ['number.uid'],
} as const satisfies Record<GuidePopulation, readonly TextKey[]>

const where = {
  student: ['help.you.number.either', 'number.student-number.detail'],
  staff: ['number.staff-number.detail'],
  external: ['help.you.number.letter'],
} as const satisfies Record<GuidePopulation, readonly TextKey[]>

const first = {
  student: 'help.you.first.do',
  staff: 'help.you.first.staff',
  external: 'help.you.first.external',
} as const satisfies Record<GuidePopulation, TextKey>

/** « Je suis étudiant », « personnel », « externe »: which number the person has, and where to begin. */
export const populationTopic =
  (population: GuidePopulation) =>
  ({ services }: HelpContext): HelpPage => {
    const topic = helpSlugs[population]
    const numbered: readonly Sentence[] = numbers[population].map(key => ({ key }))
    return {
      of: { topic: population },
      at: { route: 'helpTopic', params: { topic } },
      title: `help.${population}.title`,
      lead: `help.${population}.lead`,
      sections: [
        {
          id: 'numero',
          heading: 'help.you.number',
          parts: [list(...numbered), ...where[population].map(key => text(key))],
        },
        {
          id: 'premiere-fois',
          heading: 'help.you.first',
          parts: [
            text(first[population]),
            link('help.activation.title', 'helpTopic', { topic: helpSlugs.activation }),
          ],
        },
        {
          id: 'oubli',
          heading: 'help.you.forgotten',
          parts: [
            link(`guide.${population}.title`, 'helpGuide', { population: topic }),
            link('help.identifier.title', 'helpTopic', { topic: helpSlugs.identifier }),
          ],
        },
        {
          id: 'ou',
          heading: 'help.you.where',
          parts: [
            { kind: 'services' },
            ...(services.some(({ id }) => id === 'eduroam') ? [link('devices.link', 'devices')] : []),
          ],
        },
      ],
    }
  }
