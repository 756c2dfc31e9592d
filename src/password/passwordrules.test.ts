import { describe, expect, it } from 'vitest'
import { passwordRulesAttribute } from './passwordrules.ts'
import { presets, specials } from './policy.ts'

describe('what a password manager reads before it generates a password', () => {
  it('are the lengths of the policy, and a class for each character that it requires', () => {
    expect(passwordRulesAttribute(presets.uphf)).toMatch(
      /^minlength: 12; maxlength: 30; required: lower; required: upper; required: digit; required: \[.*\];$/,
    )
  })

  it('name the special characters once, with - first and ] last, as the class asks', () => {
    const [, signs = ''] = /\[(.*)\];/.exec(passwordRulesAttribute(presets.uphf)) ?? []
    expect([...signs].sort().join('')).toBe([...specials.replace(/[<>"&]/g, '')].sort().join(''))
    expect([signs.at(0), signs.at(-1)]).toEqual(['-', ']'])
  })

  it('without composition rules allow every class, and no space', () => {
    expect(passwordRulesAttribute(presets.nist)).toMatch(
      /^minlength: 15; maxlength: 64; allowed: lower, upper, digit, \[.*\];$/,
    )
  })
})
