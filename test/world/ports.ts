import { createServer } from 'node:net'

/** The workers of one run take theirs from different places: what one found free, another does not take before it is used. */
const places = 4
const room = 3000
const first = 20_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % places) * room

const given = new Set<number>()

/** A free loopback port below 32768, where the kernel hands out none by itself; no other call of this process gives it. */
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
