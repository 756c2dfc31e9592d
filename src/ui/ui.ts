import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Href, RouteName } from '../routes.ts'
import type { Locale } from '../texts/locale.ts'
import { locales } from '../texts/locales.ts'
import { inEachLanguage, type Language, type Say, type SayIn } from '../texts/texts.ts'
import { inLanguage } from '../texts/translated.ts'
import { createDateFormats, type DateFormats } from './date-formats.ts'
import {
  headingFontStyles,
  type InstallationUrls,
  installationUrls,
  readHeadingFont,
  readPageLogo,
} from './installation.ts'
import { type ScriptName, scriptFiles } from './script-files.ts'
import type { Branding } from './theme.ts'

/** What every page needs: texts, links, branding and assets. Of the request it depends on the language only. */
export type Ui = DateFormats & {
  readonly language: Language
  readonly say: Say
  readonly href: Href
  readonly locale: Locale
  /** URLs in every language. */
  readonly hrefs: Readonly<Record<Language, Href>>
  readonly branding: Branding
  readonly installation: InstallationUrls
  readonly route: RouteName | null
  readonly params: Readonly<Record<string, string>>
  readonly styles: string
  /** Where the font of the headings is: not on a page that loads nothing. */
  readonly fontStyles: string
  readonly scripts: Readonly<Record<ScriptName, string>>
  readonly charterVersion: string
  readonly demonstration: boolean
}

const readScripts = (dist: string) =>
  Object.fromEntries(
    Object.entries(scriptFiles).map(([name, file]) => [name, readFileSync(join(dist, file), 'utf8')]),
  ) as Record<ScriptName, string>

const typesetBranding = (branding: Branding): Branding => {
  const { helpdesk } = branding
  const hours = inEachLanguage(language =>
    locales[language].typeset(inLanguage(helpdesk.hours, language) ?? ''),
  )
  return { ...branding, helpdesk: { ...helpdesk, hours } }
}

/**
 * Created once: style sheet and scripts are constant, so that the content security policy can list their hashes. `base`: the
 * path under which the portal is published, without a slash at its end.
 */
export const createUi = (deps: { branding: Branding; dist: string; base?: string; sayIn: SayIn }) => {
  const branding = typesetBranding(deps.branding)
  const { primary, accent, timeZone } = branding
  const styles = `${readFileSync(join(deps.dist, 'sesame.css'), 'utf8')}:root{--primary:${primary};--accent:${accent}}`
  const scripts = readScripts(deps.dist)
  const installation = installationUrls(
    deps.base ?? '',
    readHeadingFont(deps.dist).name,
    readPageLogo(branding),
  )
  const fontStyles = headingFontStyles(installation)
  const assets = {
    branding,
    styles,
    scripts,
    installation,
    fontStyles,
  }
  const uiLocales = inEachLanguage(language => ({
    language,
    locale: locales[language],
    say: deps.sayIn(language),
    ...createDateFormats(language, timeZone, deps.sayIn(language)),
  }))

  return {
    inline: { styles: [styles, fontStyles], scripts: Object.values(scripts) },
    ui: (options: {
      language: Language
      hrefs: Readonly<Record<Language, Href>>
      route: RouteName | null
      params: Readonly<Record<string, string>>
      charterVersion: string
      demonstration: boolean
    }): Ui => {
      const { language, hrefs, ...rest } = options
      return {
        ...assets,
        ...uiLocales[language],
        ...rest,
        href: hrefs[language],
        hrefs,
      }
    },
  }
}
