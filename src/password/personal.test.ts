import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/world/seeded-random.ts'
import { sameBirthDate } from '../directory/birth-date.ts'
import type { BirthDate } from '../directory/directory.ts'
import { foldAnswer } from '../proofs/joker/fold.ts'
import { institutionWordsOf, jokerCandidates, judgePersonal } from './personal.ts'

const person = {
  login: 'mlegall2',
  firstNames: ['Marie-Hélène', 'Léa'],
  familyNames: ["Le Gall d'Œuvre", 'Lefèvre'],
  birthDate: { year: 1985, month: 7, day: 14 },
}
const about = { person, login: true, institutionWords: ['UPHF', 'Clairval'] }
const reasons = (password: string, details: Parameters<typeof judgePersonal>[1] = about) =>
  judgePersonal(password, details).map(({ reason }) => reason)

describe('the login', () => {
  const request = (login: string, password: string) =>
    judgePersonal(password, { ...about, person: { ...person, login } }).some(
      ({ reason }) => reason === 'password-has-login',
    )

  it.each(['clefevreTr0m&', 'Tr0m&CLEFEVRE', 'Tr0m&c-le-fevre', 'Tr0m&cl3f3vr3', 'Tr0m&c.lefevre1'])(
    'is found in %s',
    password => expect(request('clefevre', password)).toBe(true),
  )

  it('of three letters is found only verbatim', () => {
    expect(request('bob', 'Tr0mbone&bob-Lune')).toBe(true)
    expect(request('bob', 'Tr0mbone&b-o-b-Lune')).toBe(false)
  })

  it('with a separator is found with and without it', () => {
    expect(request('ext-odubois', 'Tr0m&ext-odubois')).toBe(true)
    expect(request('ext-odubois', 'Tr0m&extodubois')).toBe(true)
  })

  it('is allowed when the policy says so', () => {
    expect(reasons('Tr0m&mlegall2', { ...about, login: false })).not.toContain('password-has-login')
  })
})

describe('names', () => {
  it.each([
    'Lune&Lefevre-9x',
    'xLEFEVREx1!ab',
    'L3fevr3&Lune-x',
    'Le-fe-vre&Lune9',
    'Helene&Lune-9xx',
    'M@rieHelene&9xx',
    'Gall&Tr0mbone-x',
    '9Oeuvre&Tr0mbone',
  ])('are found in %s', password => expect(reasons(password)).toEqual(['password-has-name']))

  it('of three letters are allowed: « Léa » is part of « oléagineux »', () =>
    expect(reasons('Oleagineux&Lune9')).toEqual([]))
})

describe('the birth date', () => {
  it.each([
    'Tr0m&14071985',
    'Tr0m&140785xy',
    'Tr0m&19850714',
    'Tr0m&14/07/1985',
    '14-07-85&Tr0mbone',
    'Tr0mbone&1985',
  ])('is found in %s', password => expect(reasons(password)).toEqual(['password-has-birth-date']))

  it.each(['Tr0mbone&1407', 'Tr0mbone&19-85', 'Tr0mbone&85'])('is not found in %s', password =>
    expect(reasons(password)).toEqual([]),
  )

  it('without a known day is searched for by its year alone', () => {
    const unknownDay = { ...about, person: { ...person, birthDate: { year: 1985, month: 0, day: 0 } } }
    expect(reasons('Tr0mbone&1985', unknownDay)).toEqual(['password-has-birth-date'])
    expect(reasons('Tr0mbone&000085', unknownDay)).toEqual([])
    expect(reasons('Tr0mbone&1985', { ...about, person: { ...person, birthDate: null } })).toEqual([])
  })
})

describe('the birth date of which only a digest is kept', () => {
  const digestOf = (date: BirthDate) => ({
    ...person,
    birthDate: null,
    birthDateDigest: {
      isOn: (other: BirthDate) => sameBirthDate(other, date),
      isIn: (year: number) => year === date.year,
    },
  })
  const datesOf = (day: number, month: number, year: number) => {
    const [d, m] = [day, month].map(one => String(one).padStart(2, '0'))
    return [
      `${d}${m}${year}`,
      `${d}${m}${String(year).slice(2)}`,
      `${year}${m}${d}`,
      `${d}-${m}/${year}`,
      String(year),
    ]
  }

  it('is found wherever the date itself is, and nowhere else', () => {
    const draw = seededRandom(16)
    const upTo = (most: number) => Math.floor(draw() * most)
    let found = 0
    for (let tried = 0; tried < 3000; tried += 1) {
      // Near dates, so that one is often that of the other.
      const own = { year: 1999 + upTo(3), month: upTo(4), day: upTo(4) }
      const written = datesOf(upTo(4), upTo(4), 1999 + upTo(3))[upTo(5)] ?? ''
      const digits = () => String(upTo(1000)).slice(0, upTo(4))
      const password = `${digits()}${tried % 2 ? 'x' : ''}${written}${tried % 3 ? '-' : ''}${digits()}`
      const inClear = reasons(password, { ...about, person: { ...person, birthDate: own } })
      expect(
        reasons(password, { ...about, person: digestOf(own) }),
        `${password} ${JSON.stringify(own)}`,
      ).toEqual(inClear)
      if (inClear.length > 0) found += 1
    }
    expect(found).toBeGreaterThan(500)
    expect(found).toBeLessThan(2500)
  })
})

describe("the institution's words", () => {
  it.each(['Cl@irv4l&Lune9', 'Tr0m&uphf-Lune', 'Tr0m&U.P.H.F-Lune'])(
    'are found in %s, also without a person',
    password => expect(reasons(password, { ...about, person: null })).toEqual(['password-has-institution']),
  )

  it('are the configured ones, the product and the specific words of the name', () => {
    const words = institutionWordsOf({
      configured: ['UPHF'],
      product: 'Sésame',
      institution: "Université Polytechnique de l'Aigle-d'Or",
    })
    expect(words).toEqual(['UPHF', 'Sésame', 'Aigle'])
  })
})

describe('the joker answer', () => {
  const holds = (password: string, answer: string) => jokerCandidates(password).has(foldAnswer(answer))

  it('is found as the whole password, as its core, or anywhere from four characters', () => {
    expect(holds('Saint-Amand-les-Eaux', 'Saint-Amand-les-Eaux')).toBe(true)
    expect(holds('2026!Bob!2026', 'Bob')).toBe(true)
    expect(holds('Tr0m&F3lix-Lune', 'Félix')).toBe(true)
    expect(holds('Tr0m&l-Etranger9', "L'Étranger")).toBe(true)
  })

  it('is not found where it is absent, nor when three letters occur by chance', () => {
    expect(holds('Tr0mbone&Cascade-3', 'Félix')).toBe(false)
    expect(holds('Tr0mbone&Maximum-3', 'Max')).toBe(false)
    expect(jokerCandidates('!!!!')).toEqual(new Set(['iiii']))
  })
})
