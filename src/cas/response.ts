import { XMLParser } from 'fast-xml-parser'

/** Who a CAS server says has signed in (CAS Protocol 3.0 §2.5.1, appendix A). */
export type CasUser = {
  readonly user: string
  readonly attributes: ReadonlyMap<string, readonly string[]>
}

export type CasResponse = { readonly success: CasUser } | { readonly failure: string }

const parser = new XMLParser({
  ...{ ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true, trimValues: true },
  ...{ parseTagValue: false, parseAttributeValue: false, ignoreDeclaration: true, ignorePiTags: true },
})

/** A document that declares entities or a type is no answer of CAS, and is not looked at (ASVS 1.5.1). */
const declares = /<!(?:DOCTYPE|ENTITY)/i

type Node = Readonly<Record<string, unknown>>
const nodeIn = (value: unknown): Node | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Node) : null
const textIn = (value: unknown) => {
  const text = nodeIn(value)?.['#text'] ?? value
  return typeof text === 'string' ? text : null
}

/** Parses XML from outside; null for what is not well formed. */
const parseXml = (xml: string): Node | null => {
  if (declares.test(xml)) return null
  try {
    return nodeIn(parser.parse(xml, true))
  } catch {
    return null
  }
}

const attributesIn = (held: unknown) =>
  new Map(
    Object.entries(nodeIn(held) ?? {}).map(([name, value]) => [
      name,
      [value].flat().flatMap(one => textIn(one) ?? []),
    ]),
  )

/** Reads `serviceResponse`; null for anything that is not exactly one success or one failure. */
export const readResponse = (xml: string): CasResponse | null => {
  const response = nodeIn(parseXml(xml)?.serviceResponse)
  const { authenticationSuccess, authenticationFailure } = response ?? {}
  const success = nodeIn(authenticationSuccess)
  const user = textIn(success?.user)
  if (success && user && authenticationFailure === undefined)
    return { success: { user, attributes: attributesIn(success.attributes) } }
  const code = nodeIn(authenticationFailure)?.['@code']
  return typeof code === 'string' && authenticationSuccess === undefined ? { failure: code } : null
}
