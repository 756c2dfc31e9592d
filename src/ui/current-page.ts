import { createContext } from 'preact'
import type { RouteName } from '../routes.ts'

/** The route of a page: decides its menu entry, its help link and its URL in the other language. */
export type CurrentPage = {
  readonly route: RouteName
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
}

/** The route of the request being answered, so that pages need not pass it down. */
export const CurrentPageContext = createContext<CurrentPage | null>(null)
