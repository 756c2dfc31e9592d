import { openBareJourney, operationsOfJourney } from './bare-journey.ts'
import { type Agent, newAgent, newBrowser, together, walk } from './browser.ts'
import type { Figure } from './figure.ts'
import { median } from './portal-process.ts'
import { type OnSlapd, startOnSlapd } from './slapd-portal.ts'

const goal = 0.75
const rounds = 5
const journeys = 200
/** Enough concurrent journeys that a hash always waits, although some wait for the constant-time floor or the directory. */
const atOnce = 96

/** Whole journeys of these people, spread over the processes of the portal. */
export const walkAll = (
  { ports }: Pick<OnSlapd, 'ports'>,
  agentOf: (port: number) => Agent,
  people: OnSlapd['crowdMembers'],
  inParallel: number,
) =>
  together(people, inParallel, async (crowdMember, index) => {
    const port = ports[index % ports.length] ?? Number.NaN
    const browser = newBrowser(port, agentOf(port), `198.51.${index % 100}.1`)
    await walk(browser, crowdMember, `Tr0mbone&Cascade-${crowdMember.number}`)
  })

const walkRound = (portal: OnSlapd, agent: Agent, round: number) =>
  walkAll(portal, () => agent, portal.crowdMembers.slice(round * journeys, (round + 1) * journeys), atOnce)

const perSecond = async (work: () => Promise<unknown>) => {
  const begun = performance.now()
  await work()
  return journeys / ((performance.now() - begun) / 1000)
}

/**
 * Complete journeys per second on slapd, at the default settings, against what the same cores do in a round before with the same
 * client and the same slapd, without Sésame: a median of interleaved rounds. The first journeys warm up, and are counted.
 */
export const journeysVsFloor = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: journeys * (rounds + 1) })
  const agent = newAgent()
  const operations = await operationsOfJourney(portal, journeys, () => walkRound(portal, agent, rounds))
  const bare = await openBareJourney(portal, operations, atOnce)
  const indexes = (round: number) => Array.from({ length: journeys }, (_, index) => round * journeys + index)
  const ratios: number[] = []
  const rates: number[] = []
  const floors: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const floor = await perSecond(() => together(indexes(round), atOnce, index => bare.walk(agent, index)))
    const rate = await perSecond(() => walkRound(portal, agent, round))
    floors.push(Number(floor.toFixed(1)))
    rates.push(Number(rate.toFixed(1)))
    ratios.push(Number((rate / floor).toFixed(3)))
  }
  agent.destroy()
  await bare.close()
  await portal.stop()
  const value = median(ratios)
  return {
    figure: 'journeys-vs-the-same-work',
    value,
    goal: `>= ${goal}`,
    good: value >= goal,
    detail: {
      'each-round': ratios,
      'journeys-per-second': rates,
      'same-work-per-second': floors,
      'directory-operations-of-a-journey': operations,
      'at-once': atOnce,
      directory: 'slapd',
    },
  }
}
