import { nodeIn, parseXml, textIn } from './xml.ts'

/** A log-out message is a few hundred bytes; more is no such message and is not parsed. */
const longest = 8192
const longestTicket = 300

/**
 * The ticket whose sign-in the CAS server ends (CAS Protocol 3.0 §2.3.3, appendix C): `SessionIndex` of a SAML
 * `LogoutRequest`. The message is not signed: knowing the ticket, which the server gave to us alone, is its proof.
 */
export const loggedOutTicket = (xml: string): string | null => {
  if (xml.length > longest) return null
  const ticket = textIn(nodeIn(parseXml(xml)?.LogoutRequest)?.SessionIndex)
  return ticket && ticket.length <= longestTicket ? ticket : null
}
