import { XMLParser } from 'fast-xml-parser'

const parser = new XMLParser({
  ...{ ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true, trimValues: true },
  ...{ parseTagValue: false, parseAttributeValue: false, ignoreDeclaration: true, ignorePiTags: true },
})

/** A document that declares entities or a type is no message of CAS, and is not looked at (ASVS 1.5.1). */
const declares = /<!(?:DOCTYPE|ENTITY)/i

type Node = Readonly<Record<string, unknown>>

export const nodeIn = (value: unknown): Node | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Node) : null

export const textIn = (value: unknown) => {
  const text = nodeIn(value)?.['#text'] ?? value
  return typeof text === 'string' ? text : null
}

/** Parses XML from outside; null for what is not well formed. */
export const parseXml = (xml: string): Node | null => {
  if (declares.test(xml)) return null
  try {
    return nodeIn(parser.parse(xml, true))
  } catch {
    return null
  }
}
