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
})

/** A document with a DTD or entities is no CAS message and is not parsed, against entity attacks (ASVS 1.5.1). */
const declares = /<!(?:DOCTYPE|ENTITY)/i

type XmlNode = Readonly<Record<string, unknown>>

export const nodeIn = (value: unknown): XmlNode | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as XmlNode) : null

export const textIn = (value: unknown) => {
  const text = nodeIn(value)?.['#text'] ?? value
  return typeof text === 'string' ? text : null
}

/** Parses XML from outside; null for what is not well formed. */
export const parseXml = (xml: string): XmlNode | null => {
  if (declares.test(xml)) return null
  try {
    return nodeIn(parser.parse(xml, true))
  } catch {
    return null
  }
}
