type Fault = { readonly code?: unknown; readonly message?: unknown }

/** Some libraries replace the code of a fault and keep its message, so both are searched, in this order. */
const words: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/CERT_HAS_EXPIRED|certificate has expired/, 'has a certificate that has expired: renew it'],
  [
    /CERT_NOT_YET_VALID|certificate is not yet valid/,
    'has a certificate that is not valid yet: check the clocks of both machines',
  ],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID|altnames/,
    'has a certificate for another name: write the name that is in the certificate, or renew it with this name',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|self-signed certificate|unable to (verify the first certificate|get (local )?issuer)/,
    'has a certificate of an authority that is not known here: name the PEM file of this authority in caFile',
  ],
  [
    /wrong version number|before secure TLS connection was established/,
    'does not speak TLS on this port: correct the port, or the kind of TLS',
  ],
  [
    /EPROTO|unsupported protocol|handshake failure/,
    'accepts neither TLS 1.2 nor TLS 1.3: enable one of them there',
  ],
  [/ECONNREFUSED/, 'refuses the connection: start it, or correct the address'],
  [/ENOTFOUND/, 'has a name that is not known: correct the name'],
  [/EAI_AGAIN/, 'has a name that cannot be resolved now: check the name servers of this machine'],
  [/EHOSTUNREACH|ENETUNREACH/, 'cannot be reached: check the address and the network'],
  [/ETIMEDOUT|time(d )?-?out/i, 'does not answer: check the address and the firewall'],
  [/ECONNRESET|EPIPE|closed before/i, 'closed the connection: look at its log'],
]

/** What is wrong with a server, to follow its name in a sentence: faults of the network and of TLS. */
export const networkFaultWords = (fault: unknown): string => {
  const { code, message } = (fault ?? {}) as Fault
  const text = `${String(code)} ${String(message)}`
  const known = words.find(([pattern]) => pattern.test(text))
  return (
    known?.[1] ??
    `cannot be used (${
      String(message ?? fault)
        .trim()
        .split('\n')[0]
    })`
  )
}
