import { expect, it } from 'vitest'
import { checkIneKey } from './ine.ts'

it.each(['0123456789M', '2598765432K', '1812345678E', '0123 456 789 m', '123456789M'])(
  'accepts the BEA check letter of %s',
  ine => expect(checkIneKey(ine)).toBe('right'),
)
it.each(['0ABCDEF1231', '1G2H3J4K5L3'])('accepts the higher-education check digit of %s', ine =>
  expect(checkIneKey(ine)).toBe('right'),
)
it.each(['0123456789N', '2598765432A', '0ABCDEF1232'])('reports the check character of %s as wrong', ine =>
  expect(checkIneKey(ine)).toBe('wrong'),
)
it.each(['123456789AB', 'hello'])('reports the check character of « %s » as unknown', ine =>
  expect(checkIneKey(ine)).toBe('unknown'),
)
