import { digestOf } from '../../../crypto/crypto.ts'
import type { PendingSignIns } from '../../../identity/pending-sign-ins.ts'
import type { Sessions } from '../../../identity/sessions.ts'
import { type IdentityServer, logoutMaxAge } from '../../../identity-server/identity-server.ts'
import { identityServerUnavailable } from '../../../identity-server/problem.ts'
import type { RateLimit, RateLimiter } from '../../../limits/rate-limiter.ts'
import type { Store } from '../../../store/store.ts'
import { type Handler, problem } from '../../../web/handler.ts'
import { badRequest } from '../../../web/problems.ts'

type Deps = {
  readonly store: Store
  readonly rateLimiter: RateLimiter
  readonly sessions: Sessions
  readonly pendingSignIns: PendingSignIns
  readonly server: IdentityServer
}

/** Replay protection: a message expires long before its id does. */
const replayWindow: RateLimit = { name: 'logout-token', window: 4 * logoutMaxAge * 1000 }

const digestOrNull = (text: string | null) => (text === null ? null : digestOf(text))

/**
 * The institution's server ends a sign-in (CAS single log-out, OpenID Connect back-channel log-out). The request is exempt
 * from the origin check because its message carries a proof of its own. The response is the same whether a session was
 * open or not.
 */
export const backChannelLogout =
  ({ store, rateLimiter, sessions, pendingSignIns, server }: Deps): Handler =>
  async request => {
    const read = await server.readLogout(request.body)
    if (!read.ok) return problem(read.reason === 'logout-refused' ? badRequest : identityServerUnavailable)
    const { session, subject, messageId } = read.logout
    const identifiers = { external: digestOrNull(session), subject: digestOrNull(subject) }
    const applied = await store.transaction(async tx => {
      if (messageId !== null && (await rateLimiter.hit(tx, replayWindow, digestOf(messageId))) > 1)
        return false
      await pendingSignIns.endExternal(tx, identifiers)
      await sessions.endExternal(tx, server.kind, identifiers)
      return true
    })
    return applied ? { kind: 'acknowledged' } : problem(badRequest)
  }
