import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Client } from 'ldapts'
import { dnOf } from '../test/world/people.ts'
import { newVisitor } from '../test/world/visitor.ts'
import { together } from './browser.ts'
import type { Figure } from './figure.ts'
import { rateOf } from './load.ts'
import { median } from './portal-process.ts'
import { type OnSlapd, startOnSlapd, wide } from './slapd-portal.ts'

const rounds = 5
const atOnce = 16
const signIns = 160
const page = '/fr/compte/sessions'
/** Many times the load of the first morning of a year: forty thousand people within an hour are 11 a second. */
const goals = { pages: 200, signIns: 50 }

/** Without the constant-time floor, which would hide the cost of a sign-in, and without the limit of sign-ins of one network. */
const limits = { ...wide, identificationFloor: 1, signInPerNetwork: 1e9 }

/**
 * Answers per second for a signed-in person. Their lengths differ with the time that they show, so each length is read from its
 * head, which `rateOf` need not do.
 */
const signedRate = async ({ port }: OnSlapd, cookie: string, milliseconds: number) => {
  const asked = `GET ${page} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept-Encoding: br\r\nCookie: ${cookie}\r\n\r\n`
  let answered = 0
  const start = performance.now()
  const sockets = Array.from({ length: atOnce }, () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(asked))
    let held = ''
    socket.on('data', part => {
      held += part.toString('latin1')
      const end = held.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(held.slice(0, end))?.[1] ?? 0)
      if (end < 0 || held.length < end + 4 + length) return
      if (!held.startsWith('HTTP/1.1 200')) throw new Error(`${page} answered ${held.slice(0, end)}`)
      answered += 1
      held = held.slice(end + 4 + length)
      socket.write(asked)
    })
    socket.on('error', () => {})
    return socket
  })
  await new Promise(resolve => setTimeout(resolve, milliseconds))
  const rate = (answered / (performance.now() - start)) * 1000
  for (const socket of sockets) socket.destroy()
  return rate
}

/** A page rendered for one person, compared with the entry page that is rendered once: interleaved rounds. */
export const signedInPages = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: 1, limits })
  const [crowdMember] = portal.crowdMembers
  const visitor = newVisitor(portal.url)
  await visitor.signIn(crowdMember?.login ?? '', crowdMember?.initialPassword ?? '')
  const cookie = [...visitor.cookies].map(([name, cookieValue]) => `${name}=${cookieValue}`).join('; ')
  const entry = { port: portal.port, path: '/fr/connexion', connections: atOnce, milliseconds: 1500 }
  await signedRate(portal, cookie, 1500)
  const rates = { signed: [] as number[], entry: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    rates.signed.push(Math.round(await signedRate(portal, cookie, 1500)))
    rates.entry.push(Math.round(await rateOf(entry)))
  }
  await portal.stop()
  const value = median(rates.signed)
  return {
    figure: 'signed-in-pages-per-second',
    value,
    goal: `>= ${goals.pages}`,
    good: value >= goals.pages,
    detail: { page, rounds, 'entry-pages-per-second': median(rates.entry), directory: 'slapd' },
  }
}

/** Binds of the same people alone, over the same number of connections. */
const bareBinds = async ({ slapd, crowdMembers }: OnSlapd) => {
  const clients = Array.from(
    { length: atOnce },
    () =>
      new Client({
        url: slapd.urls.ldaps,
        strictDN: false,
        tlsOptions: { ca: [readFileSync(slapd.caFile)] },
      }),
  )
  const begun = performance.now()
  await together(crowdMembers, atOnce, async ({ login, initialPassword }) => {
    const client = clients.pop()
    if (!client) throw new Error('more at once than connections')
    await client.bind(dnOf({ uid: login, population: 'staff' }), initialPassword)
    clients.push(client)
  })
  const rate = crowdMembers.length / ((performance.now() - begun) / 1000)
  for (const client of clients) await client.unbind()
  return rate
}

/** Sign-ins with the right password, each opening a session, compared with binds alone of the same people. */
export const signInsPerSecond = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: signIns, limits })
  const enter = async () => {
    const begun = performance.now()
    await together(portal.crowdMembers, atOnce, async ({ login, initialPassword }) => {
      const { status, location } = await newVisitor(portal.url).signIn(login, initialPassword)
      if (location !== '/fr/compte') throw new Error(`sign-in answered ${status} ${location ?? ''}`)
    })
    return signIns / ((performance.now() - begun) / 1000)
  }
  await enter()
  const rates = { ours: [] as number[], bare: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    rates.ours.push(Math.round(await enter()))
    rates.bare.push(Math.round(await bareBinds(portal)))
  }
  await portal.stop()
  const value = median(rates.ours)
  return {
    figure: 'sign-ins-per-second',
    value,
    goal: `>= ${goals.signIns}`,
    good: value >= goals.signIns,
    detail: { rounds, 'at-once': atOnce, 'raw-binds-per-second': median(rates.bare), directory: 'slapd' },
  }
}
