import { readFileSync } from 'node:fs'
import { Attribute, Change, Client } from 'ldapts'
import { createServiceRounds } from '../src/services/deliveries/rounds.ts'
import { ntHash } from '../src/services/samba/nt-hash.ts'
import { deliverDepsOf } from '../src/start-jobs.ts'
import type { CrowdMember } from '../test/world/crowd.ts'
import { dnOf, worldPeople } from '../test/world/people.ts'
import { together } from './browser.ts'
import type { Figure } from './figure.ts'
import { median } from './portal-process.ts'
import { type OnSlapd, startOnSlapd } from './slapd-portal.ts'

/** The NT hash of an LDAP entry is the only service: measures a delivery without the cost of a login at the service. */
const services = [
  {
    id: 'eduroam',
    name: { fr: 'eduroam', en: 'eduroam' },
    use: { fr: 'eduroam', en: 'eduroam' },
    writer: { kind: 'samba' },
  },
]

/** People with a Samba account: nine of ten, counted over all people of the directory (`slapd-ldif.ts`). */
const known = ({ crowdMembers }: OnSlapd, others: number) => {
  const before = worldPeople(others).length
  return crowdMembers.filter((_, index) => (before + index) % 10 !== 9)
}

const queue = async ({ application }: OnSlapd, crowdMembers: readonly CrowdMember[], age = 0) => {
  for (let from = 0; from < crowdMembers.length; from += 500) {
    const rows = await Promise.all(
      crowdMembers.slice(from, from + 500).map(async ({ id: person, initialPassword, number }) => {
        const facts = { language: 'fr', historyHash: '', charterVersion: null, leaseHolder: '' } as const
        const order = { kind: 'reset', person, journey: null, facts, tries: 0, startedAt: 0 } as const
        return application.deliveries.queue.prepare(
          { ...order, id: `bench-${number}`, generation: 1 },
          null,
          initialPassword,
        )
      }),
    )
    await application.store.transaction(async tx => {
      for (const insert of rows) await insert(tx, false)
      await tx
        .updateTable('deliveries')
        .set({ created_at: Date.now() - age })
        .where('writes', '=', 0)
        .execute()
    })
  }
}

const drain = async ({ application }: OnSlapd, onProgress: (settled: number) => void = () => {}) => {
  const [place] = application.deliveries.targets
  if (!place) throw new Error('the configuration has no service')
  const rounds = createServiceRounds(deliverDepsOf(application), place)
  let settled = 0
  for (let settledCount = await rounds.run(); settledCount > 0; settledCount = await rounds.run()) {
    settled += settledCount
    onProgress(settled)
  }
  return settled
}

/** The LDAP modify that Sésame sends, alone, over the same number of connections. */
const bareRate = async ({ slapd }: OnSlapd, crowdMembers: readonly CrowdMember[]) => {
  const clients = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const client = new Client({
        url: slapd.urls.ldaps,
        strictDN: false,
        tlsOptions: { ca: [readFileSync(slapd.caFile)] },
      })
      await client.bind(slapd.portalDn, slapd.service('portal').password)
      return client
    }),
  )
  const change = (type: string, value: string) =>
    new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) })
  const begun = performance.now()
  await together(crowdMembers, 8, async ({ login }, index) => {
    const client = clients.pop()
    if (!client) throw new Error('more at once than connections')
    const changes = [
      change('sambaNTPassword', ntHash(`Nu-${index}`)),
      change('sambaPwdLastSet', String(index)),
    ]
    await client.modify(dnOf({ uid: login, population: 'staff' }), changes)
    clients.push(client)
  })
  const rate = crowdMembers.length / ((performance.now() - begun) / 1000)
  for (const client of clients) await client.unbind()
  return rate
}

/** Deliveries per second without faults, compared with the modify alone of the same entries in the same run. */
export const deliveriesPerSecond = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: 1100, config: { services }, served: false })
  const crowdMembers = known(portal, 1000)
  const people = crowdMembers.length
  const ratios: number[] = []
  const rates = { ours: [] as number[], bare: [] as number[] }
  for (let round = 0; round < 5; round += 1) {
    await portal.application.store.transaction(tx => tx.deleteFrom('deliveries').execute())
    await queue(portal, crowdMembers)
    const begun = performance.now()
    const settled = await drain(portal)
    if (settled !== people) throw new Error(`${settled} of ${people} were delivered`)
    const ours = people / ((performance.now() - begun) / 1000)
    const bare = await bareRate(portal, crowdMembers)
    rates.ours.push(Math.round(ours))
    rates.bare.push(Math.round(bare))
    ratios.push(ours / bare)
  }
  await portal.stop()
  const value = Number(median(ratios).toFixed(3))
  return {
    figure: 'deliveries-vs-raw-ldap',
    value,
    goal: '>= 0.25',
    good: value >= 0.25,
    detail: { 'sesame-per-second': median(rates.ours), 'raw-per-second': median(rates.bare), rounds: 5 },
  }
}

/** Deliveries that waited during an outage: each asks the source first, because it is late. Rate and memory must stay constant. */
export const drained = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 100, crowd: 33_334, config: { services }, served: false })
  const crowdMembers = known(portal, 100)
  const people = crowdMembers.length
  await queue(portal, crowdMembers, 3_600_000)
  const rss = () => Math.round(process.memoryUsage().rss / 1_048_576)
  const marks: { settled: number; at: number; rss: number }[] = []
  const before = rss()
  const begun = performance.now()
  const settled = await drain(portal, done => {
    marks.push({ settled: done, at: (performance.now() - begun) / 1000, rss: rss() })
  })
  await portal.stop()
  const rateOf = (from: number, to: number) => {
    const [a, b] = [marks.find(mark => mark.settled >= from), marks.find(mark => mark.settled >= to)]
    return a && b ? (b.settled - a.settled) / (b.at - a.at) : 0
  }
  const [early, late] = [rateOf(people * 0.05, people * 0.3), rateOf(people * 0.7, people * 0.95)]
  const value = Number((early / late).toFixed(2))
  const most = Math.max(...marks.map(mark => mark.rss))
  return {
    figure: 'drain-30k-early-vs-late',
    value,
    goal: '0.67 to 1.5, memory <= 1.5 × before',
    good: settled === people && value <= 1.5 && value >= 0.67 && most <= 1.5 * before,
    detail: {
      settled,
      seconds: Math.round(marks.at(-1)?.at ?? 0),
      'early-per-second': Math.round(early),
      'late-per-second': Math.round(late),
      'before-mb': before,
      'most-mb': most,
    },
  }
}

/** Time from the acceptance by the source to the proof at the service, with all services up, one change at a time. */
export const deliveryLatency = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: 400, config: { services }, served: false })
  const crowdMembers = known(portal, 1000)
  const took: number[] = []
  for (const crowdMember of crowdMembers) {
    await queue(portal, [crowdMember])
    const begun = performance.now()
    await drain(portal)
    took.push(performance.now() - begun)
  }
  await portal.stop()
  const sorted = took.sort((a, b) => a - b)
  const at = (share: number) => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1))
  return {
    figure: 'delivery-latency-p99-ms',
    value: at(0.99),
    goal: '<= 250',
    good: at(0.99) <= 250,
    detail: { deliveries: crowdMembers.length, 'p50-ms': at(0.5) },
  }
}
