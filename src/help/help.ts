import type { Limits } from '../limits/limits.ts'
import type { Policy } from '../password/policy.ts'
import { type GuidePopulation, type HelpTopic, helpSlugs, type RouteName } from '../routes.ts'
import type { ServiceSettings } from '../services/settings.ts'
import type { OwnHelp, OwnSection } from '../texts/own-sections.ts'
import type { Language, OwnTexts, TextKey } from '../texts/texts.ts'
import type { PictureName } from './pictures.ts'

/** The configuration from which the help is written, so that it states only the figures, names and sign-in methods in force. */
export type HelpContext = {
  readonly limits: Limits
  readonly policy: Policy
  readonly services: readonly ServiceSettings[]
  /** People may give a mobile. */
  readonly mobiles: boolean
  readonly publicUrl: string
  /** Sections that the institution adds. */
  readonly own: OwnHelp
  /** The institution's own sentences: a picture does not show them. */
  readonly reworded: OwnTexts
  /** People sign in on Sésame's own page, and not at a server of the institution. */
  readonly embeddedSignIn: boolean
  /** True where this portal has the same settings as the demonstration that the pictures show; otherwise no picture is used. */
  readonly picturesMatch: { readonly policy: boolean; readonly services: boolean; readonly signIn: boolean }
}

/**
 * One sentence. `names` are the text keys of buttons and fields, so that the help always uses the names in the pages.
 * `duration` are durations in milliseconds, formatted in the language.
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
  | { readonly kind: 'link'; readonly key: TextKey; readonly to: RouteTarget }

export type RouteTarget = { readonly route: RouteName; readonly params?: Readonly<Record<string, string>> }

/** `id` is the anchor to which other pages link. */
export type Section = { readonly id: string; readonly heading: TextKey; readonly parts: readonly Part[] }

export type HelpPage = {
  readonly of: { readonly topic: HelpTopic } | { readonly guide: GuidePopulation }
  readonly at: RouteTarget
  readonly title: TextKey
  readonly lead: TextKey
  readonly sections: readonly Section[]
  /** The button of the page, which starts what the page explains. */
  readonly start?: { readonly key: TextKey; readonly to: RouteTarget }
}

/** The sections that the institution adds to this page; a guide in pictures has none. */
export const ownSections = (
  { own }: HelpContext,
  { of }: HelpPage,
  language: Language,
): readonly (OwnSection & { readonly id: string })[] =>
  'topic' in of
    ? (own[language].get(helpSlugs[of.topic]) ?? []).map((section, nth) => ({
        ...section,
        id: `etablissement-${nth + 1}`,
      }))
    : []

export const text = (key: TextKey, more: Omit<Sentence, 'key'> = {}): Part => ({ kind: 'text', key, ...more })
export const list = (...items: readonly (TextKey | Sentence | false)[]): Part => ({
  kind: 'list',
  items: items.filter(item => item !== false).map(item => (typeof item === 'string' ? { key: item } : item)),
})
export const steps = (...taken: readonly (Step | false)[]): Part => ({
  kind: 'steps',
  steps: taken.filter(step => step !== false),
})
export const link = (key: TextKey, route: RouteName, params?: RouteTarget['params']): Part => ({
  kind: 'link',
  key,
  to: { route, ...(params && { params }) },
})
