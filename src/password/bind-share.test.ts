import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { reproducibleRandom } from '../../test/world/flood.ts'
import { newStore } from '../../test/world/stores.ts'
import { minutes } from '../clock.ts'
import { keysFrom } from '../crypto/keys.ts'
import type { PersonId } from '../directory/directory.ts'
import { defaultLimits } from '../limits/limits.ts'
import { createRateLimiter } from '../limits/rate-limiter.ts'
import { createBindBudget } from './bind-budget.ts'
import type { Requester } from './bind-share.ts'

const maxFailures = 10

/** The strictest directory: it forgets one interval after the last failure, or at a success; interval 0: only then. */
const strictDirectory = (now: () => number, interval: number) => {
  let [failures, last, most] = [0, 0, 0]
  return {
    fail: () => {
      failures = interval > 0 && now() >= last + interval ? 1 : failures + 1
      last = now()
      most = Math.max(most, failures)
    },
    succeed: () => {
      failures = 0
    },
    most: () => most,
  }
}

describe('tries of one name by strangers and the owner, in any order', () => {
  let opened: Awaited<ReturnType<typeof newStore>>
  beforeEach(async () => {
    opened = await newStore()
  })
  afterEach(() => opened?.forget())

  let now = Date.UTC(2026, 8, 1, 8)
  /** Moved by hand only, so that the answers for two names are equal to the millisecond. */
  const clock = { now: () => now, sleep: async () => {} }
  const createBudget = () => {
    const { store } = opened
    return createBindBudget({
      store,
      clock,
      limits: defaultLimits,
      keys: keysFrom(Buffer.alloc(32, 3)),
      rateLimiter: createRateLimiter(store, clock),
      directory: { longest: 5000 },
    })
  }
  const network = { id: 'n', campus: false }

  const seeds = [1, 2, 3, 4, 5, 6, 7, 8].map(seed => [minutes(15), seed] as const)

  it.each([...seeds, [0, 9], [0, 10]] as const)(
    'lock no account of a directory that forgets after %i ms, and show strangers the same as an invented name (seed %i)',
    async (interval, seed) => {
      const lockout = { maxFailures, interval }
      const draw = reproducibleRandom(seed * 7919)
      const budget = createBudget()
      const directory = strictDirectory(clock.now, interval)
      const request = (login: string, requester: Requester) => {
        const person = login === 'camille' ? (login as PersonId) : null
        return budget.begin({ person, login, requester, network, lockout })
      }
      /** Sends a wrong password; gives what the sender sees. */
      const mistype = async (login: string, requester: Requester) => {
        const result = await request(login, requester)
        if (!result.ok) return result
        if (login === 'camille' && result.counted.reachesDirectory) directory.fail()
        await budget.failed(result.counted)
        return 'wrong'
      }
      const attack = async () => {
        const seen = [await mistype('camille', 'stranger'), await mistype('personne', 'stranger')]
        // Where only a success makes the directory forget, strangers see that there was one (decision 017).
        if (interval > 0) expect(seen[0]).toEqual(seen[1])
      }
      const succeed = async () => {
        const result = await request('camille', 'own')
        if (!result.ok) return
        directory.succeed()
        now += 1
        await budget.succeeded(result.counted)
      }
      for (let step = 0; step < 120; step += 1) {
        now += Math.floor(draw() * minutes(draw() < 0.7 ? 2 : 16))
        const kind = draw()
        if (kind < 0.55) await attack()
        else if (kind < 0.95) await mistype('camille', 'own')
        else await succeed()
      }
      expect(directory.most()).toBeGreaterThan(0)
      // Three quarters of its lock-out; the rest is for other programs.
      expect(directory.most()).toBeLessThanOrEqual(7)
    },
  )
})
