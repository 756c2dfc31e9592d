import type { HandlerRequest } from '../web/handler.ts'
import { type KnownBrowsers, knownBrowserCookie } from './known-browsers.ts'
import { sessionCookie } from './session.ts'
import type { Sessions } from './sessions.ts'

/**
 * The people to whom the requesting browser belongs: a person is signed in there, or the browser is known for them. Limits that
 * strangers can use up keep a share for these people.
 */
export const createBrowserOwners =
  ({ sessions, knownBrowsers }: { sessions: Pick<Sessions, 'find'>; knownBrowsers: KnownBrowsers }) =>
  async (request: Pick<HandlerRequest, 'cookie'>): Promise<ReadonlySet<string>> => {
    const session = await sessions.find(request.cookie(sessionCookie))
    const known = await knownBrowsers.owner(request.cookie(knownBrowserCookie))
    return new Set([session?.person, known].filter(person => typeof person === 'string'))
  }
