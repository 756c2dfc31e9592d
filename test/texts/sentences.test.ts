import { describe, expect, it } from 'vitest'
import { locales } from '../../src/texts/locales.ts'
import { languages } from '../../src/texts/texts.ts'
import { textsRead } from './catalogue.ts'

const longest = 20

/** The sentences of a text; the question mark of a quoted name ends none. */
const sentencesIn = (text: string) => text.replace(/[.?!…]+(?=\s*[»”])/gu, '').split(/(?<=[.?!…])\s+|\n+/u)

/** « l'assistance » is one word, as is the value that stands in a sentence. */
const wordsIn = (sentence: string) => sentence.split(/\s+/u).filter(word => /[\p{L}\p{N}]/u.test(word))

/** Even those that the guide dictates are as short: no text is excepted. */
describe.each(languages)('the sentences in %s', language => {
  it(`have ${longest} words at most`, () => {
    const texts = [...textsRead(language), { key: 'charter', text: locales[language].demonstrationCharter }]
    expect(texts.length).toBeGreaterThan(800)
    const long = texts.flatMap(({ key, text }) =>
      sentencesIn(text)
        .filter(sentence => wordsIn(sentence).length > longest)
        .map(sentence => `${key}: ${wordsIn(sentence).length} words: ${sentence}`),
    )
    expect(long).toEqual([])
  })
})

it('are counted: a sentence of 21 words is found, and one of 20 is not', () => {
  const words = (count: number) => Array.from({ length: count }, () => 'mot').join(' ')
  const [first, second] = sentencesIn(`${words(20)} « Oublié ? ». ${words(21)}\u202f!`)
  expect(wordsIn(first ?? '').length).toBe(21)
  expect(wordsIn(second ?? '').length).toBe(21)
  expect(wordsIn("Rien n'a été changé, et l'assistance est prévenue à 12\u00a0h.").length).toBe(11)
})
