import { createHmac } from 'node:crypto'

/**
 * `t=SECONDS,v1=HEX`: HMAC-SHA-256 over `SECONDS.BODY`. The time is signed with the message, so
 * that the receiver can refuse a replayed message.
 */
export const signatureHeader = 'sesame-signature'

export const signatureOf = (secret: Buffer, at: number, body: string) => {
  const seconds = Math.floor(at / 1000)
  const signed = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${signed}`
}
