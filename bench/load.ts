import { connect, type Socket } from 'node:net'

/** Load by keep-alive connections that each send requests one after the other, as fast as they are answered. */
type Load = {
  readonly port: number
  readonly path: string
  readonly connections: number
  readonly milliseconds: number
}

const requestFor = (port: number, path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept-Encoding: br\r\nAccept-Language: fr\r\n\r\n`

/**
 * Bytes of one complete answer, read from a first one. A plain socket that counts bytes costs the loader almost nothing:
 * a full HTTP client would be slower than what it measures, and hide the difference.
 */
const sizeOfAnswer = (port: number, request: string) =>
  new Promise<number>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    const parts: Buffer[] = []
    socket.on('error', reject)
    socket.on('data', (part: Buffer) => {
      parts.push(part)
      const all = Buffer.concat(parts)
      const end = all.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/content-length: (\d+)/i.exec(all.subarray(0, end).toString())?.[1])
      if (all.length < end + 4 + length) return
      socket.destroy()
      if (!all.toString('latin1', 0, 12).startsWith('HTTP/1.1 200'))
        reject(new Error(all.toString('latin1', 0, 60)))
      else resolve(end + 4 + length)
    })
  })

/** Answers per second. */
export const rateOf = async ({ port, path, connections, milliseconds }: Load): Promise<number> => {
  const request = requestFor(port, path)
  const size = await sizeOfAnswer(port, request)
  let answered = 0
  const sockets: Socket[] = []
  const start = performance.now()
  for (let index = 0; index < connections; index += 1) {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    let left = size
    socket.on('data', part => {
      left -= part.length
      if (left > 0) return
      answered += 1
      left += size
      socket.write(request)
    })
    socket.on('error', () => {})
    sockets.push(socket)
  }
  await new Promise(resolve => setTimeout(resolve, milliseconds))
  const rate = (answered / (performance.now() - start)) * 1000
  for (const socket of sockets) socket.destroy()
  return rate
}
