import { ResultCodeError } from 'ldapts'
import { networkFaultWords } from '../../network-fault.ts'

/** RFC 4511 appendix A. Each completes « The directory … ». */
const answerWords: Readonly<Record<number, string>> = {
  3: 'reached its time limit: index the searched attributes, or raise the limit for the entry of the portal',
  4: 'reached its size limit: raise the limit for the entry of the portal',
  8: 'requires a stronger authentication: use ldaps:// or startTls',
  11: 'reached an administrative limit: index the searched attributes, or raise the limit for the entry of the portal',
  13: 'requires TLS: use ldaps:// or startTls',
  32: 'has no such entry: correct the base of the population, or give the entry of the portal the right to see it',
  34: 'finds a DN that is not well formed: correct bindDn and the bases of the populations',
  48: 'refuses this kind of bind: correct bindDn',
  49: 'refuses the account of the portal: correct bindDn, or the password in passwordFile',
  50: 'refuses a right to the entry of the portal: give it the rights of docs/operate',
  51: 'is busy: try again later',
  52: 'is unavailable: look at its log',
  53: 'is unwilling: look at its log, perhaps it is read-only',
}

/** Active Directory's own code within a refused bind. */
const bindWords: Readonly<Record<string, string>> = {
  525: 'knows no account of that name: correct bindDn',
  532: 'says that the password of the portal’s account has expired: renew it, and let it not expire',
  533: 'says that the portal’s account is disabled: enable it',
  701: 'says that the portal’s account has expired: extend it',
  773: 'wants the portal’s account to change its password first: change it',
  775: 'says that the portal’s account is locked: unlock it',
}

/** An LDAP result in words, with its code for a search in the manual of the server. */
const answerSentence = ({ code, message }: ResultCodeError) => {
  const ofActiveDirectory =
    code === 49 ? bindWords[/data ([0-9a-f]{3}),/i.exec(message)?.[1] ?? ''] : undefined
  const words = ofActiveDirectory ?? answerWords[code]
  return words
    ? `${words} (LDAP code ${code})`
    : `answers with LDAP code ${code} (${message.replace(/\s*Code: 0x\w+/, '').trim() || 'no message'})`
}

const wordsOf = (fault: unknown) =>
  fault instanceof ResultCodeError ? answerSentence(fault) : networkFaultWords(fault)

/** A server of the directory to which no connection could be opened: its message is a sentence for the operator. */
export class ConnectError extends Error {
  constructor(url: string, cause: unknown) {
    super(`${url} ${wordsOf(cause)}.`, { cause })
  }
}

/** Why the directory could not be asked, in a sentence for the operator. */
export const ldapFaultSentence = (fault: unknown): string => {
  if (fault instanceof ResultCodeError) return `The directory ${answerSentence(fault)}.`
  if (fault instanceof ConnectError) return fault.message
  if (fault instanceof Error && fault.cause !== undefined) return ldapFaultSentence(fault.cause)
  return `The directory ${networkFaultWords(fault)}.`
}
