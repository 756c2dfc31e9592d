import { days, hours, minutes, seconds } from '../clock.ts'
import { locales } from '../texts/locales.ts'
import type { Language, Say } from '../texts/texts.ts'

/** Formats instants (milliseconds since 1970) in the institution's time zone. */
export type DateFormats = {
  /** 23:47 */
  readonly hour: (at: number) => string
  /** 23:47:05, for receipts. */
  readonly time: (at: number) => string
  /** 23 novembre 2026 */
  readonly date: (at: number) => string
  /** 23 novembre 2026 à 23:47 */
  readonly dateTime: (at: number) => string
  /** 23 novembre 2026 à 23 h 47, in the sentences of mails and of what they lead to. */
  readonly moment: (at: number) => string
  /** Like `dateTime`, rounded up to the next minute: for the end of a wait, so that nobody comes back too early. */
  readonly until: (at: number) => string
  /** « il y a 5 minutes », of so many milliseconds; hours from sixty minutes on. */
  readonly ago: (milliseconds: number) => string
  /** « 24 heures »: a duration in the largest unit that expresses it exactly. */
  readonly duration: (milliseconds: number) => string
}

/** Unit, size and smallest count: a day is « 24 heures », an hour « 60 minutes ». */
const units = [
  ['duration.months', days(365) / 12, 12],
  ['duration.days', days(1), 4],
  ['duration.hours', hours(1), 2],
  ['duration.minutes', minutes(1), 1],
  ['duration.seconds', seconds(1), 0],
] as const

const createDurationFormat = (say: Say) => (milliseconds: number) => {
  const fits = ([, unitSize, from]: (typeof units)[number]) =>
    milliseconds % unitSize === 0 && milliseconds / unitSize >= from
  const [key, size] = units.find(fits) ?? units[4]
  return say(key, { count: Math.round(milliseconds / size) })
}

const createAgoFormat = (language: Language, say: Say) => {
  const format = new Intl.RelativeTimeFormat(locales[language].formats)
  return (milliseconds: number) => {
    const whole = Math.floor(milliseconds / minutes(1))
    if (whole < 1) return say('date.just-now')
    return whole < 60 ? format.format(-whole, 'minute') : format.format(-Math.floor(whole / 60), 'hour')
  }
}

export const createDateFormats = (language: Language, timeZone: string, say: Say): DateFormats => {
  const format = (style: Intl.DateTimeFormatOptions) => {
    const dateTimeFormat = new Intl.DateTimeFormat(locales[language].formats, { ...style, timeZone })
    return (at: number) => dateTimeFormat.format(at)
  }
  const hour = format({ timeStyle: 'short' })
  const plainDate = format({ dateStyle: 'long' })
  const date = (at: number) => locales[language].typesetDate(plainDate(at))
  const dateTime = (at: number) => say('date.time', { date: date(at), time: hour(at) })
  return {
    hour,
    date,
    time: format({ timeStyle: 'medium' }),
    dateTime,
    moment: at => {
      const [h = '', m = ''] = hour(at).split(':')
      return say('date.moment', { date: date(at), hour: h, minute: m })
    },
    until: at => dateTime(Math.ceil(at / minutes(1)) * minutes(1)),
    ago: createAgoFormat(language, say),
    duration: createDurationFormat(say),
  }
}
