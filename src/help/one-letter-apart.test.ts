import { expect, it } from 'vitest'
import { oneLetterApart } from './one-letter-apart.ts'

it.each([
  ['eduroame', 'eduroam'],
  ['pasword', 'password'],
  ['imprimente', 'imprimante'],
  ['wfii', 'wifi'],
  ['xwifi', 'wifi'],
  ['ifi', 'wifi'],
])('%s is %s with one letter wrong, and the other way round', (typed, meant) => {
  expect(oneLetterApart(typed, meant)).toBe(true)
  expect(oneLetterApart(meant, typed)).toBe(true)
})

it.each([
  ['wifi', 'wifi'],
  ['mail', 'mobile'],
  ['edurame', 'eduroam'],
  ['abcd', 'badc'],
  ['', 'ab'],
])('%j is not %j with one letter wrong', (typed, other) => {
  expect(oneLetterApart(typed, other)).toBe(false)
  expect(oneLetterApart(other, typed)).toBe(false)
})
