import { hmac, isSameSecret } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'

/**
 * Up to which event the links of a chain may be under a former root key; `seal`: under the present one. Later links under a former
 * key are forged, by somebody who has that key. Earlier ones cannot be written again: the sealed head, which is under the present
 * key, follows from them.
 */
export type KeyChange = { readonly chain: string; readonly sequence: number; readonly seal: string }

export const sealOfKeyChange = (key: Buffer, { chain, sequence }: Omit<KeyChange, 'seal'>) =>
  hmac(key, 'key-change', chain, String(sequence))

/** The sequence of the last event of a chain whose link may be under any key that is held; 0: none. */
export const lastUnderFormerKeys = (keys: Keys, change: KeyChange | null) =>
  change && keys.live('audit').some(key => isSameSecret(change.seal, sealOfKeyChange(key, change)))
    ? change.sequence
    : 0

export const linkKeys = (keys: Keys, lastUnderFormer: number, sequence: number) =>
  sequence <= lastUnderFormer ? keys.all('audit') : keys.live('audit')
