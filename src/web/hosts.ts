import { isIP } from 'node:net'
import { readAddress } from '../limits/address.ts'

const defaultPort: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' }

const nameOf = (host: string) => {
  if (!host.startsWith('[')) return host.toLowerCase().replace(/\.$/, '')
  const inside = host.slice(1, -1)
  return `[${isIP(inside) === 6 ? (readAddress(inside)?.text ?? inside) : inside}]`
}

/**
 * A host in canonical form: without capitals, final dot (RFC 3986 3.2.2) and the default port of the scheme
 * (RFC 9110 4.2.3). `null`: not a host with an optional port.
 */
const canonicalHost = (written: string, protocol: string) => {
  const [, host, port = ''] = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::(\d{0,5}))?$/i.exec(written) ?? []
  if (host === undefined) return null
  return port === '' || port === defaultPort[protocol] ? nameOf(host) : `${nameOf(host)}:${port}`
}

const loopback = ['localhost', '127.0.0.1', '[::1]']

/** Whether a `Host` header names the public URL. A loopback URL matches its other names too, for a demonstration. */
export const createHostCheck = ({ protocol, hostname, host, port }: URL) => {
  const written = loopback.includes(hostname)
    ? loopback.map(name => (port ? `${name}:${port}` : name))
    : [host]
  const ours = new Set(written.map(one => canonicalHost(one, protocol)))
  return (header: string | undefined) => {
    const read = header === undefined ? null : canonicalHost(header, protocol)
    return read !== null && ours.has(read)
  }
}
