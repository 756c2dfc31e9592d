import { h, type VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { type CurrentPage, CurrentPageContext } from '../ui/current-page.ts'
import { type OpenTime, SessionTimeContext } from '../ui/open-until.tsx'

/** `session`: until when the session of the page is open. */
export const renderPage = (page: VNode, here: CurrentPage | null = null, session: OpenTime | null = null) => {
  const timed = h(SessionTimeContext.Provider, { value: session, children: page })
  return `<!doctype html>${renderToString(h(CurrentPageContext.Provider, { value: here, children: timed }))}`
}
