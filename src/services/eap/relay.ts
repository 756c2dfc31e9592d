import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { authenticatorOf, codeOf, codes, identifierOf, resignAnswer, resignRequest } from './packet.ts'

type Pending = { readonly port: number; readonly authenticator: Buffer }

const bound = (socket: Socket, address: string) =>
  new Promise<number>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, address, () => resolve(socket.address().port))
  })

/**
 * Stands between `eapol_test` and the RADIUS server. `eapol_test` takes the shared secret in its arguments, which every
 * user of the machine can read: it is given a secret drawn for this login alone, known to this relay on the loopback, which
 * signs each packet again with the real one.
 */
export const openRelay = async (server: { host: string; port: number; secret: Buffer }) => {
  const { address, family } = await lookup(server.host)
  const own = randomBytes(24).toString('base64url')
  const [inner, outer] = [Buffer.from(own), server.secret]
  const [inside, outside] = [createSocket('udp4'), createSocket(family === 6 ? 'udp6' : 'udp4')]
  const pending = new Map<number, Pending>()
  let rejected = false

  inside.on('message', (packet, { port }) => {
    const request = resignRequest(packet, { from: inner, to: outer })
    if (!request) return
    pending.set(identifierOf(packet), { port, authenticator: authenticatorOf(packet) })
    outside.send(request, server.port, address)
  })
  outside.on('message', (packet, from) => {
    const asked = pending.get(identifierOf(packet))
    if (!asked || from.address !== address || from.port !== server.port) return
    const answer = resignAnswer(packet, asked.authenticator, { from: outer, to: inner })
    if (!answer) return
    if (codeOf(answer) === codes.reject) rejected = true
    inside.send(answer, asked.port, '127.0.0.1')
  })

  const close = () => {
    for (const socket of [inside, outside]) socket.close()
  }
  try {
    const port = await bound(inside, '127.0.0.1')
    // A server that is down answers by ICMP: nothing came back, and that says it.
    for (const socket of [inside, outside]) socket.on('error', () => {})
    return { port, secret: own, hasRejected: () => rejected, close }
  } catch (fault) {
    close()
    throw fault
  }
}
