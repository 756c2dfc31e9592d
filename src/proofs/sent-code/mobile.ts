// Its data of mobile numbers alone: a landline is not valid there.
import parsePhoneNumber from 'libphonenumber-js/mobile'
import { frenchCallingCodes } from '../../notify/sms.ts'
import { ok, type Result, refused } from '../../result.ts'
import { unified } from '../../texts/unified.ts'
import type { Destination, DestinationReason } from './destination.ts'

/** E.164, once separators and the French 0 are gone. */
const mobileShape = /^\+[1-9]\d{7,14}$/

/**
 * Beginnings of overseas mobiles after the national 0, with the country code that replaces it: +33 does not reach them (ARCEP's
 * numbering plan: 06 39 and 07 09 35 to 39 Mayotte, 06 92, 06 93 and 07 09 2 La Réunion, and so on).
 */
const overseas: readonly (readonly [RegExp, string])[] = [
  [/^(69[23]|639|7092|7093[5-9])/, '+262'],
  [/^(69[01]|7090)/, '+590'],
  [/^(694|7093[0-4])/, '+594'],
  [/^(69[67]|7091)/, '+596'],
  [/^708[45]/, '+508'],
]

/**
 * The mobile numbers of each French country code, by its blocks. Blocks that are opened later come with the data of
 * libphonenumber. The other numbers are landlines, which receive no message, or premium numbers.
 */
const mobiles: Readonly<Record<(typeof frenchCallingCodes)[number], RegExp>> = {
  '+33': /^[67]\d{8}$/,
  '+262': /^((69[23]|639)\d{6}|(7092|7093[5-9])\d{5})$/,
  '+508': /^([45]\d{5}|708\d{6})$/,
  '+590': /^(69\d{7}|7090\d{5})$/,
  '+594': /^(694\d{6}|7093[0-4]\d{5})$/,
  '+596': /^(69[67]\d{6}|7091\d{5})$/,
  '+681': /^(72|8[23])\d{4}$/,
  '+687': /^(5[0-4]|[789]\d)\d{4}$/,
  '+689': /^8[7-9]\d{6}$/,
}

const isMobile = (number: string, code: (typeof frenchCallingCodes)[number]) =>
  mobiles[code].test(number.slice(code.length)) || parsePhoneNumber(number)?.isValid() === true

/** International form of `0692…` and `+33692…`. */
const toInternational = (digits: string) => {
  const national = /^(?:0|\+330?)([67]\d{8})$/.exec(digits)?.[1]
  if (!national) return digits.replace(/^\+(33|262|508|590|594|596)0/, '+$1')
  const [, code = '+33'] = overseas.find(([prefix]) => prefix.test(national)) ?? []
  return `${code}${national}`
}

/**
 * 06 12 34 56 78, +33 6 12 34 56 78, 0033612345678, 0692 12 34 56. `countries`: the prefixes to which messages are sent, so that
 * nobody makes us send to satellites or to premium numbers whose holder earns a share.
 */
export const parseMobile = (
  typed: string,
  countries: readonly string[] = frenchCallingCodes,
): Result<{ to: Destination }, DestinationReason> => {
  const text = unified(typed).replace(/[\s.\-()/]+/g, '')
  if (text === '') return refused('mobile-missing')
  const number = toInternational(text.replace(/^00/, '+'))
  if (!mobileShape.test(number)) return refused('mobile-form')
  if (!countries.some(code => number.startsWith(code))) return refused('mobile-country')
  const french = frenchCallingCodes.find(code => number.startsWith(code))
  if (french && !isMobile(number, french)) return refused('mobile-form')
  return ok({ to: number as Destination })
}
