import { type IdentityServer, oldestEnding } from '../../../identity-server/identity-server.ts'
import { digestOf } from '../../../keys.ts'
import type { Store } from '../../../store/store.ts'
import { type Handler, problem } from '../../../web/handler.ts'
import type { RateLimit, RateLimiter } from '../../../web/rate-limiter.ts'
import type { Sessions } from '../../sessions/sessions.ts'
import type { PendingSignIns } from '../pending-sign-ins.ts'

type Deps = {
  readonly store: Store
  readonly rateLimiter: RateLimiter
  readonly sessions: Sessions
  readonly pendingSignIns: PendingSignIns
  readonly server: IdentityServer
}

/** Long enough that a message is too old to be believed before its name is forgotten. */
const remembered: RateLimit = { name: 'logout-token', window: 4 * oldestEnding * 1000 }

const named = (text: string | null) => (text === null ? null : digestOf(text))

/**
 * The institution's server ends a sign-in (CAS single log-out, OpenID Connect back-channel log-out). It is exempt from the
 * rule of origins, and has a proof of its own; the answer is the same whether a session was open or not.
 */
export const endedThere =
  ({ store, rateLimiter, sessions, pendingSignIns, server }: Deps): Handler =>
  async request => {
    const read = await server.readEnding(request.body)
    if (!read.ok) return problem(read.reason === 'ending-refused' ? 'bad-request' : read.reason)
    const { session, subject, once } = read.ending
    const names = { external: named(session), subject: named(subject) }
    const obeyed = await store.transaction(async tx => {
      if (once !== null && (await rateLimiter.hit(tx, remembered, digestOf(once))) > 1) return false
      await pendingSignIns.endExternal(tx, names)
      await sessions.endExternal(tx, server.kind, names)
      return true
    })
    return obeyed ? { kind: 'acknowledged' } : problem('bad-request')
  }
