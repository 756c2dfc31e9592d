import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { unified } from '../../texts/unified.ts'

export const digits = 8

/** People copy codes with the spaces that the mail shows. */
export const foldSentCode = (typed: string) => unified(typed).replace(/[\s.-]+/g, '')

export const codePattern = new RegExp(`^[0-9]{${digits}}$`)

/** `12345678` as two groups, which are easier to read. */
export const formatCode = (code: string) => `${code.slice(0, 4)} ${code.slice(4)}`

export const idUnder = (key: Buffer, codeRequest: string) => hmac(key, 'request', codeRequest)

export const digestUnder = (key: Buffer, id: string, code: string) => hmac(key, 'code', id, code)

/** The ids that the row of this request may have: a code that was sent before the root key was replaced is still typed after. */
export const idsOf = (keys: Keys, codeRequest: string) =>
  keys.all('code-pepper').map(key => idUnder(key, codeRequest))

/** Whether this is the code of the row, under whichever key. */
export const isCode = (
  keys: Keys,
  row: { readonly request: string; readonly digest: string },
  code: string,
) => keys.all('code-pepper').some(key => digestUnder(key, row.request, code) === row.digest)
