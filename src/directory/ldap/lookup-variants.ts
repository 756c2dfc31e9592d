import type { NumberKind } from '../directory.ts'
import type { LdapSettings } from './settings.ts'

type NumberFormat = LdapSettings['numbers'][keyof LdapSettings['numbers']]

const separators = /[\s.-]+/g

/** ASCII alone: capitals of other letters are not always those of one small letter (« ß », « ı »). */
const isAscii = (text: string) => /^[ -~]*$/.test(text)

/** Some attributes match case exactly (supannEmpId), and numbers with letters are stored in capitals. */
const withCapitals = (variants: readonly string[]) => [
  ...new Set([...variants, ...variants.filter(isAscii).map(variant => variant.toUpperCase())]),
]

/**
 * The forms in which a directory may store a folded number. They depend on the folded number and the configuration alone:
 * if they depended on what was typed, two ways to type one number could find different people and reveal who exists. A UID is a
 * login, which has no widths and no prefixes.
 */
export const lookupVariants = (
  kind: NumberKind,
  folded: string,
  { widths, prefixes }: Pick<NumberFormat, 'widths' | 'prefixes'>,
) => {
  if (kind === 'uid') return withCapitals([folded])
  const padded = widths.filter(width => width > folded.length).map(width => folded.padStart(width, '0'))
  const prefixed = prefixes.flatMap(prefix => {
    const foldedPrefix = prefix.toLowerCase().replace(separators, '')
    return folded.startsWith(foldedPrefix) && folded.length > foldedPrefix.length
      ? [prefix + folded.slice(foldedPrefix.length)]
      : []
  })
  return withCapitals([folded, ...padded, ...prefixed])
}
