import { describe, expect, it } from 'vitest'
import { fc } from '../../test/world/properties.ts'
import {
  compositionRules,
  judge,
  lineState,
  linesOf,
  type PersonContext,
  type Policy,
  presets,
  refusalsIn,
  rulesOf,
  stateOf,
} from './policy.ts'

const { uphf, nist } = presets
const good = 'Tr0mbone&Cascade-3'
const reasons = (policy: Policy, password: string, about: PersonContext = {}) =>
  refusalsIn(judge(policy, password, about)).map(({ reason }) => reason)

describe('the policy of the guide', () => {
  it('accepts 12 to 30 characters of four classes', () => {
    expect(reasons(uphf, good)).toEqual([])
    expect(reasons(uphf, 'Abcdefghij1!')).toEqual([])
    expect(reasons(uphf, `Ab1!${'x'.repeat(26)}`)).toEqual([])
  })

  it('says how many characters are missing or too many', () => {
    expect(refusalsIn(judge(uphf, 'Abcdefghi1!'))).toEqual([
      { reason: 'password-too-short', curable: true, count: 1 },
    ])
    expect(refusalsIn(judge(uphf, `Ab1!${'x'.repeat(29)}`))).toEqual([
      { reason: 'password-too-long', count: 3 },
    ])
  })

  it.each([
    ['TR0MBONE&CASCADE', 'password-lacks-lower'],
    ['tr0mbone&cascade', 'password-lacks-upper'],
    ['Trombone&Cascade', 'password-lacks-digit'],
    ['Tr0mboneCascade3', 'password-lacks-special'],
    ['Tr0mbone &Cascade', 'password-has-space'],
  ])('refuses %s: %s', (password, reason) => expect(reasons(uphf, password)).toEqual([reason]))

  it.each([...'!"#$%&()*+,-./:;<=>?@[]^_`{|}~'])('counts %s as a special character', sign =>
    expect(reasons(uphf, `Tr0mboneCascade${sign}`)).toEqual([]),
  )

  it.each(["'", '\\'])(
    'says that %s alone does not count, and accepts it together with one that does',
    sign => {
      expect(reasons(uphf, `Tr0mboneCascade${sign}`)).toEqual(['password-special-uncounted'])
      expect(reasons(uphf, `Tr0mboneCascade${sign}-`)).toEqual([])
    },
  )

  it('leaves to the server what only the server can check', () => {
    const later = judge(uphf, good).filter(({ state }) => state === 'later')
    expect(later.map(({ rule }) => rule)).toEqual(['no-login', 'history', 'leaked', 'personal'])
  })
})

describe('the policy of NIST', () => {
  it('asks for 15 to 64 characters, whatever they are', () => {
    expect(reasons(nist, 'chat vert sur lune')).toEqual([])
    expect(reasons(nist, 'x'.repeat(14))).toEqual(['password-too-short'])
    expect(reasons(nist, 'x'.repeat(65))).toEqual(['password-too-long'])
  })

  it.each([' chat vert sur lune', 'chat vert sur lune '])('refuses a space at an end of « %s »', password =>
    expect(reasons(nist, password)).toEqual(['password-edge-space']),
  )
})

describe('characters that devices type differently', () => {
  it.each([
    ['é', 'é'],
    ['e\u0301', 'é'],
    ['€', '€'],
    ['😀', '😀'],
    ['\u00a0', 'U+00A0'],
    ['\t', 'U+0009'],
    ['\u200b', 'U+200B'],
    ['\ud83d', 'U+D83D'],
  ])('are refused by name: %j', (typed, character) =>
    expect(refusalsIn(judge(uphf, `${good}${typed}`))).toEqual([{ reason: 'password-not-ascii', character }]),
  )
})

describe('the login', () => {
  it.each(['clefevreTr0m&', 'Tr0m&CLEFEVRE'])('is found in %s where it is known', password =>
    expect(reasons(uphf, password, { login: 'clefevre' })).toEqual(['password-has-login']),
  )

  it('switched off is not looked for', () => {
    expect(reasons({ ...uphf, login: false }, 'clefevreTr0m&', { login: 'clefevre' })).toEqual([])
  })
})

/** The rules of the guide, implemented a second time without the code under test. */
const restated = (password: string) => {
  const codes = [...password].map(character => character.codePointAt(0) ?? 0)
  const between = (from: string, to: string) =>
    codes.some(code => code >= from.charCodeAt(0) && code <= to.charCodeAt(0))
  return (
    codes.length >= 12 &&
    codes.length <= 30 &&
    between('a', 'z') &&
    between('A', 'Z') &&
    between('0', '9') &&
    codes.some(
      code =>
        (code > 32 && code < 127 && code !== 39 && code !== 92 && !/\w/.test(String.fromCharCode(code))) ||
        code === 95,
    ) &&
    codes.every(code => code > 32 && code < 127)
  )
}

describe('the rules', () => {
  it('agree with a second implementation of the guide, on any text', () => {
    const nearly = fc.string({ unit: fc.constantFrom(...`aZ5é '\\_-!~`), minLength: 8, maxLength: 34 })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), nearly), password => {
        expect(reasons(uphf, password).length === 0).toBe(restated(password.normalize('NFC')))
      }),
      { numRuns: 2000 },
    )
  })

  it('can be switched off one by one, and a rule that is off appears nowhere', () => {
    const switches = {
      lower: 'lower',
      upper: 'upper',
      digit: 'digit',
      special: 'special',
      login: 'no-login',
    } as const
    for (const [name, rule] of Object.entries(switches)) {
      const without = { ...uphf, [name]: false }
      expect(rulesOf(without)).toEqual(rulesOf(uphf).filter(other => other !== rule))
    }
    expect(rulesOf({ ...uphf, history: 0 })).not.toContain('history')
  })
})

describe("the page's lines", () => {
  it('are those of the guide, then the two that are always on', () => {
    expect(linesOf(uphf)).toEqual(['composition', 'spaces', 'login', 'history', 'ascii', 'guessable'])
    expect(compositionRules(uphf)).toEqual(['length', 'lower', 'upper', 'digit', 'special'])
    expect(compositionRules(nist)).toEqual(['length'])
    expect(linesOf(nist)).toEqual(linesOf(uphf))
    expect(linesOf({ ...uphf, login: false, history: 0 })).toEqual([
      'composition',
      'spaces',
      'ascii',
      'guessable',
    ])
  })

  it('are undecided before anything is typed, and follow the rules that they group', () => {
    expect(lineState('composition', '', uphf)).toBe('later')
    expect(lineState('composition', 'abc', uphf)).toBe('unmet')
    expect(lineState('composition', good, uphf)).toBe('met')
    expect(lineState('guessable', good, uphf)).toBe('later')
    expect(stateOf('digit', 'abc', uphf)).toBe('unmet')
    expect(stateOf('lower', 'abc', uphf)).toBe('met')
  })

  it('are not marked as unmet for what typing may still cure, only for what is too much', () => {
    expect(lineState('composition', 'abc', uphf, 'typing')).toBe('later')
    expect(stateOf('digit', 'abc', uphf, 'typing')).toBe('later')
    expect(lineState('spaces', 'a b', uphf, 'typing')).toBe('unmet')
    expect(lineState('spaces', 'chat ', nist, 'typing')).toBe('later')
    expect(lineState('composition', `${good}${good}`, uphf, 'typing')).toBe('unmet')
    expect(lineState('ascii', 'é', uphf, 'typing')).toBe('unmet')
  })
})
