import type { AccessMethod } from '../../identity/access-methods.ts'
import type { RouteName } from '../../routes.ts'
import type { TextKey } from '../../texts/texts.ts'

/** The page by which a person changes contacts, factors or the joker. */
export type ChangePage = {
  readonly route: RouteName
  readonly heading: TextKey
  /** What of the person is changed there. */
  readonly of: readonly AccessMethod['what'][]
  /** The field of its form that says « retirer ». The joker is replaced, never removed. */
  readonly verb: 'faire' | 'action' | null
}
