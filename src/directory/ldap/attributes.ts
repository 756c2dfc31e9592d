/** An entry as `ldapts` returns it. Its values come from many sources: those that do not parse are ignored. */
export type Entry = { readonly dn: string; readonly [attribute: string]: unknown }

const isFrench = (name: string) => /;lang-fr\b/.test(name)

/** The values of the attribute itself; where it has none, those with a language (RFC 3866), the French ones first. */
export const valuesOf = (entry: Entry, attribute: string): string[] => {
  const wanted = attribute.toLowerCase()
  const valuesUnder = (matches: (name: string) => boolean) =>
    Object.entries(entry)
      .filter(([name]) => matches(name.toLowerCase()))
      .flatMap(([, values]) => values)
      .filter((value): value is string => typeof value === 'string' && value !== '')
  const own = valuesUnder(name => name === wanted)
  if (own.length > 0) return own
  const isTagged = (name: string) => name.startsWith(`${wanted};lang-`)
  return [
    ...valuesUnder(name => isTagged(name) && isFrench(name)),
    ...valuesUnder(name => isTagged(name) && !isFrench(name)),
  ]
}
