import { h, type VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { type CurrentPage, Here } from '../ui/here.ts'

export const renderPage = (page: VNode, here: CurrentPage | null = null) =>
  `<!doctype html>${renderToString(h(Here.Provider, { value: here, children: page }))}`
