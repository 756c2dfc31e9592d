import { describe, expect, it } from 'vitest'
import { sameBirthDate } from '../../directory/birth-date.ts'
import { sayIn } from '../../texts/texts.ts'
import { guessable } from './guessable.ts'

const camille = {
  login: 'clefevre',
  firstNames: ['Camille', 'Jeanne'],
  familyNames: ['Lefèvre-Petit'],
  birthDate: { year: 1985, month: 7, day: 14 },
}

describe('an answer that somebody else could guess', () => {
  it.each([
    ['', 'pet', 'answer-missing'],
    [' - ', 'pet', 'answer-missing'],
    ['Zo', 'pet', 'answer-too-short'],
    ['C. Lefèvre', 'pet', 'answer-has-login'],
    ['camille', 'friend', 'answer-has-name'],
    ['Lefevre', 'teacher', 'answer-has-name'],
    ['lefèvre petit', 'teacher', 'answer-has-name'],
    ['Jeanne', 'friend', 'answer-has-name'],
    ['14/07/1985', 'journey', 'answer-has-birth-date'],
    ['1985', 'journey', 'answer-has-birth-date'],
    ['Animal', 'pet', 'answer-in-question'],
    ['ville', 'town', 'answer-in-question'],
    ['rex', 'pet', 'answer-common'],
    ['Le Petit Prince', 'book', 'answer-common'],
    ['PARIS', 'town', 'answer-common'],
    ['aaaa', 'school', 'answer-common'],
    ['azerty', 'school', 'answer-common'],
  ] as const)('« %s » to %s is refused: %s', (answer, question, reason) => {
    expect(guessable(answer, { person: camille, question, sayIn })).toBe(reason)
  })

  it.each([
    ['Belphégor le chat roux', 'pet'],
    ['Saint-Amand-les-Eaux', 'town'],
    ['Rex', 'school'],
    ['L’Œuvre au noir', 'book'],
    ['Madame Girard', 'teacher'],
  ] as const)('« %s » to %s is accepted', (answer, question) => {
    expect(guessable(answer, { person: camille, question, sayIn })).toBe(null)
  })

  it.each(['14/07/1985', '14071985', '140785', '19850714', '14 7 1985', '1985'])(
    '« %s » is refused as a date of birth of which only a digest is kept, and another date is not',
    answer => {
      const born = { year: 1985, month: 7, day: 14 }
      const digestOf = (own: typeof born) => ({
        ...camille,
        birthDate: null,
        birthDateDigest: {
          isOn: (date: typeof born) => sameBirthDate(date, own),
          isIn: (year: number) => year === own.year,
        },
      })
      const question = 'journey'
      expect(guessable(answer, { person: camille, question, sayIn })).toBe('answer-has-birth-date')
      expect(guessable(answer, { person: digestOf(born), question, sayIn })).toBe('answer-has-birth-date')
      expect(guessable(answer, { person: digestOf({ ...born, year: 1986 }), question, sayIn })).toBe(null)
    },
  )

  it('is refused when it is a word of the person’s own question', () => {
    expect(guessable('péniche', { person: null, question: 'Le nom de la péniche ?', sayIn })).toBe(
      'answer-in-question',
    )
  })
})
