import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Href, RouteName } from '../routes.ts'
import { type Language, type Say, sayIn, type TextKey } from '../texts/texts.ts'
import type { Branding } from './theme.ts'

/** What every page needs to speak, link and dress; nothing of the request but its language. */
export type Ui = {
  readonly language: Language
  readonly say: Say
  readonly href: Href
  readonly branding: Branding
  /** `data:` address of the institution's logo, when it gave one. */
  readonly logo: string | null
  readonly route: RouteName | null
  /** The same page in the other language, or the home page where the address holds a secret. */
  readonly otherLanguage: string
  readonly styles: string
  readonly script: string
  readonly time: (at: number) => string
  readonly dateTime: (at: number) => string
  readonly charterVersion: string
  readonly demonstration: boolean
}

const types: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.webp': 'image/webp' }
const largestLogo = 8192

const logoOf = (file: string | undefined) => {
  if (!file) return null
  const bytes = readFileSync(file)
  const type = types[extname(file).toLowerCase()]
  if (!type || bytes.length > largestLogo) throw new Error(`branding.logoFile: ${file} must be an SVG, PNG, JPEG or WebP of at most 8 KB`)
  return `data:${type};base64,${bytes.toString('base64')}`
}

const clockOf = (language: Language) => {
  const zone = 'Europe/Paris'
  const time = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { timeStyle: 'short', timeZone: zone })
  const seconds = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { timeStyle: 'medium', timeZone: zone })
  const date = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'long', timeZone: zone })
  const joined = (at: number) => `${date.format(at)} ${language === 'fr' ? 'à' : 'at'} ${time.format(at)}`
  return { time: (at: number) => seconds.format(at), dateTime: joined }
}

/** The dress of all pages, made once: its style sheet and script are constants, so a policy of hashes covers them. */
export const makeUi = (parts: { branding: Branding; dist: string }) => {
  const { branding, dist } = parts
  const theme = `:root{--house:${branding.house};--lamp:${branding.lamp}}`
  const styles = `${readFileSync(join(dist, 'sesame.css'), 'utf8')}${theme}`
  const script = readFileSync(join(dist, 'browser.js'), 'utf8')
  const logo = logoOf(branding.logoFile)
  const tongues = { fr: { say: sayIn('fr'), ...clockOf('fr') }, en: { say: sayIn('en'), ...clockOf('en') } }

  return {
    inline: { styles: [styles], scripts: [script] },
    ui: (asked: {
      language: Language
      hrefs: Readonly<Record<Language, Href>>
      route: RouteName | null
      params: Readonly<Record<string, string>>
      charterVersion: string
      demonstration: boolean
    }): Ui => {
      const { language, hrefs, route, params } = asked
      const other = hrefs[language === 'fr' ? 'en' : 'fr']
      const sayable = route && route !== 'notMe'
      return {
        language,
        ...tongues[language],
        href: hrefs[language],
        branding,
        logo,
        route,
        otherLanguage: sayable ? other(route, params) : other('home'),
        styles,
        script,
        charterVersion: asked.charterVersion,
        demonstration: asked.demonstration,
      }
    },
  }
}

/** Keys of the catalogue made of parts: the compiler checks each combination. */
export const keyed = <P extends string>(key: P & TextKey): TextKey => key
