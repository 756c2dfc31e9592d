import type { Directory } from '../../directory/directory.ts'
import { ok, refused } from '../../result.ts'
import type { Check } from '../services.ts'

/** Refusals of a bind that say nothing against the password. */
const barred = new Set(['password-expired', 'must-change', 'account-locked'])

/** A bind as the person on the source of truth, for what reads it directly. */
export const createSourceCheck = (directory: Directory): Check => ({
  longest: 20_000,
  prove: async ({ person }, password) => {
    const bound = await directory.bind(person, password)
    if (bound.ok) return ok()
    if (bound.reason === 'directory-unavailable') return refused('service-unavailable')
    return refused(barred.has(bound.reason) ? 'login-barred' : 'login-refused')
  },
  check: async () => [],
  close: async () => {},
})
