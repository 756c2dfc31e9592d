import { domainToASCII } from 'node:url'

/** Providers that deliver several forms of an address to one mailbox, and their equivalent domains. */
const providers: readonly {
  readonly domains: RegExp
  readonly as?: string
  readonly local: (local: string) => string
}[] = [
  { domains: /^(gmail|googlemail)\.com$/, as: 'gmail.com', local: local => local.replaceAll('.', '') },
  {
    domains: /^(proton\.me|pm\.me|protonmail\.(com|ch))$/,
    as: 'proton.me',
    local: local => local.replace(/[._-]/g, ''),
  },
  // Their disposable addresses are `base-keyword`; no other address of these providers contains a hyphen.
  {
    domains: /^(yahoo\.[a-z]{2,3}(\.[a-z]{2})?|ymail\.com|rocketmail\.com)$/,
    local: local => local.split('-')[0] ?? local,
  },
  { domains: /^(icloud|me|mac)\.com$/, as: 'icloud.com', local: local => local },
]

/** Canonical form of a domain: lower case, ASCII (IDNA), no final dot. */
const canonicalDomain = (typed: string) => {
  const bare = typed.toLowerCase().replace(/\.+$/, '')
  return domainToASCII(bare) || bare
}

/**
 * Canonical form of the mailbox behind an address, for rate limits only: mails are sent to the address as it was typed.
 * `+tag` (RFC 5233) is removed for every domain, a `-tag` only for providers that use it: elsewhere `jean-pierre` and
 * `jean-paul` are two people, and each would use up the other's limit.
 */
export function canonicalMailbox(to: string) {
  const at = to.lastIndexOf('@')
  if (at < 0) return to
  const domain = canonicalDomain(to.slice(at + 1))
  const [local = ''] = to.slice(0, at).normalize('NFKC').toLowerCase().split('+')
  const provider = providers.find(({ domains }) => domains.test(domain))
  return provider ? `${provider.local(local)}@${provider.as ?? domain}` : `${local}@${domain}`
}
