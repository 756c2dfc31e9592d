import { connect, createServer, type Socket } from 'node:net'

/** A TCP load balancer without sticky sessions: connections go to the servers in turn. */
export const startBalancer = async (port: number, servers: readonly number[]) => {
  let next = 0
  const open = new Set<Socket>()
  const balancer = createServer(socket => {
    const server = servers[next % servers.length] ?? 0
    next += 1
    const behind = connect(server, '127.0.0.1')
    for (const one of [socket, behind]) {
      open.add(one)
      one.on('close', () => open.delete(one))
      one.on('error', () => {
        socket.destroy()
        behind.destroy()
      })
    }
    socket.pipe(behind).pipe(socket)
  })
  await new Promise<void>(resolve => balancer.listen(port, '127.0.0.1', resolve))
  return {
    stop: () => {
      for (const socket of open) socket.destroy()
      return new Promise<void>(resolve => balancer.close(() => resolve()))
    },
  }
}
