import { createServer } from 'node:net'

/** Each test worker has its own range, so that two workers cannot choose the same free port. */
const places = 4
const room = 3000
const first = 20_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % places) * room

const given = new Set<number>()

/** A free loopback port below 32768, outside the range of ephemeral ports. It is returned once per process. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = first + Math.floor(Math.random() * room)
    if (given.has(port)) continue
    const free = await new Promise<boolean>(resolve => {
      const server = createServer()
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (!free || given.has(port)) continue
    given.add(port)
    return port
  }
}
