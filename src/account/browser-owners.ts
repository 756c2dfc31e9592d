import type { HandlerRequest } from '../web/handler.ts'
import type { KnownBrowsers } from './known-browsers.ts'
import type { Sessions } from './sessions/sessions.ts'

/**
 * Whose browser asks: those who are signed in there, or succeeded there before. Limits that strangers can fill leave
 * these a share of their own.
 */
export const createBrowserOwners =
  ({ sessions, knownBrowsers }: { sessions: Pick<Sessions, 'find'>; knownBrowsers: KnownBrowsers }) =>
  async (request: Pick<HandlerRequest, 'cookie'>): Promise<ReadonlySet<string>> => {
    const session = await sessions.find(request.cookie('session'))
    const known = await knownBrowsers.owner(request.cookie('known'))
    return new Set([session?.person, known].filter(person => typeof person === 'string'))
  }
