import { describe, expect, it } from 'vitest'
import { foldNumber, isNumber } from './number.ts'

describe('a typed number', () => {
  it.each([
    '204518',
    ' 204 518 ',
    '0204518',
    '204.518',
    '204-518',
    '２０４５１８',
    '\u202A204518\u202C',
    '204–518',
  ])('« %s » is 204518', typed => expect(foldNumber('staff-number', typed)).toBe('204518'))

  it('of zeros alone keeps one', () => expect(foldNumber('staff-number', '000')).toBe('0'))

  it.each([
    [' M.Durand ', 'm.durand'],
    ['jean-luc.picot', 'jean-luc.picot'],
    ['jean\u2011luc.picot', 'jean-luc.picot'],
    ['René', 'rené'],
    ['rene\u0301', 'rené'],
    ['00123', '00123'],
    ['ext-odubois\u200B', 'ext-odubois'],
  ])('that is a UID keeps its characters: « %s » is « %s »', (typed, folded) => {
    expect(foldNumber('uid', typed)).toBe(folded)
    expect(isNumber('uid', folded)).toBe(true)
  })

  it.each([
    ['uid', 'm durand'],
    ['uid', '(uid=*)'],
    ['staff-number', 'm.durand'],
    ['staff-number', 'rené'],
  ] as const)('of the kind %s is not « %s »', (kind, folded) => expect(isNumber(kind, folded)).toBe(false))
})
