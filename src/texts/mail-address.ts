import { domainToUnicode } from 'node:url'

const hasAsciiForm = /(?:^|\.)xn--/i

/** The domain in the letters that its owner knows: `xn--exmple-cua.fr` is `exämple.fr`. */
const readableDomain = (domain: string) =>
  hasAsciiForm.test(domain) ? domainToUnicode(domain) || domain : domain

/**
 * The one form in which an address is compared, kept and shown, whether it comes from a person or from a directory: without
 * `mailto:`, the domain in Unicode.
 */
export const plainAddress = (text: string) => {
  const address = text.replace(/^mailto:/i, '')
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at + 1)}${readableDomain(address.slice(at + 1))}`
}

/**
 * Every server on the way to such an address must know SMTPUTF8 (RFC 6531): its part before the @ is not ASCII. A domain that is not
 * ASCII needs nothing, because it has another form in ASCII.
 */
export const needsSmtpUtf8 = (address: string) => /[^ -~]/.test(address.slice(0, address.lastIndexOf('@')))
