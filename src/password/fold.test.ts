import { describe, expect, it } from 'vitest'
import { fc } from '../../test/world/properties.ts'
import { foldAnswer } from '../proofs/joker/fold.ts'
import { foldWord, readingsOf, unleet } from './fold.ts'

describe('folding', () => {
  it.each([
    ['Hélène', 'helene'],
    ["L'Étranger", 'letranger'],
    ['Saint-Amand-les-Eaux', 'saintamandleseaux'],
    ['Cœur', 'coeur'],
    ['Groß', 'gross'],
    ['Lefe\u0300vre', 'lefevre'],
  ])('makes « %s » « %s »', (text, folded) => expect(foldWord(text)).toBe(folded))

  it('folds what can be in a password as joker answers are folded', () => {
    const printable = fc.string({
      unit: fc.integer({ min: 32, max: 126 }).map(code => String.fromCharCode(code)),
    })
    fc.assert(
      fc.property(printable, password => {
        expect(foldWord(password)).toBe(foldAnswer(password))
      }),
    )
  })

  it('undoes l33t', () => {
    expect(unleet('@401!3$57')).toBe('aaoiiesst')
    expect(readingsOf('C@m!ll3')).toEqual(['cmll3', 'camille'])
  })
})
