import { hmac } from '../crypto/crypto.ts'
import { type Address, prefixOf, readAddress } from './address.ts'

/**
 * The network of an address: IPv4 /24, IPv6 /56 (what one site or one home gets). Limits are counted per network, since one
 * attacker easily controls many addresses in it. `campus` networks have wider limits.
 */
export type Network = { readonly id: string; readonly campus: boolean }

const networkText = (address: Address | null) => {
  if (!address) return 'unknown'
  return address.family === 4
    ? `${address.text.split('.').slice(0, 3).join('.')}.0/24`
    : prefixOf(address.groups, 56)
}

/** `192.0.2.0/24` or `2001:db8:0:100::/56`, as text. */
export const networkOf = (address: string) => networkText(readAddress(address))

/** The network as rows keep it: a keyed digest, since an address is personal data (RGPD 4). */
export const createNetworkResolver =
  (key: () => Buffer, isCampus: (address: Address) => boolean) =>
  (text: string): Network => {
    const address = readAddress(text)
    return { id: hmac(key(), networkText(address)), campus: address !== null && isCampus(address) }
  }
