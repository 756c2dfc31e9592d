import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { Client } from 'ldapts'
import { trustedAuthority } from '../../trusted-authority.ts'
import type { ConnectionSettings } from './settings.ts'

/**
 * One connection to one server, encrypted before the first request. After any fault other than an LDAP result it is
 * destroyed and never used again.
 */
export type Connection = {
  readonly client: Client
  readonly server: string
  readonly isUsable: () => boolean
  /** False: the server was never reached, and nothing was sent. It is reached by the first request. */
  readonly wasReached: () => boolean
  readonly destroy: () => void
}

const isLoopback = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host)

/** `host` is given explicitly: after StartTLS Node has no other way to know which name the certificate must have. */
const tlsOptionsFor = (host: string, caFile: string | undefined): ConnectionOptions => ({
  host,
  ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
  minVersion: 'TLSv1.2',
  ...trustedAuthority(caFile),
})

export const openConnection = async (
  url: string,
  connectionSettings: ConnectionSettings,
): Promise<Connection> => {
  const { hostname, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const secure = protocol === 'ldaps:'
  if (!secure && !connectionSettings.startTls && !isLoopback(hostname))
    throw new Error(`${url}: passwords leave this machine only over TLS; use ldaps:// or startTls`)
  const tls = tlsOptionsFor(host, connectionSettings.caFile)
  // Both sockets are tracked: after StartTLS ldapts no longer watches the plain one.
  const sockets: (Socket | TLSSocket)[] = []
  let reached = false
  const track = <S extends Socket>(socket: S) => {
    sockets.push(socket)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      reached = true
    })
    socket.setNoDelay?.(true)
    return socket
  }
  /**
   * ldapts replaces a lost connection by a new one without a word: the search then finds what anybody may see, and after StartTLS
   * a password would leave in clear text.
   */
  const trackOnly = <S extends Socket>(open: () => S) => {
    if (sockets.length > 0) throw new Error('the connection was lost')
    return track(open())
  }
  const client = new Client({
    url,
    timeout: connectionSettings.answerTimeout,
    connectTimeout: connectionSettings.connectTimeout,
    strictDN: false,
    ...(secure && { tlsOptions: tls }),
    createConnection: ((...args: Parameters<typeof connect>) =>
      trackOnly(() => connect(...args))) as typeof connect,
    // With StartTLS it wraps the plain socket.
    createSecureConnection: ((...args: Parameters<typeof connectTls>) =>
      secure ? trackOnly(() => connectTls(...args)) : track(connectTls(...args))) as typeof connectTls,
  })
  const destroy = () => {
    for (const socket of sockets) socket.destroy()
  }
  if (!secure && connectionSettings.startTls)
    await client.startTLS(tls).catch(fault => {
      destroy()
      throw fault
    })
  return {
    client,
    server: url,
    isUsable: () => sockets.length === 0 || sockets.every(socket => !socket.destroyed && socket.readable),
    wasReached: () => reached,
    destroy,
  }
}
