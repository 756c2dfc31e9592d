import { days, hours, minutes, seconds } from '../clock.ts'
import { type Language, sayIn } from '../texts/texts.ts'

/** Instants in words, at the clock of the institution's wall. */
export type ClockWords = {
  /** 23:47 */
  readonly hour: (at: number) => string
  /** 23:47:05, for what was proved. */
  readonly time: (at: number) => string
  /** 23 novembre 2026 */
  readonly date: (at: number) => string
  /** 23 novembre 2026 à 23:47 */
  readonly dateTime: (at: number) => string
  /** The same of an instant that is waited for: the minute that follows it, so that whoever comes then is not too early. */
  readonly until: (at: number) => string
  /** « 24 heures »: how long something lasts, in the largest unit that says it exactly. */
  readonly lasting: (milliseconds: number) => string
}

const locales = { fr: 'fr-FR', en: 'en-GB' } as const

/** From how many on a unit is used: a night is « 24 heures », a journey « 60 minutes ». */
const units = [
  ['duration.months', days(365) / 12, 12],
  ['duration.days', days(1), 4],
  ['duration.hours', hours(1), 2],
  ['duration.minutes', minutes(1), 1],
  ['duration.seconds', seconds(1), 0],
] as const

const lastingIn = (language: Language) => {
  const say = sayIn(language)
  return (milliseconds: number) => {
    const fits = ([, size, from]: (typeof units)[number]) =>
      milliseconds % size === 0 && milliseconds / size >= from
    const [key, size] = units.find(fits) ?? units[4]
    return say(key, { count: Math.round(milliseconds / size) })
  }
}

export const clockWords = (language: Language, timeZone: string): ClockWords => {
  const format = (style: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(locales[language], { ...style, timeZone })
    return (at: number) => made.format(at)
  }
  const hour = format({ timeStyle: 'short' })
  const date = format({ dateStyle: 'long' })
  const dateTime = (at: number) => `${date(at)} ${language === 'fr' ? 'à' : 'at'} ${hour(at)}`
  return {
    hour,
    date,
    time: format({ timeStyle: 'medium' }),
    dateTime,
    until: at => dateTime(Math.ceil(at / minutes(1)) * minutes(1)),
    lasting: lastingIn(language),
  }
}
