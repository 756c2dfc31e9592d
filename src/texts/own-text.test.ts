import { describe, expect, it } from 'vitest'
import { fc } from '../../test/world/properties.ts'
import { ownTextFault, settingOfText } from './own-text.ts'
import { createSayIn, inEachLanguage, languages, sourceText, type TextKey, textKeys } from './texts.ts'

const reworded = textKeys.filter(key => settingOfText(key) === null)

describe.each(languages)('an own sentence in %s', language => {
  it('may be that of the product, whichever it is', () => {
    expect(reworded.length).toBeGreaterThan(800)
    for (const key of reworded) expect(ownTextFault(key, language, sourceText(key, language)), key).toBe(null)
  })

  it('may be that of the product with an apostrophe before each placeholder', () => {
    for (const key of reworded) {
      const text = sourceText(key, language).replace(/(?<=\p{L}) (?=\{\w+\})/gu, " d'")
      expect(ownTextFault(key, language, text), key).toBe(null)
    }
  })

  it('is refused, or can be said with any value', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '{left}',
        '{left',
        '{',
        '}',
        '#',
        "'",
        "'{",
        '{left, plural,',
        'one {',
        'other {',
        '=0 {',
      ),
      fc.constantFrom(
        '{left, number}',
        '{left, date}',
        '{left, select, a {x} other {y}}',
        '{at}',
        ' ',
        '<',
        '|',
      ),
      fc.string({ maxLength: 4 }),
    )
    const text = fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''))
    let accepted = 0
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map(more => `{left} ${more}`),
        ),
        fc.nat({ max: 1000 }),
        (own, left) => {
          if (ownTextFault('answer-wrong', language, own) !== null) return
          accepted += 1
          const own1 = inEachLanguage(() => new Map<TextKey, string>([['answer-wrong', own]]))
          const said = createSayIn(own1)(language)('answer-wrong', { left })
          expect(said).toContain(String(left))
        },
      ),
      { numRuns: 3000 },
    )
    expect(accepted).toBeGreaterThan(50)
  })
})

describe('an own sentence is refused', () => {
  it.each<[what: string, key: TextKey, text: string, fault: string]>([
    ['that is empty', 'home.lead', '  ', 'is empty: write a sentence, or take the line out.'],
    [
      'that says nothing of a value',
      'answer-wrong',
      'Ce n’est pas ça.',
      'lacks {left}, which the product’s sentence has.',
    ],
    [
      'with a value that nobody gives',
      'answer-wrong',
      'Encore {left} essais, {name}.',
      'has {name}, which nothing fills in: there is {left}.',
    ],
    [
      'with a value where the product has none',
      'home.lead',
      'Bonjour {name}',
      'has {name}, which nothing fills in: the product’s sentence has no placeholder.',
    ],
    [
      'with a brace that is not closed',
      'answer-wrong',
      'Encore {left essais.',
      'has braces that belong to no placeholder, or a placeholder that is not complete: copy those of the product’s sentence.',
    ],
    [
      'with a plural that lacks « other »',
      'answer-wrong',
      '{left, plural, one {un essai}}',
      'has braces that belong to no placeholder, or a placeholder that is not complete: copy those of the product’s sentence.',
    ],
    [
      'that reads a count as a date',
      'answer-wrong',
      '{left, date}',
      'uses {left} in another form than the product’s sentence does.',
    ],
    [
      'that shows a choice as a word',
      'mail.when',
      'Le {at} {known} {device}',
      'uses {known} in another form than the product’s sentence does.',
    ],
    [
      'that chooses from other options',
      'mail.when',
      'Le {at}{known, select, oui { de {device}} other {}}',
      'has « oui » in {known}: it is yes or other.',
    ],
    [
      'with a tag',
      'home.lead',
      'Lisez <b>ceci</b>',
      'holds « <b> »: a sentence is text, without tags and entities.',
    ],
    [
      'with a script',
      'home.lead',
      '<script src=//x>',
      'holds « <script src=//x> »: a sentence is text, without tags and entities.',
    ],
    [
      'with an entity',
      'home.lead',
      'Ouvert&nbsp;!',
      'holds « &nbsp; »: a sentence is text, without tags and entities.',
    ],
    [
      'with a mark of direction',
      'home.lead',
      'a\u202eb',
      'holds an invisible character (U+202E): take it out.',
    ],
    ['with a soft hyphen', 'home.lead', 'a\u00adb', 'holds an invisible character (U+00AD): take it out.'],
    [
      'of several lines, as a subject with another header',
      'mail.password-changed.subject',
      'Bonjour\nBcc: a@b.c',
      'holds a line break: write it on one line.',
    ],
    ['of 301 characters', 'home.lead', 'a'.repeat(301), 'has 301 characters, and 300 at most fit here.'],
    [
      'of a setting',
      'helpdesk.hours',
      'le lundi',
      'is the default of a setting: give `branding.helpdesk.hours` in sesame.yaml instead.',
    ],
    [
      'of the name of a service',
      'service.cas.name',
      'ENT',
      'is the default of a setting: give `services` in sesame.yaml instead.',
    ],
  ])('%s', (_, key, text, fault) => {
    expect(ownTextFault(key, 'fr', text)).toBe(fault)
  })
})

it('own sentences get the typography of their language, and leave the others as they are', () => {
  const own = inEachLanguage(() => new Map<TextKey, string>([['home.lead', "L'accueil : « ouvert » !"]]))
  const [say, product] = [createSayIn(own), createSayIn()]
  expect(say('fr')('home.lead')).toBe('L’accueil\u00a0: «\u00a0ouvert\u00a0»\u202f!')
  expect(say('en')('home.lead')).toBe('L’accueil : « ouvert » !')
  expect(say('fr')('nav.menu')).toBe(product('fr')('nav.menu'))
})
