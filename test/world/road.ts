import { connect, createServer, type Socket } from 'node:net'

/**
 * What a test may do to a server from the road that leads to it. `cut`: the connection dies when the first bytes of an
 * answer come back; `silent`: what is asked arrives, and no answer does.
 */
export type Trouble = 'none' | 'slow' | 'silent' | 'cut' | 'refused'

const slowness = 250

export const startRoad = async (port: number, to: number) => {
  let trouble: Trouble = 'none'
  const open = new Set<Socket>()

  const backOn = (road: Socket, answer: Buffer) => {
    if (trouble === 'cut') road.destroy()
    else if (trouble === 'slow') setTimeout(() => road.destroyed || road.write(answer), slowness)
    else if (trouble !== 'silent') road.write(answer)
  }

  const server = createServer(road => {
    if (trouble === 'refused') return road.resetAndDestroy()
    const behind = connect(to, '127.0.0.1')
    for (const one of [road, behind]) {
      open.add(one)
      one.on('close', () => {
        open.delete(one)
        road.destroy()
        behind.destroy()
      })
      one.on('error', () => one.destroy())
    }
    road.on('data', asked => behind.write(asked))
    behind.on('data', answer => backOn(road, Buffer.from(answer)))
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))

  return {
    make: (next: Trouble) => {
      trouble = next
      // Connections kept open would go on as if nothing were.
      if (next === 'refused') for (const socket of open) socket.destroy()
    },
    stop: () => {
      for (const socket of open) socket.destroy()
      return new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

export type Road = Awaited<ReturnType<typeof startRoad>>
