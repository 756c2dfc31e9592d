import { describe, expect, it } from 'vitest'
import { isKeyboardRun, isNumber } from './runs.ts'

describe('keyboard runs', () => {
  it.each([
    'azertyuiop',
    'Qwerty-Asdfgh!',
    'poiuytreza',
    '1qaz2wsx3edc',
    '1aqw2zsx3edc',
    'Abc123Def456!',
    'AzErTy!1!2!3',
    '147258369',
    'aaaa-bbbb-1111',
    'xY!xY!xY!xY!',
  ])('%s is one', password => expect(isKeyboardRun(password)).toBe(true))

  it.each(['Tr0mbone&Cascade-3', 'azertyx', 'qsdfAl9&', 'Abacus&Vert-12', 'xY!9xY!9z'])(
    '%s is none',
    password => expect(isKeyboardRun(password)).toBe(false),
  )
})

describe('numbers', () => {
  it('are digits and separators', () => {
    expect(['139482736451029', '14/07/1985 12:30', '+33 3 53 01 22 33'].every(isNumber)).toBe(true)
    expect(['1394827364510a9', '!!!!', ''].some(isNumber)).toBe(false)
  })
})
