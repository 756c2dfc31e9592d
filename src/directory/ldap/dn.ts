/**
 * Distinguished names (RFC 4514), compared as a directory compares them. Servers write one name in several ways: `\,` or `\2C`,
 * with or without spaces, in any case. As text they differ, and a privileged account would not be recognised.
 */

type Rdn = readonly { readonly attribute: string; readonly value: string }[]
/** The entry's own relative name first. */
export type ParsedDn = readonly Rdn[]

/** Names and numbers of one attribute (RFC 4519 §2, RFC 4514 §3): servers return either. */
const attributeNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'cn',
  '2.5.4.7': 'l',
  '2.5.4.8': 'st',
  '2.5.4.10': 'o',
  '2.5.4.11': 'ou',
  '2.5.4.6': 'c',
  '2.5.4.9': 'street',
  '2.5.4.4': 'sn',
  '0.9.2342.19200300.100.1.25': 'dc',
  '0.9.2342.19200300.100.1.1': 'uid',
  commonname: 'cn',
  organizationname: 'o',
  organizationalunitname: 'ou',
  domaincomponent: 'dc',
  userid: 'uid',
}

const attributePattern = /^\s*([A-Za-z][\w-]*|\d+(?:\.\d+)+)\s*=\s*/
/** An escaped pair, a special character that ends the value, or any other character. */
const valuePattern = /\\((?:[0-9A-Fa-f]{2})|[ "#+,;<=>\\])|([,;+])|([^\\"<>;,+])/guy

/** Case and runs of spaces do not distinguish values (caseIgnoreMatch, RFC 4518 §2.6.1). */
const foldValue = (value: string) => value.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

type ReadValue = { readonly value: string; readonly length: number; readonly separator: string }

/** The value at the start of this text, unescaped; `null` when it has a character that must be escaped. */
const readValue = (text: string): ReadValue | null => {
  const bytes: number[] = []
  const add = (part: string) => void bytes.push(...Buffer.from(part, 'utf8'))
  valuePattern.lastIndex = 0
  let end = 0
  while (end < text.length) {
    const match = valuePattern.exec(text)
    if (!match) return null
    end = valuePattern.lastIndex
    const [, escaped, separator, character] = match
    if (separator) return { value: Buffer.from(bytes).toString('utf8'), length: end, separator }
    if (escaped?.length === 2) bytes.push(Number.parseInt(escaped, 16))
    else add(escaped ?? character ?? '')
  }
  return { value: Buffer.from(bytes).toString('utf8'), length: end, separator: '' }
}

/** The names of this DN, folded for comparison; `null` when the text is not a DN. The empty DN has none. */
export const parseDn = (dn: string): ParsedDn | null => {
  const rdns: Rdn[] = []
  let rest = dn.trim()
  let parts: { attribute: string; value: string }[] = []
  if (rest === '') return []
  for (;;) {
    const type = attributePattern.exec(rest)
    const read = type && readValue(rest.slice(type[0].length))
    if (!type || !read) return null
    const name = (type[1] ?? '').toLowerCase()
    parts.push({ attribute: attributeNames[name] ?? name, value: foldValue(read.value) })
    rest = rest.slice(type[0].length + read.length)
    if (read.separator === '+') continue
    rdns.push(parts.toSorted((a, b) => (a.attribute < b.attribute ? -1 : 1)))
    parts = []
    if (read.separator === '') return rdns
  }
}

/** One text for all ways to write this DN, to be compared or kept in a set; `null` when it is not a DN. */
export const dnKey = (dn: string): string | null => {
  const parsed = parseDn(dn)
  return parsed && JSON.stringify(parsed.map(rdn => rdn.map(({ attribute, value }) => [attribute, value])))
}

export const isSameDn = (a: string, b: string) => {
  const key = dnKey(a)
  return key !== null && key === dnKey(b)
}

/** Whether this entry is the base or lies below it. */
export const isWithin = (dn: string, base: string) => {
  const [parsed, parsedBase] = [parseDn(dn), parseDn(base)]
  if (!parsed || !parsedBase) return false
  const end = parsed.slice(parsed.length - parsedBase.length)
  return parsed.length >= parsedBase.length && JSON.stringify(end) === JSON.stringify(parsedBase)
}

/** The folded value of this attribute in the entry's relative name, which may have several (`uid=a+cn=b`). */
export const rdnValue = (dn: string, attribute: string): string | undefined => {
  const name = attribute.toLowerCase()
  return parseDn(dn)?.[0]?.find(part => part.attribute === (attributeNames[name] ?? name))?.value
}

export { foldValue }
