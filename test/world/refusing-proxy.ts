import { connect, createServer, type Server } from 'node:net'

/** The operations of LDAP, by the tag of the request; that of the answer follows it (RFC 4511 §4.2 to §4.12). */
export const ldapRequests = { bind: 0x60, search: 0x63, modify: 0x66, compare: 0x6e, extended: 0x77 } as const
export type LdapRequest = keyof typeof ldapRequests

/** A search is answered by its entries and its end, any other request by one answer. */
const answerTag = (tag: number) => (tag === ldapRequests.search ? tag + 2 : tag + 1)

/** Where the value of an element begins, and where it ends. */
const boundsAt = (data: Buffer, start: number) => {
  const first = data[start + 1] ?? 0
  const lengthBytes = first & 0x80 ? first & 0x7f : 0
  const length = lengthBytes ? data.readUIntBE(start + 2, lengthBytes) : first
  const from = start + 2 + lengthBytes
  return { from, to: from + length }
}

/** The messages of a piece of the stream: short ones, which come whole. */
const messagesIn = (data: Buffer) => {
  const messages: Buffer[] = []
  for (let start = 0; start < data.length; ) {
    const { to } = boundsAt(data, start)
    messages.push(data.subarray(start, to))
    start = to
  }
  return messages
}

/** RFC 4511 §4.1.1: after the outer sequence comes the number of the message, then the operation. */
const partsOf = (message: Buffer) => {
  const { from } = boundsAt(message, 0)
  const { to } = boundsAt(message, from)
  return { id: message.subarray(from, to), tag: message[to] ?? 0 }
}

const resultFor = (id: Buffer, tag: number, code: number, words: string) => {
  const text = Buffer.from(words)
  const result = Buffer.concat([
    Buffer.from([answerTag(tag), 7 + text.length, 0x0a, 1, code, 4, 0, 4, text.length]),
    text,
  ])
  return Buffer.concat([Buffer.from([0x30, id.length + result.length]), id, result])
}

type Refusal = {
  readonly requests: readonly LdapRequest[]
  readonly code: number
  readonly words?: string
  /** Requests that name one of these DNs pass: the portal's own bind. */
  readonly except?: readonly string[]
}

/** A real server behind a proxy that answers some requests itself, by this code: of a server that did not carry them out. */
export const startRefusingProxy = async (
  url: string,
  { requests, code, words = '', except = [] }: Refusal,
) => {
  const refused = new Set<number>(requests.map(request => ldapRequests[request]))
  let answered = 0
  let searches = 0
  const proxy: Server = createServer(incoming => {
    const outgoing = connect(Number(new URL(url).port), '127.0.0.1')
    incoming.on('data', data => {
      for (const message of messagesIn(data as Buffer)) {
        const { id, tag } = partsOf(message)
        if (tag === ldapRequests.search) searches += 1
        if (!refused.has(tag) || except.some(dn => message.includes(dn))) outgoing.write(message)
        else {
          answered += 1
          incoming.write(resultFor(id, tag, code, words))
        }
      }
    })
    outgoing.pipe(incoming)
    for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy())
    incoming.on('close', () => outgoing.destroy())
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `ldap://127.0.0.1:${(proxy.address() as { port: number }).port}`,
    /** How many requests it answered itself. */
    answered: () => answered,
    /** How many searches were sent to it. */
    searches: () => searches,
    stop: () => proxy.close(),
  }
}
