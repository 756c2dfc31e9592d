import { h, type VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { Here, type Place } from '../ui/here.ts'

export const renderPage = (page: VNode, here: Place | null = null) =>
  `<!doctype html>${renderToString(h(Here.Provider, { value: here, children: page }))}`
