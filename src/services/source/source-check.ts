import { type BindResult, type Directory, provesPassword } from '../../directory/directory.ts'
import { ok, refused } from '../../result.ts'
import type { Check } from '../services.ts'

/** Refusals of a bind that do not say that the password is wrong: that of a locked account says nothing of it. */
const isBarred = (reason: Extract<BindResult, { ok: false }>['reason']) =>
  provesPassword(reason) || reason === 'account-locked'

/** Proves a password by a bind as the person on the source of truth, for services that read it directly. */
export const createSourceCheck = (directory: Directory): Check => ({
  longest: 20_000,
  prove: async ({ person }, password) => {
    const bound = await directory.bind(person, password)
    if (bound.ok) return ok()
    if (bound.reason === 'directory-unavailable') return refused('service-unavailable')
    return refused(isBarred(bound.reason) ? 'login-barred' : 'login-refused')
  },
  check: async () => [],
  close: async () => {},
})
