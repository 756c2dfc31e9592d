/** RFC 3062: PasswdModifyRequestValue ::= SEQUENCE { userIdentity [0], oldPasswd [1], newPasswd [2] }, all optional. */
export const passwordModifyOid = '1.3.6.1.4.1.4203.1.11.1'

/** BER lengths (X.690 §8.1.3): short form below 128, else the count of octets and the octets. */
const lengthOctets = (length: number) => {
  if (length < 128) return Buffer.from([length])
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return Buffer.from([0x80 | octets.length, ...octets])
}

const tagged = (tag: number, content: Buffer) =>
  Buffer.concat([Buffer.from([tag]), lengthOctets(content.length), content])

const text = (tag: number, value: string) => tagged(tag, Buffer.from(value, 'utf8'))

export const passwordModifyRequest = (dn: string, newPassword: string, oldPassword?: string) =>
  tagged(
    0x30,
    Buffer.concat([
      text(0x80, dn),
      ...(oldPassword === undefined ? [] : [text(0x81, oldPassword)]),
      text(0x82, newPassword),
    ]),
  )
