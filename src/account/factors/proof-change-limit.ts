import { hours } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { Store } from '../../store/store.ts'
import { type HandlerRequest, type HandlerResult, tooMany } from '../../web/handler.ts'

type Deps = { readonly store: Store; readonly limits: Limits; readonly rateLimiter: RateLimiter }

const rateLimit: RateLimit = { name: 'proof-changes', window: hours(24) }

/**
 * Counts one more joker, sheet, app or passkey that a signed-in person begins, before its hashes and its notices; a refusal when there
 * were too many. It is counted by person, in their own sessions alone, so that nobody else can use it up. A removal is never refused:
 * the owner must be able to remove what a stranger has added.
 */
export const createProofChangeLimit =
  ({ store, limits, rateLimiter }: Deps) =>
  async (request: HandlerRequest, person: PersonId): Promise<HandlerResult | null> => {
    const limit = limits.proofChangesPerPerson
    const check = { rateLimit, key: person, limit, reason: 'full' } as const
    if ((await store.transaction(tx => rateLimiter.admit(tx, [check]))) === null) return null
    return tooMany(request, await rateLimiter.opensAt(rateLimit, person, limit))
  }

export type ProofChangeLimit = ReturnType<typeof createProofChangeLimit>
