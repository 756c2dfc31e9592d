import { expect, it } from 'vitest'
import { readOwnSections } from './own-sections.ts'

it('reads sections of paragraphs and lists, with the typography of the language', () => {
  const text = `# Le wifi des résidences

Chaque chambre a une prise : « réseau ».
Elle marche tout de suite.

- Branchez le câble
  de la prise
- Ouvrez le navigateur

Besoin d'aide ? Venez.
# Les horaires
`
  expect(readOwnSections(text, 'fr')).toEqual({
    faults: [],
    sections: [
      {
        heading: 'Le wifi des résidences',
        blocks: [
          {
            kind: 'text',
            text: 'Chaque chambre a une prise\u00a0: «\u00a0réseau\u00a0». Elle marche tout de suite.',
          },
          { kind: 'list', items: ['Branchez le câble de la prise', 'Ouvrez le navigateur'] },
          { kind: 'text', text: 'Besoin d’aide\u202f? Venez.' },
        ],
      },
      { heading: 'Les horaires', blocks: [] },
    ],
  })
})

it.each<[what: string, text: string, line: number, sentence: string]>([
  [
    'text before the first heading',
    '\nBonjour\n# A\n',
    2,
    'comes before the first heading: a section begins with « # ».',
  ],
  [
    'a heading of another level',
    '# A\n\n## B\n',
    3,
    'begins with « # » and is no heading: « # », a space, and its words.',
  ],
  ['a tag', '# A\n\n- <b>B</b>\n', 3, 'holds « <b> »: a sentence is text, without tags and entities.'],
  [
    'an entity in a heading',
    '# A&nbsp;B\n',
    1,
    'holds « &nbsp; »: a sentence is text, without tags and entities.',
  ],
  ['an invisible character', '# A\nB\u200b\n', 2, 'holds an invisible character (U+200B): take it out.'],
  ['too much', `# A\n${'b'.repeat(4000)}`, 1, 'The file has 4004 characters, of 4000 at most.'],
])('names the line of %s', (_, text, line, sentence) => {
  expect(readOwnSections(text, 'fr')).toEqual({ sections: [], faults: [{ line, sentence }] })
})
