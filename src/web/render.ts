import { h, type VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { type CurrentPage, CurrentPageContext } from '../ui/current-page.ts'
import { DoneContext, type DoneKey } from '../ui/done-banner.tsx'
import { type OpenTime, SessionTimeContext } from '../ui/open-until.tsx'

/** `session`: until when the session of the page is open; `done`: the change after which it is shown. */
export const renderPage = (
  page: VNode,
  here: CurrentPage | null = null,
  { session = null, done = null }: { session?: OpenTime | null; done?: DoneKey | null } = {},
) => {
  const changed = h(DoneContext.Provider, { value: done, children: page })
  const timed = h(SessionTimeContext.Provider, { value: session, children: changed })
  return `<!doctype html>${renderToString(h(CurrentPageContext.Provider, { value: here, children: timed }))}`
}
