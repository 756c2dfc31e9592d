import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { newAgent, newBrowser, walk } from './browser.ts'
import type { Figure } from './figure.ts'
import { startOnSlapd } from './slapd-portal.ts'

const goal = 3
const journeys = 60
/**
 * Milliseconds from one journey to the next: the flood and journeys at full speed together would send more forms in a second
 * than the whole portal admits, so the portal would refuse some.
 */
const pace = 500

/** Sends forms from one network as fast as they are answered, and counts the refusals. */
export const flood = (port: number, { address = '203.0.113.9', connections = 64 } = {}) => {
  const body = 'numero=1&naissance=1%2F2%2F1980'
  const head = `POST /fr/mot-de-passe/identification/ine HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nSec-Fetch-Site: same-origin\r\nX-Forwarded-For: ${address}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  let refused = 0
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(head))
    let held = ''
    socket.on('data', part => {
      held += part.toString('latin1')
      const end = held.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(held.slice(0, end))?.[1] ?? 0)
      if (end < 0 || held.length < end + 4 + length) return
      if (/^HTTP\/1\.1 (429|503)/.test(held)) refused += 1
      held = held.slice(end + 4 + length)
      socket.write(head)
    })
    socket.on('error', () => {})
    return socket
  })
  return {
    refused: () => refused,
    stop: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The slowest post of each step: close to a p99 for sixty journeys. */
const slowest = (times: readonly { joker: number; choose: number }[]) =>
  Math.max(...times.map(({ joker, choose }) => Math.max(joker, choose)))

/** How much slower the journeys of another network are beside a flood that is refused than without it. */
export const refusals = async (): Promise<Figure> => {
  const limits = { journeysPerNetwork: 1e9, identificationPerNetwork: 1e6, postsPerSecond: 50 }
  const portal = await startOnSlapd({ people: 1000, crowd: 2 * journeys + 10, limits })
  const agent = newAgent()
  const travel = async (from: number, count: number) => {
    const times = []
    for (const crowdMember of portal.crowdMembers.slice(from, from + count)) {
      const browser = newBrowser(portal.port, agent, '198.51.100.1')
      const next = setTimeout(pace)
      times.push(await walk(browser, crowdMember, `Tr0mbone&Cascade-${crowdMember.number}`))
      await next
    }
    return times
  }
  await travel(0, 10)
  const calm = slowest(await travel(10, journeys))
  const flooding = flood(portal.port)
  const begun = performance.now()
  const busy = slowest(await travel(10 + journeys, journeys))
  const rate = Math.round(flooding.refused() / ((performance.now() - begun) / 1000))
  flooding.stop()
  agent.destroy()
  await portal.stop()
  const value = Number((busy / calm).toFixed(2))
  return {
    figure: 'slowest-step-beside-a-flood-vs-calm',
    value,
    goal: `<= ${goal}`,
    good: value <= goal && rate > 0,
    detail: {
      'refusals-per-second': rate,
      'calm-slowest-ms': Number(calm.toFixed(1)),
      'flooded-slowest-ms': Number(busy.toFixed(1)),
    },
  }
}
