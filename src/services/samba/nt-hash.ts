import { md4 } from './md4.ts'

/** The NT hash as `sambaNTPassword` holds it: MD4 of the UTF-16 text, low octet first, in capital hexadecimal. */
export const ntHash = (password: string) =>
  md4(Buffer.from(password, 'utf16le')).toString('hex').toUpperCase()
