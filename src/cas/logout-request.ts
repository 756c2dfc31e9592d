import { nodeIn, parseXml, textIn } from './xml.ts'

/** A log-out message is a few hundred bytes; a longer one is not parsed. */
const longest = 8192
const longestTicket = 300

/**
 * The ticket whose sign-in the CAS server ends (CAS Protocol 3.0 §2.3.3, appendix C): `SessionIndex` of a SAML
 * `LogoutRequest`. The message is not signed: it is authenticated by the ticket, which only the server and the portal know.
 */
export const loggedOutTicket = (xml: string): string | null => {
  if (xml.length > longest) return null
  const ticket = textIn(nodeIn(parseXml(xml)?.LogoutRequest)?.SessionIndex)
  return ticket && ticket.length <= longestTicket ? ticket : null
}
