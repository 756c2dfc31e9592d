import type { Limits } from '../../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { Store } from '../../store/store.ts'
import type { HandlerRequest } from '../../web/handler.ts'

/**
 * Rate limit of sign-ins per network, whatever the method. Counts one and returns `null`, or returns the instant when
 * the next one is allowed. A refused sign-in is not counted, so that retrying does not keep the limit full.
 */
export const createSignInLimit = (deps: { store: Store; limits: Limits; rateLimiter: RateLimiter }) => {
  const { store, limits, rateLimiter } = deps
  const rateLimit: RateLimit = { name: 'sign-in', window: limits.signInWindow }

  return ({ network }: Pick<HandlerRequest, 'network'>): Promise<number | null> =>
    store.transaction(async tx => {
      const limit = limits.signInPerNetwork * (network.campus ? limits.campusFactor : 1)
      const full = await rateLimiter.admit(tx, [{ rateLimit, key: network.id, limit, reason: 'full' }])
      return full === null ? null : rateLimiter.opensAt(rateLimit, network.id, limit, tx)
    })
}
