import { describe, expect, it } from 'vitest'
import { isSameSecret } from './crypto.ts'

describe('comparing secrets', () => {
  it('reports whether two secrets are equal, also when their lengths differ', () => {
    expect(isSameSecret('abc', 'abc')).toBe(true)
    expect(isSameSecret('abc', 'abd')).toBe(false)
    expect(isSameSecret('abc', 'abcd')).toBe(false)
    expect(isSameSecret('é', 'ee')).toBe(false)
  })
})
