import { connect, createServer, type Socket } from 'node:net'

/**
 * Faults of a network link. `cut`: the connection breaks when the first bytes of an answer come back. `silent`: requests arrive,
 * answers do not.
 */
export type Trouble = 'none' | 'slow' | 'silent' | 'cut' | 'refused'

const slowness = 250

export const startUnreliableLink = async (port: number, to: number) => {
  let trouble: Trouble = 'none'
  const open = new Set<Socket>()

  const backOn = (near: Socket, answer: Buffer) => {
    if (trouble === 'cut') near.destroy()
    else if (trouble === 'slow') setTimeout(() => near.destroyed || near.write(answer), slowness)
    else if (trouble !== 'silent') near.write(answer)
  }

  const server = createServer(near => {
    if (trouble === 'refused') return near.resetAndDestroy()
    const behind = connect(to, '127.0.0.1')
    for (const one of [near, behind]) {
      open.add(one)
      one.on('close', () => {
        open.delete(one)
        near.destroy()
        behind.destroy()
      })
      one.on('error', () => one.destroy())
    }
    near.on('data', asked => behind.write(asked))
    behind.on('data', answer => backOn(near, Buffer.from(answer)))
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))

  return {
    make: (next: Trouble) => {
      trouble = next
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
