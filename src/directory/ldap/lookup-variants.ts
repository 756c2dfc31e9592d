import type { LdapSettings } from './settings.ts'

type NumberFormat = LdapSettings['numbers'][keyof LdapSettings['numbers']]

const separators = /[\s.-]+/g

/**
 * How a directory may write a folded number. It depends on the folded number and the configuration alone: were it to
 * follow what was typed, two spellings of one number would find different people and tell who exists.
 */
export const lookupVariants = (
  folded: string,
  { widths, prefixes }: Pick<NumberFormat, 'widths' | 'prefixes'>,
) => {
  const padded = widths.filter(width => width > folded.length).map(width => folded.padStart(width, '0'))
  const prefixed = prefixes.flatMap(prefix => {
    const foldedPrefix = prefix.toLowerCase().replace(separators, '')
    return folded.startsWith(foldedPrefix) && folded.length > foldedPrefix.length
      ? [prefix + folded.slice(foldedPrefix.length)]
      : []
  })
  const all = [folded, ...padded, ...prefixed]
  // Some attributes match by exact case (supannEmpId), and numbers with letters are written in capitals.
  return [...new Set([...all, ...all.map(spelling => spelling.toUpperCase())])]
}
