import { randomBytes } from 'node:crypto'

/** The password of a frozen account: 28 characters of all four classes, so that no policy refuses it as weak. It is never shown. */
export const unknownPassword = () => `Aa1!${randomBytes(18).toString('base64url').slice(0, 24)}`
