import type { HandlerRequest } from '../web/handler.ts'
import type { KnownBrowsers } from './known-browsers.ts'
import type { Sessions } from './sessions/sessions.ts'

/**
 * The people to whom the requesting browser belongs: signed in there, or known there. Limits that strangers can fill
 * reserve a share for them.
 */
export const createBrowserOwners =
  ({ sessions, knownBrowsers }: { sessions: Pick<Sessions, 'find'>; knownBrowsers: KnownBrowsers }) =>
  async (request: Pick<HandlerRequest, 'cookie'>): Promise<ReadonlySet<string>> => {
    const session = await sessions.find(request.cookie('session'))
    const known = await knownBrowsers.owner(request.cookie('known'))
    return new Set([session?.person, known].filter(person => typeof person === 'string'))
  }
