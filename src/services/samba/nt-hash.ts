import { md4 } from './md4.ts'

/** The NT hash in the form of `sambaNTPassword`: MD4 of the text in UTF-16LE, in upper-case hexadecimal. */
export const ntHash = (password: string) =>
  md4(Buffer.from(password, 'utf16le')).toString('hex').toUpperCase()
