import type { NumberKind } from '../directory.ts'
import { foldNumber } from '../number.ts'
import type { LdapSettings } from './settings.ts'

type NumberFormat = LdapSettings['numbers'][keyof LdapSettings['numbers']]

const separators = /[\s.-]+/g

/** ASCII alone: capitals of other letters are not always those of one small letter (« ß », « ı »). */
const isAscii = (text: string) => /^[ -~]*$/.test(text)

/** Some attributes match case exactly (supannEmpId), and numbers with letters are stored in capitals. */
const withCapitals = (variants: readonly string[]) => [
  ...new Set([...variants, ...variants.filter(isAscii).map(variant => variant.toUpperCase())]),
]

/** A beginning in braces, as SupAnn labels a value: part of how the directory writes the number, which nobody types. */
const isLabel = (prefix: string) => /^\{[^{}]*\}$/.test(prefix)

/** The number of a stored value, folded: without the label that the configuration names. */
export const foldStored = (kind: NumberKind, value: string, { prefixes }: Pick<NumberFormat, 'prefixes'>) => {
  const label =
    kind === 'uid'
      ? undefined
      : prefixes.find(prefix => isLabel(prefix) && value.toLowerCase().startsWith(prefix.toLowerCase()))
  return foldNumber(kind, label === undefined ? value : value.slice(label.length))
}

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
  const labelled = prefixes
    .filter(isLabel)
    .flatMap(label => withCapitals([folded, ...padded]).map(variant => label + variant))
  return [...withCapitals([folded, ...padded, ...prefixed]), ...labelled]
}
