import { hmac, isSameSecret } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Session } from '../identity/session.ts'
import { textKeys } from '../texts/texts.ts'
import type { DoneKey } from '../ui/done-banner.tsx'
import { clearCookie, declareCookie } from '../web/cookies.ts'
import type { HandlerRequest, HandlerResult } from '../web/handler.ts'

/** What was just changed in which session, for the next page. Nobody else can make or use it, and it says nothing of the person. */
const doneCookie = declareCookie('done')

const seconds = 60

const doneKeys = textKeys.filter((key): key is DoneKey => key.startsWith('done-'))

const digestOf = (keys: Keys, { origin }: Session, done: DoneKey) =>
  hmac(keys.of('subject'), 'done', origin, done)

/** To a page that says first that the change was made. */
export const redirectDone = (to: string, done: DoneKey): HandlerResult => ({ kind: 'redirect', to, done })

/** The same for a page that answers the form itself. */
export const withDone = (result: HandlerResult, done: DoneKey): HandlerResult =>
  result.kind === 'page' ? { ...result, done } : result

function doneIn(keys: Keys, request: HandlerRequest, session: Session): DoneKey | null {
  const value = request.cookie(doneCookie)
  if (value === null) return null
  return doneKeys.find(done => isSameSecret(digestOf(keys, session, done), value)) ?? null
}

/**
 * Hands what was changed from a redirect to the next page of the same session that is opened and shown. That page deletes the
 * cookie, so that it is told once. The answer to a form, or a page that refuses something, would seem to confirm what was sent.
 */
export function withDoneFromBefore(
  keys: Keys,
  request: HandlerRequest,
  session: Session,
  result: HandlerResult,
): HandlerResult {
  if (result.kind === 'redirect' && result.done) {
    const value = digestOf(keys, session, result.done)
    return { ...result, cookies: [...(result.cookies ?? []), { cookie: doneCookie, value, maxAge: seconds }] }
  }
  if (result.kind !== 'page' || request.method !== 'GET' || (result.status ?? 200) !== 200) return result
  const done = doneIn(keys, request, session)
  return done ? { ...result, done, cookies: [...(result.cookies ?? []), clearCookie(doneCookie)] } : result
}
