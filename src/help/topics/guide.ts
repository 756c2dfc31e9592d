import { type GuidePopulation, helpSlugs } from '../../routes.ts'
import type { TextKey } from '../../texts/texts.ts'
import { type HelpContext, type HelpPage, link, steps, text } from '../help.ts'

type Number = { readonly card: TextKey; readonly other?: TextKey }

const numbers: Readonly<Record<GuidePopulation, Number>> = {
  student: { card: 'number.student-number', other: 'number.ine' },
  staff: { card: 'number.staff-number' },
  external: { card: 'number.uid' },
}

/** Chooses the text for a population with one number, or with two. */
const oneOf = (one: TextKey, either: TextKey, { card, other }: Number) => ({
  key: other ? either : one,
  names: { name: card, ...(other && { other }) },
})

const press = (name: TextKey) => ({ key: 'guide.press', names: { name } }) as const
const validate = { key: 'guide.button', names: { name: 'validate' } } as const

/** The guide published by a university, step by step in its own words (`test/guide/` compares it with the original). */
export const guide =
  (population: GuidePopulation) =>
  ({ picturesMatch }: HelpContext): HelpPage => {
    const number = numbers[population]
    return {
      of: { guide: population },
      at: { route: 'helpGuide', params: { population: helpSlugs[population] } },
      title: `guide.${population}.title`,
      lead: population === 'external' ? 'guide.lead.letter' : 'guide.lead',
      start: { key: 'forgotten.password', to: { route: 'chooseNumber' } },
      sections: [
        {
          id: 'etapes',
          heading: 'guide.steps',
          parts: [
            steps(
              { key: 'guide.ent' },
              { ...press('sign-in.forgotten'), picture: picturesMatch.signIn ? 'sign-in' : undefined },
              { ...press('forgotten.password'), picture: 'forgotten' },
              { ...oneOf('guide.press', 'guide.press-either', number), picture: `choose-${population}` },
              oneOf('guide.enter', 'guide.enter-either', number),
              {
                key: 'guide.enter',
                names: { name: 'identify.date.label' },
                picture: `identify-${population}`,
              },
              validate,
              { key: 'guide.answer', picture: 'joker' },
              validate,
              {
                key: 'guide.choose',
                names: { name: 'new.placeholder' },
                picture: picturesMatch.policy ? 'new-password' : undefined,
              },
              { key: 'guide.tick', names: { name: 'new.charter' }, also: { key: 'guide.charter' } },
              validate,
            ),
          ],
        },
        {
          id: 'termine',
          heading: 'guide.done',
          parts: [
            text('guide.end'),
            ...(picturesMatch.services ? [{ kind: 'picture', picture: 'done' } as const] : []),
            text('done.remember'),
            { kind: 'services' },
          ],
        },
        { id: 'regles', heading: 'new.rules', parts: [{ kind: 'rules' }] },
        {
          id: 'souci',
          heading: 'guide.stuck',
          parts: [link('guide.stuck.help', 'helpTopic', { topic: 'mot-de-passe' })],
        },
      ],
    }
  }
