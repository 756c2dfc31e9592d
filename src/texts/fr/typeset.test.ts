import { describe, expect, it } from 'vitest'
import { typesetEnglish } from '../en/typeset.ts'
import { typesetFrench } from './typeset.ts'

describe('French typography', () => {
  it.each([
    ["Qu'avez-vous oublié ?", 'Qu’avez-vous oublié\u202f?'],
    ["l'« identifiant »", 'l’«\u00a0identifiant\u00a0»'],
    ['Attention ; arrêtez !', 'Attention\u202f; arrêtez\u202f!'],
    ['Date de naissance :', 'Date de naissance\u00a0:'],
    ['à 400 % de zoom', 'à 400\u00a0% de zoom'],
    ["« Ce n'est pas moi »", '«\u00a0Ce n’est pas moi\u00a0»'],
    ['« En cours » : attendez', '«\u00a0En\u00a0cours\u00a0»\u00a0: attendez'],
    ['pendant 24 heures, 8 h, 12 caractères', 'pendant 24\u00a0heures, 8\u00a0h, 12\u00a0caractères'],
    [
      '{left, plural, one {# essai} other {# essais}}',
      '{left, plural, one {#\u00a0essai} other {#\u00a0essais}}',
    ],
    ['entre {min} et {max} caractères', 'entre {min} et {max}\u00a0caractères'],
  ])('sets %j', (typed, shown) => {
    expect(typesetFrench(typed)).toBe(shown)
  })

  it('leaves the addresses of mails and of the web alone', () => {
    const text =
      "Écrivez à l'adresse o'brien@clairval.example ou voyez https://clairval.example/?a=1;b='x' : merci"
    expect(typesetFrench(text)).toBe(
      "Écrivez à l’adresse o'brien@clairval.example ou voyez https://clairval.example/?a=1;b='x'\u00a0: merci",
    )
  })

  it('leaves a sign alone where no space was typed before it', () => {
    expect(typesetFrench("les signes ' et \\ ; par exemple - ou ?.")).toContain("signes ' et")
    expect(typesetFrench('1/2/1980 12:30')).toBe('1/2/1980 12:30')
  })
})

it('English keeps its own typography', () => {
  expect(typesetEnglish("It's the person's: 400% done?")).toBe('It’s the person’s: 400% done?')
})
