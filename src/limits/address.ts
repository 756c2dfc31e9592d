import { BlockList, isIP } from 'node:net'

/** An address in canonical form: dotted IPv4, or the eight groups of IPv6. All spellings of one address are equal. */
export type Address =
  | { readonly family: 4; readonly text: string }
  | { readonly family: 6; readonly text: string; readonly groups: readonly number[] }

const groupsOf = (text: string): number[] => {
  // RFC 4291 2.2: the last two groups may be written as a dotted IPv4 address.
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)
  const [, before = '', a, b, c, d] = dotted ?? []
  const pair = (high = '', low = '') => (Number(high) * 256 + Number(low)).toString(16)
  const [head = '', tail] = (dotted ? `${before}${pair(a, b)}:${pair(c, d)}` : text).split('::')
  const left = head ? head.split(':') : []
  const right = tail ? tail.split(':') : []
  const gap = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array<string>(gap).fill('0'), ...right].map(group => Number.parseInt(group, 16))
}

const ipv6 = (text: string): Address => {
  const groups = groupsOf(text)
  const [g = 0, h = 0] = groups.slice(6)
  // RFC 4291 2.5.5.2: a dual-stack socket sees an IPv4 client as an IPv4-mapped address.
  if (groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff)
    return { family: 4, text: [g >> 8, g & 255, h >> 8, h & 255].join('.') }
  return { family: 6, text: groups.map(group => group.toString(16)).join(':'), groups }
}

/**
 * Reads an address as sockets and proxies write it: with a port, in brackets, with a zone, in any spelling; `null` when it
 * is not an address. Some proxies write the port of the client in `X-Forwarded-For` (RFC 7239 6 has the same forms).
 */
export const readAddress = (text: string | undefined): Address | null => {
  // A closed connection has no address.
  const written = (text ?? '').trim()
  const [, bracketed, v4WithPort] = /^(?:\[([^\]]*)\]|(\d[\d.]*))(?::\d{1,5})?$/.exec(written) ?? []
  const bare = bracketed ?? v4WithPort ?? written
  if (bracketed === undefined && isIP(bare) === 4) return { family: 4, text: bare }
  if (isIP(bare) !== 6) return null
  return ipv6(bare.replace(/%.*$/, ''))
}

/** The first `bits` of an IPv6 address, as a network. */
export const prefixOf = (groups: readonly number[], bits: number) => {
  const kept = groups.slice(0, Math.ceil(bits / 16)).map((group, index) => {
    const rest = Math.min(16, bits - index * 16)
    return (group & (0xffff << (16 - rest)) & 0xffff).toString(16)
  })
  return `${kept.join(':')}::/${bits}`
}

/** The named ranges of `trustedProxies`. */
const namedRanges: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** `255.255.254.0` is 23 bits. */
const bitsOfMask = (mask: string) => {
  const bits = mask
    .split('.')
    .map(part => Number(part).toString(2).padStart(8, '0'))
    .join('')
  return isIP(mask) === 4 && /^1+0*$/.test(bits) ? bits.indexOf('0') : Number.NaN
}

type AddressRange = { readonly address: Address; readonly bits: number }

/** `192.0.2.0/24`, `2001:db8::/32`, `10.0.0.0/255.0.0.0`, or one address; `null` when it is not a network. */
const readRange = (text: string): AddressRange | null => {
  const [written = '', size, ...more] = text.trim().split('/')
  const mapped = isIP(written) === 6
  const address = isIP(written) === 0 ? null : readAddress(written)
  if (!address || more.length > 0) return null
  const most = address.family === 4 ? 32 : 128
  if (size === undefined) return { address, bits: most }
  const prefix = /^\d{1,3}$/.test(size) ? Number(size) : bitsOfMask(size)
  // `::ffff:192.0.2.0/120` is 192.0.2.0/24.
  const bits = address.family === 4 && mapped ? prefix - 96 : prefix
  return bits >= 1 && bits <= most ? { address, bits } : null
}

/** Whether this is a network or a named range. Checked at start, so that a typing mistake does not silently change a limit. */
export const isRange = (text: string) => Object.hasOwn(namedRanges, text) || readRange(text) !== null

/** Gives a function that checks whether an address lies in one of these networks, in any spelling of both. */
export const inRanges = (ranges: readonly string[]) => {
  const list = new BlockList()
  for (const range of ranges.flatMap(text => namedRanges[text] ?? [text])) {
    const read = readRange(range)
    if (!read) throw new Error(`${range} is no network`)
    list.addSubnet(read.address.text, read.bits, read.address.family === 4 ? 'ipv4' : 'ipv6')
  }
  return (address: Address) => list.check(address.text, address.family === 4 ? 'ipv4' : 'ipv6')
}
