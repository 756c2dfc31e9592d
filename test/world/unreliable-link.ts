import { connect, createServer, type Socket } from 'node:net'

/**
 * Faults of a network link. `cut`: the connection breaks when the first bytes of an answer come back. `silent`: requests arrive,
 * answers do not.
 */
export type LinkFault = 'none' | 'slow' | 'silent' | 'cut' | 'refused'

const slowness = 250

export const startUnreliableLink = async (port: number, to: number) => {
  let fault: LinkFault = 'none'
  const open = new Set<Socket>()
  const counts = { connections: 0, requests: 0 }

  const backOn = (client: Socket, answer: Buffer) => {
    if (fault === 'cut') client.destroy()
    else if (fault === 'slow') setTimeout(() => client.destroyed || client.write(answer), slowness)
    else if (fault !== 'silent') client.write(answer)
  }

  const server = createServer(client => {
    counts.connections += 1
    if (fault === 'refused') return client.resetAndDestroy()
    const upstream = connect(to, '127.0.0.1')
    for (const one of [client, upstream]) {
      open.add(one)
      one.on('close', () => {
        open.delete(one)
        client.destroy()
        upstream.destroy()
      })
      one.on('error', () => one.destroy())
    }
    client.on('data', asked => {
      counts.requests += 1
      upstream.write(asked)
    })
    upstream.on('data', answer => backOn(client, Buffer.from(answer)))
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))

  return {
    /** How often somebody connected, and sent something. */
    counts: () => ({ ...counts }),
    make: (next: LinkFault) => {
      fault = next
      // Open connections would go on without the fault.
      if (next === 'refused') for (const socket of open) socket.destroy()
    },
    stop: () => {
      for (const socket of open) socket.destroy()
      return new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

export type UnreliableLink = Awaited<ReturnType<typeof startUnreliableLink>>
