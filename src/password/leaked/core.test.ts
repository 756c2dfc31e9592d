import { describe, expect, it } from 'vitest'
import { fc } from '../../../test/world/properties.ts'
import { coreOf, coresOf, smallestBlock } from './core.ts'

describe('the core of a password', () => {
  it.each([
    ['P@ssw0rd12345!', 'password'],
    ['Azerty123456!', 'azerty'],
    ['Motdepasse2026!', 'motdepasse'],
    ['Tr0mbone&Cascade-3', 'trombone&cascade'],
    ['2026!!Été#1', 'ete'],
    ['azertyazerty', 'azerty'],
    ['Soleil1Soleil1', 'soleilisoleil'],
    ['139482736451029', ''],
  ])('of %s is « %s »', (password, core) => expect(coreOf(password)).toBe(core))

  it('is its own core', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aAzéb01!4@$ -_7') })
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), password => {
        expect(coreOf(coreOf(password))).toBe(coreOf(password))
      }),
      { numRuns: 500 },
    )
  })

  it('does not change when digits and specials are added around a word', () => {
    const ends = fc.string({ unit: fc.constantFrom(...'0123456789!#&*-_ $@'), maxLength: 8 })
    const word = fc.string({ unit: fc.constantFrom(...'abcdefXYZ'), minLength: 1 })
    fc.assert(
      fc.property(ends, word, ends, (before, middle, after) => {
        expect(coreOf(before + middle + after)).toBe(coreOf(middle))
      }),
    )
  })
})

describe('the readings of a core', () => {
  it.each([
    ['$oleil-2026', 'soleil'],
    ['Pa$$1234567', 'pass'],
    ['2026@zerty', 'azerty'],
    ['Mot-de-passe-2026', 'motdepasse'],
    ['Soleil1Soleil1', 'soleil'],
    ['Azerty-Azerty1!', 'azerty'],
  ])('of %s hold « %s »', (password, word) => expect(coresOf(password)).toContain(word))

  it('hold the core itself, and nothing when there is no letter', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), password => {
        const readings = coresOf(password)
        if (coreOf(password) === '') expect(readings).toEqual([])
        else expect(readings).toContain(coreOf(password))
      }),
    )
  })
})

describe('a repeated block', () => {
  it('is read once', () => {
    expect(smallestBlock('abcabcabc')).toBe('abc')
    expect(smallestBlock('aaaa')).toBe('a')
    expect(smallestBlock('abcab')).toBe('abcab')
  })
})
