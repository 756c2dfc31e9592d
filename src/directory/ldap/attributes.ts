/** An entry as `ldapts` returns it. Its values come from many sources: those that do not parse are ignored. */
export type Entry = { readonly dn: string; readonly [attribute: string]: unknown }

export const valuesOf = (entry: Entry, attribute: string): string[] => {
  const key = Object.keys(entry).find(name => name.toLowerCase() === attribute.toLowerCase())
  const values = key === undefined ? [] : entry[key]
  return (Array.isArray(values) ? values : [values]).filter(
    (value): value is string => typeof value === 'string' && value !== '',
  )
}
