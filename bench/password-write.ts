import { readFileSync } from 'node:fs'
import { Client } from 'ldapts'
import { passwordModifyOid, passwordModifyRequest } from '../src/directory/ldap/password-modify.ts'
import { crowdPeople } from '../test/world/crowd.ts'
import { dnOf } from '../test/world/people.ts'
import { together } from './browser.ts'
import type { Figure } from './figure.ts'
import { mainThreadTime } from './main-thread.ts'
import { median } from './portal-process.ts'
import { startOnSlapd } from './slapd-portal.ts'

const goal = 0.5
const rounds = 5
const people = 200
const atOnce = 8

/**
 * A password written by Sésame (attempt committed, lock, look-up, RFC 3062, proof by a bind, acceptance recorded)
 * against the bare RFC 3062 request and the same proof, over as many connections. No mail is sent during the measurement.
 */
export const passwordWrite = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: people, served: false, pool: atOnce })
  const { application, slapd, crowdMembers } = portal
  const dns = crowdPeople(people).map(dnOf)
  const tls = { ca: [readFileSync(slapd.caFile)] }
  const clients = await Promise.all(
    Array.from({ length: 2 * atOnce }, async () => {
      const client = new Client({ url: slapd.urls.ldaps, tlsOptions: tls, strictDN: false })
      await client.bind(slapd.portalDn, slapd.service('portal').password)
      return client
    }),
  )
  const pairs = Array.from({ length: atOnce }, (_, index) => ({
    writer: clients[index] as Client,
    prover: clients[atOnce + index] as Client,
  }))
  const measure = async (work: (index: number) => Promise<void>) => {
    const before = mainThreadTime(process.pid)
    const begun = performance.now()
    await together(crowdMembers, atOnce, (_, index) => work(index))
    return {
      perSecond: people / ((performance.now() - begun) / 1000),
      mainThread: (mainThreadTime(process.pid) - before) / people,
    }
  }

  let serial = 0
  const ours = async (index: number) => {
    const { id } = crowdMembers[index] as (typeof crowdMembers)[number]
    serial += 1
    const password = `Tr0mbone&Cascade-${serial}`
    const facts = { language: 'fr', historyHash: 'h', charterVersion: null } as const
    const prepared = await application.passwordWrite.attempts.prepare(
      { kind: 'reset', person: id, journey: null, facts },
      password,
    )
    const { source } = application.passwordWrite
    const outcome = await source.commitAndWrite(prepared, password, { record: async () => true })
    if (!outcome?.ok) throw new Error(outcome?.reason)
  }
  const bare = async (index: number) => {
    serial += 1
    const password = `Tr0mbone&Cascade-${serial}`
    const pair = pairs.pop()
    if (!pair) throw new Error('more at once than pairs of connections')
    await pair.writer.exop(passwordModifyOid, passwordModifyRequest(dns[index] ?? '', password))
    await pair.prover.bind(dns[index] ?? '', password)
    pairs.push(pair)
  }

  const ratios: number[] = []
  const rates = { ours: [] as number[], bare: [] as number[] }
  const mainThread = { ours: [] as number[], bare: [] as number[] }
  await measure(ours)
  for (let round = 0; round < rounds; round += 1) {
    const [a, b] = [await measure(ours), await measure(bare)]
    rates.ours.push(Math.round(a.perSecond))
    rates.bare.push(Math.round(b.perSecond))
    mainThread.ours.push(Number(a.mainThread.toFixed(2)))
    mainThread.bare.push(Number(b.mainThread.toFixed(2)))
    ratios.push(Number((a.perSecond / b.perSecond).toFixed(3)))
  }
  for (const client of clients) await client.unbind()
  await portal.stop()
  const value = Number(median(ratios).toFixed(3))
  return {
    figure: 'password-write-vs-raw-ldap',
    value,
    goal: `>= ${goal}`,
    good: value >= goal,
    detail: {
      'each-round': ratios,
      'at-once': atOnce,
      'sesame-per-second': median(rates.ours),
      'raw-per-second': median(rates.bare),
      'main-thread-ms-of-a-write': mainThread,
    },
  }
}
