import { type Agent, newAgent } from './browser.ts'
import type { Figure } from './figure.ts'
import { walkAll } from './journeys.ts'
import { median } from './portal-process.ts'
import { type OnSlapd, startOnSlapd } from './slapd-portal.ts'

const rounds = 5
const journeys = 120
const atOnce = 16

type PortalOptions = Pick<Parameters<typeof startOnSlapd>[0], 'store' | 'processes'>

/** A pool of connections is of one port. */
const openAgents = ({ ports }: OnSlapd) => {
  const agents = new Map<number, Agent>(ports.map(port => [port, newAgent()]))
  return {
    of: (port: number) => agents.get(port) ?? newAgent(),
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

const rateOfRound = async (portal: OnSlapd, round: number) => {
  const agents = openAgents(portal)
  const people = portal.crowdMembers.slice(round * journeys, (round + 1) * journeys)
  const begun = performance.now()
  await walkAll(portal, agents.of, people, atOnce)
  const rate = journeys / ((performance.now() - begun) / 1000)
  agents.close()
  return rate
}

const rounded = (values: readonly number[]) => values.map(value => Number(value.toFixed(1)))

/**
 * Whole joker journeys a second of one portal, divided by those of another: both on slapd, at the default settings, one after the
 * other in each round. The first round of each warms up and does not count.
 */
const compare = async (
  figure: string,
  goal: number,
  [one, other]: readonly [PortalOptions, PortalOptions],
): Promise<Figure> => {
  const start = (options: PortalOptions) =>
    startOnSlapd({ people: 1000, crowd: journeys * (rounds + 1), ...options })
  const portals = [await start(one), await start(other)] as const
  const rates: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round += 1)
    for (const nth of [0, 1] as const) rates[nth].push(await rateOfRound(portals[nth], round))
  for (const portal of portals) await portal.stop()
  const [counted, base] = [rates[0].slice(1), rates[1].slice(1)]
  const ratios = counted.map((rate, round) => rate / (base[round] ?? Number.NaN))
  const value = Number(median(ratios).toFixed(2))
  return {
    figure,
    value,
    goal: `>= ${goal}`,
    good: value >= goal,
    detail: {
      'each-round': ratios.map(ratio => Number(ratio.toFixed(2))),
      'journeys-per-second': rounded(counted),
      'of-the-other': rounded(base),
      'at-once': atOnce,
      directory: 'slapd',
    },
  }
}

export const twoProcesses = () =>
  compare('two-processes-vs-one', 0.9, [{ store: 'PostgreSQL', processes: 2 }, { store: 'PostgreSQL' }])

export const postgresql = () =>
  compare('postgresql-vs-sqlite', 0.7, [{ store: 'PostgreSQL' }, { store: 'SQLite' }])
