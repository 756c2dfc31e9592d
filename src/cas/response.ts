import { nodeIn, parseXml, textIn } from './xml.ts'

/** The person authenticated by a CAS server (CAS Protocol 3.0 §2.5.1, appendix A). */
export type CasUser = {
  readonly user: string
  readonly attributes: ReadonlyMap<string, readonly string[]>
}

export type CasResponse = { readonly success: CasUser } | { readonly failure: string }

const attributesIn = (held: unknown) =>
  new Map(
    Object.entries(nodeIn(held) ?? {}).map(([name, value]) => [
      name,
      [value].flat().flatMap(one => textIn(one) ?? []),
    ]),
  )

/** LemonLDAP::NG 2.16 answers in the format of CAS 1.0 when `renew` does not allow a ticket. */
const refusedAsInCas1 = /^no\s*$/

/** Reads `serviceResponse`; null for anything that is not exactly one success or one failure. */
export const readResponse = (xml: string): CasResponse | null => {
  if (refusedAsInCas1.test(xml)) return { failure: 'INVALID_TICKET' }
  const response = nodeIn(parseXml(xml)?.serviceResponse)
  const { authenticationSuccess, authenticationFailure } = response ?? {}
  const success = nodeIn(authenticationSuccess)
  const user = textIn(success?.user)
  if (success && user && authenticationFailure === undefined)
    return { success: { user, attributes: attributesIn(success.attributes) } }
  const code = nodeIn(authenticationFailure)?.['@code']
  return typeof code === 'string' && authenticationSuccess === undefined ? { failure: code } : null
}
