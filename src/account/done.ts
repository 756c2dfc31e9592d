import { isTextKey } from '../texts/texts.ts'
import type { DoneKey } from '../ui/done-banner.tsx'
import { declareCookie, type SetCookie } from '../web/cookies.ts'
import { type HandlerRequest, type HandlerResult, redirect } from '../web/handler.ts'

/** What was just changed, for the next page: one of a few sentences, which says nothing of the person. */
export const doneCookie = declareCookie('done')

const seconds = 60

/** To a page that says first that the change was made. */
export const redirectDone = (to: string, done: DoneKey, cookies: readonly SetCookie[] = []): HandlerResult =>
  redirect(to, [...cookies, { cookie: doneCookie, value: done, maxAge: seconds }])

/** The same for a page that answers the form itself. */
export const withDone = (result: HandlerResult, done: DoneKey): HandlerResult =>
  result.kind === 'page' ? { ...result, done } : result

/** The change to tell; the page that tells it deletes the cookie, so that it is told once. */
export const doneIn = (request: HandlerRequest): DoneKey | null => {
  const value = request.cookie(doneCookie)
  return value?.startsWith('done-') && isTextKey(value) ? (value as DoneKey) : null
}
