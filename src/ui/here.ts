import { createContext } from 'preact'
import type { RouteName } from '../routes.ts'

/** Where a page stands: its entry of the menu, its help, and its address in the other language. */
export type CurrentPage = {
  readonly route: RouteName
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
}

/** The route that is being answered. Pages read it: none has to be told where it stands. */
export const Here = createContext<CurrentPage | null>(null)
