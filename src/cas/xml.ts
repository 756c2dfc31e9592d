import { XMLParser } from 'fast-xml-parser'

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  trimValues: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // The parser's name for references by number too, which servers write for apostrophes and accents (XML 1.0 §4.1).
  htmlEntities: true,
})

/** A document with a DTD or entities is no CAS message and is not parsed, against entity attacks (ASVS 1.5.1). */
const declares = /<!(?:DOCTYPE|ENTITY)/i

const characterReference = /&#(?:x([0-9a-f]+)|(\d+));/gi

/** XML 1.0 §2.2: a reference to anything else makes a document that is not well formed; the parser would drop or keep it. */
const isCharacter = (code: number) =>
  [0x9, 0xa, 0xd].includes(code) ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff)

const hasImpossibleReference = (xml: string) =>
  [...xml.matchAll(characterReference)].some(
    ([, hexadecimal, decimal]) =>
      !isCharacter(hexadecimal ? Number.parseInt(hexadecimal, 16) : Number(decimal)),
  )

type XmlNode = Readonly<Record<string, unknown>>

export const nodeIn = (value: unknown): XmlNode | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as XmlNode) : null

export const textIn = (value: unknown) => {
  const text = nodeIn(value)?.['#text'] ?? value
  return typeof text === 'string' ? text : null
}

/** Parses XML from outside; null for what is not well formed. */
export const parseXml = (xml: string): XmlNode | null => {
  if (declares.test(xml) || hasImpossibleReference(xml)) return null
  try {
    return nodeIn(parser.parse(xml, true))
  } catch {
    return null
  }
}
