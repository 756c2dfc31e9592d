import type { Limits } from '../limits.ts'
import type { Policy } from '../password/policy.ts'
import type { GuidePopulation, HelpTopic, RouteName } from '../routes.ts'
import type { ServiceSettings } from '../services/settings.ts'
import type { TextKey } from '../texts/texts.ts'
import type { PictureName } from './pictures.ts'

/** What the help follows: it never tells a figure, a name or a way in that this portal does not have. */
export type Known = {
  readonly limits: Limits
  readonly policy: Policy
  readonly services: readonly ServiceSettings[]
  /** People may give a mobile. */
  readonly mobiles: boolean
  readonly publicUrl: string
  /** People sign in on Sésame's own page, and not at a server of the institution. */
  readonly ownSignIn: boolean
  /** The pictures show the demonstration as it comes; a portal with other rules shows its own rules only in words. */
  readonly picturesTell: { readonly policy: boolean; readonly services: boolean; readonly signIn: boolean }
}

/**
 * One sentence. `names` are what a page itself calls a button or a field, drawn from the key of that page: the help
 * cannot keep an old name. `lasting` are durations, in milliseconds, told in the words of the language.
 */
export type Sentence = {
  readonly key: TextKey
  readonly names?: Readonly<Record<string, TextKey>>
  readonly values?: Readonly<Record<string, string | number>>
  readonly duration?: Readonly<Record<string, number>>
}
export type Step = Sentence & { readonly picture?: PictureName | undefined; readonly also?: Sentence }

export type Part =
  | ({ readonly kind: 'text' } & Sentence)
  | { readonly kind: 'list'; readonly items: readonly Sentence[] }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'picture'; readonly picture: PictureName }
  | { readonly kind: 'rules' }
  | { readonly kind: 'services' }
  | { readonly kind: 'link'; readonly key: TextKey; readonly to: Address }

export type Address = { readonly route: RouteName; readonly params?: Readonly<Record<string, string>> }

/** `id` is the anchor: pages of the journeys lead to it. */
export type Section = { readonly id: string; readonly heading: TextKey; readonly deps: readonly Part[] }

export type HelpPage = {
  readonly of: { readonly topic: HelpTopic } | { readonly guide: GuidePopulation }
  readonly at: Address
  readonly title: TextKey
  readonly lead: TextKey
  readonly sections: readonly Section[]
  /** The one button: what the page helps to do. */
  readonly start?: { readonly key: TextKey; readonly to: Address }
}

export const text = (key: TextKey, more: Omit<Sentence, 'key'> = {}): Part => ({ kind: 'text', key, ...more })
export const list = (...items: readonly (TextKey | Sentence | false)[]): Part => ({
  kind: 'list',
  items: items.filter(item => item !== false).map(item => (typeof item === 'string' ? { key: item } : item)),
})
export const steps = (...taken: readonly (Step | false)[]): Part => ({
  kind: 'steps',
  steps: taken.filter(step => step !== false),
})
export const link = (key: TextKey, route: RouteName, params?: Address['params']): Part => ({
  kind: 'link',
  key,
  to: { route, ...(params && { params }) },
})
