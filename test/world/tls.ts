import { readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { createCertificateAuthority } from './authority.ts'
import { scratchFolder } from './scratch.ts'

/**
 * Serves over TLS at `front` what listens at `behind`, with a certificate of localhost. WebKit keeps no `Secure` cookie of a plain
 * http://localhost, as Chromium and Firefox do.
 */
export const startTls = async (front: number, behind: number) => {
  const folder = scratchFolder('sesame-tls-')
  createCertificateAuthority(folder)
  const read = (name: string) => readFileSync(join(folder, name))
  const open = new Set<Socket>()
  const server = createServer({ key: read('server.key'), cert: read('server.pem') }, socket => {
    const plain = connect(behind, '127.0.0.1')
    for (const one of [socket, plain]) {
      open.add(one)
      one.on('close', () => open.delete(one))
      one.on('error', () => {
        socket.destroy()
        plain.destroy()
      })
    }
    socket.pipe(plain).pipe(socket)
  })
  await new Promise<void>(resolve => server.listen(front, '127.0.0.1', resolve))
  return {
    stop: async () => {
      for (const socket of open) socket.destroy()
      await new Promise<void>(resolve => server.close(() => resolve()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
