/**
 * The text form of `objectGUID` as Windows writes it: the first three groups are little-endian (MS-DTYP §2.3.4.2). It is
 * the form that administration tools show, so that the audit can be compared with them.
 */
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const inOrder = (octets: Buffer) => Buffer.from(order.map(index => octets[index] ?? 0))

export const guidText = (octets: Buffer) =>
  inOrder(octets)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** The octets to search for; all zero, which no entry has, when the text is not a GUID. */
export const guidOctets = (text: string) =>
  guid.test(text) ? inOrder(Buffer.from(text.replaceAll('-', ''), 'hex')) : Buffer.alloc(16)
