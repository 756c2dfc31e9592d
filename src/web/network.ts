import { isIP } from 'node:net'
import { hmac } from '../keys.ts'

/**
 * The network an address belongs to: IPv4 /24, IPv6 /56 (what one site or one home is given). Limits are counted
 * per network, since one attacker easily owns many addresses of it. `campus` networks get wider limits.
 */
export type Network = { readonly id: string; readonly campus: boolean }

const groupsOfIpv6 = (address: string) => {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const left = head ? head.split(':') : []
  const right = tail ? tail.split(':') : []
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  return [...left, ...Array<string>(gap).fill('0'), ...right].map(group => Number.parseInt(group, 16))
}

const ipv4Inside = (address: string) => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]

/** `192.0.2.0/24` or `2001:db8:0:100::/56`, as text. */
export const networkOf = (address: string) => {
  const v4 = ipv4Inside(address) ?? (isIP(address) === 4 ? address : undefined)
  if (v4) return `${v4.split('.').slice(0, 3).join('.')}.0/24`
  if (isIP(address) !== 6) return 'unknown'
  const [a = 0, b = 0, c = 0, d = 0] = groupsOfIpv6(address)
  return `${[a, b, c, d & 0xff00].map(group => group.toString(16)).join(':')}::/56`
}

/** The network as rows keep it: a keyed digest, since an address is personal data (RGPD 4). */
export const networkFrom =
  (key: Buffer, isCampus: (address: string) => boolean) =>
  (address: string): Network => ({
    id: hmac(key, networkOf(address)),
    campus: isCampus(address),
  })
