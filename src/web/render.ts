import { h, type VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { type CurrentPage, CurrentPageContext } from '../ui/current-page.ts'

export const renderPage = (page: VNode, here: CurrentPage | null = null) =>
  `<!doctype html>${renderToString(h(CurrentPageContext.Provider, { value: here, children: page }))}`
