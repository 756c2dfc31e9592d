import type { Language } from '../texts/texts.ts'

/** Instants in words, at the clock of the institution's wall. */
export type ClockWords = {
  /** 23:47 */
  readonly hour: (at: number) => string
  /** 23:47:05, for what was proved. */
  readonly time: (at: number) => string
  /** 23 novembre 2026 à 23:47 */
  readonly dateTime: (at: number) => string
}

const locales = { fr: 'fr-FR', en: 'en-GB' } as const

export const clockWords = (language: Language, timeZone: string): ClockWords => {
  const format = (style: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(locales[language], { ...style, timeZone })
    return (at: number) => made.format(at)
  }
  const hour = format({ timeStyle: 'short' })
  const date = format({ dateStyle: 'long' })
  return {
    hour,
    time: format({ timeStyle: 'medium' }),
    dateTime: at => `${date(at)} ${language === 'fr' ? 'à' : 'at'} ${hour(at)}`,
  }
}
