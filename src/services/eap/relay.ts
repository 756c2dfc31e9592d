import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { authenticatorOf, codeOf, codes, identifierOf, resignAnswer, resignRequest } from './packet.ts'

type PendingRequest = { readonly port: number; readonly authenticator: Buffer }

const bindSocket = (socket: Socket, address: string) =>
  new Promise<number>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, address, () => resolve(socket.address().port))
  })

/**
 * A relay between `eapol_test` and the RADIUS server. `eapol_test` takes the shared secret in its arguments, which every user
 * of the machine can read. It therefore gets a random secret for this login only, and the relay, on the loopback interface,
 * signs each packet again with the real secret.
 */
export const openRelay = async (server: { host: string; port: number; secret: Buffer }) => {
  const { address, family } = await lookup(server.host)
  const loginSecret = randomBytes(24).toString('base64url')
  const [inner, outer] = [Buffer.from(loginSecret), server.secret]
  const [inside, outside] = [createSocket('udp4'), createSocket(family === 6 ? 'udp6' : 'udp4')]
  const pending = new Map<number, PendingRequest>()
  let rejected = false

  inside.on('message', (packet, { port }) => {
    const request = resignRequest(packet, { from: inner, to: outer })
    if (!request) return
    pending.set(identifierOf(packet), { port, authenticator: authenticatorOf(packet) })
    outside.send(request, server.port, address)
  })
  outside.on('message', (packet, from) => {
    const request = pending.get(identifierOf(packet))
    if (!request || from.address !== address || from.port !== server.port) return
    const answer = resignAnswer(packet, request.authenticator, { from: outer, to: inner })
    if (!answer) return
    if (codeOf(answer) === codes.reject) rejected = true
    inside.send(answer, request.port, '127.0.0.1')
  })

  const close = () => {
    for (const socket of [inside, outside]) socket.close()
  }
  try {
    const port = await bindSocket(inside, '127.0.0.1')
    // A server that is down answers by ICMP, which is an error event here. It is ignored: the login then ends by its time-out.
    for (const socket of [inside, outside]) socket.on('error', () => {})
    return { port, secret: loginSecret, hasRejected: () => rejected, close }
  } catch (fault) {
    close()
    throw fault
  }
}
