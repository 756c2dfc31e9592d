import { createSocket } from 'node:dgram'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { seconds } from '../clock.ts'
import { trustedAuthority } from '../trusted-authority.ts'
import { framed } from './message.ts'
import { portOf, type SyslogSettings } from './settings.ts'

const timeout = seconds(20)

/** Why the collector has not taken the messages. The caller sends them again. */
class CollectorUnavailable extends Error {
  constructor(settings: SyslogSettings, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`the collector ${settings.host}:${portOf(settings)} did not take the audit events: ${why}`, {
      cause,
    })
  }
}

const openConnection = (settings: SyslogSettings): Socket => {
  const { host, transport, caFile } = settings
  const to = { host, port: portOf(settings), allowHalfOpen: true }
  if (transport === 'tcp') return connectTcp(to)
  const name = isIP(host) ? {} : { servername: host }
  return connectTls({ ...to, ...name, ...trustedAuthority(caFile), minVersion: 'TLSv1.2' })
}

/** A collector that refuses a connection, or that is being stopped, closes it at once. */
const refusedWithin = 200

/**
 * Sends the messages over one connection and closes the sending half of it. Syslog has no acknowledgement: that a write succeeded only means
 * that this machine keeps the bytes. A collector ends its own half once it has read the end of ours, and resets the connection
 * where it has not read all of it. So its end after ours is the acknowledgement, and without one the messages are sent again.
 */
const sendOverConnection = (settings: SyslogSettings, messages: readonly string[]) =>
  new Promise<void>((resolve, reject) => {
    const socket = openConnection(settings)
    const fail = (fault: unknown) => {
      socket.destroy()
      reject(new CollectorUnavailable(settings, fault))
    }
    socket.setTimeout(timeout, () => fail('no answer in time'))
    socket.on('error', fail)
    socket.on('close', () => fail('it closed the connection'))
    socket.once(settings.transport === 'tls' ? 'secureConnect' : 'connect', () => {
      socket.on('end', () => {
        if (!socket.writableFinished) return fail('it closed the connection')
        resolve()
        socket.destroy()
      })
      // What a collector answers is not read, but its end comes only after it.
      socket.resume()
      setTimeout(() => socket.end(messages.map(framed).join('')), refusedWithin)
    })
  })

/** A datagram for each message. Nothing says whether it arrives. */
const sendDatagrams = async (settings: SyslogSettings, messages: readonly string[]) => {
  const socket = createSocket(isIP(settings.host) === 6 ? 'udp6' : 'udp4')
  try {
    for (const message of messages)
      await new Promise<void>((resolve, reject) =>
        socket.send(message, portOf(settings), settings.host, fault => (fault ? reject(fault) : resolve())),
      )
  } catch (fault) {
    throw new CollectorUnavailable(settings, fault)
  } finally {
    socket.close()
  }
}

/** Throws `CollectorUnavailable`. */
export const sendMessages = (settings: SyslogSettings, messages: readonly string[]) =>
  settings.transport === 'udp' ? sendDatagrams(settings, messages) : sendOverConnection(settings, messages)
