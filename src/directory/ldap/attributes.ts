/** An entry as `ldapts` returns it. Its values come from many sources: those that do not parse are ignored. */
export type Entry = { readonly dn: string; readonly [attribute: string]: unknown }

const isFrench = (name: string) => /;lang-fr\b/.test(name)

type Index = {
  readonly values: ReadonlyMap<string, readonly string[]>
  /** Names with a language (RFC 3866), the French ones first. */
  readonly tagged: readonly string[]
}

const createIndex = (entry: Entry): Index => {
  const values = new Map<string, string[]>()
  for (const [name, held] of Object.entries(entry)) {
    const texts = [held].flat().filter((value): value is string => typeof value === 'string' && value !== '')
    const lowerCase = name.toLowerCase()
    if (texts.length > 0) values.set(lowerCase, [...(values.get(lowerCase) ?? []), ...texts])
  }
  const tagged = [...values.keys()].filter(name => name.includes(';lang-'))
  return {
    values,
    tagged: [...tagged.filter(isFrench), ...tagged.filter(name => !isFrench(name))],
  }
}

/** Some twenty attributes of each entry are read, and an entry never changes: it is looked through once. */
const indexes = new WeakMap<Entry, Index>()

const indexOf = (entry: Entry) => {
  const known = indexes.get(entry) ?? createIndex(entry)
  indexes.set(entry, known)
  return known
}

/** The values of the attribute itself; where it has none, those with a language, the French ones first. */
export const valuesOf = (entry: Entry, attribute: string): readonly string[] => {
  const { values, tagged } = indexOf(entry)
  const wanted = attribute.toLowerCase()
  return (
    values.get(wanted) ??
    tagged.filter(name => name.startsWith(`${wanted};lang-`)).flatMap(name => values.get(name) ?? [])
  )
}
