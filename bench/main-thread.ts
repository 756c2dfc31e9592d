import { readFileSync } from 'node:fs'
import { newAgent, newBrowser, together, walk } from './browser.ts'
import type { Figure } from './figure.ts'
import { median } from './portal-process.ts'
import { type OnSlapd, startOnSlapd } from './slapd-portal.ts'

const goal = 13
const rounds = 5
const journeys = 120
const atOnce = 16

/**
 * Milliseconds for which the main thread of a process has run on a processor (Linux). Unlike the time on the clock it hardly depends on
 * what else the machine does.
 */
export const mainThreadTime = (pid: number) =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6

/** The time of the main thread for one whole joker journey, of these rounds of people. */
const measure = async (portal: OnSlapd, round: number) => {
  const agent = newAgent()
  const people = portal.crowdMembers.slice(round * journeys, (round + 1) * journeys)
  const before = mainThreadTime(portal.pid)
  await together(people, atOnce, async (crowdMember, index) => {
    const browser = newBrowser(portal.port, agent, `198.51.${index % 100}.1`)
    await walk(browser, crowdMember, `Tr0mbone&Cascade-${crowdMember.number}`)
  })
  agent.destroy()
  return (mainThreadTime(portal.pid) - before) / journeys
}

const rounded = (values: readonly number[]) => values.map(value => Number(value.toFixed(1)))

/** What is compared: in each round, all of them in turn. */
const compared = () => {
  const crowd = journeys * (rounds + 1)
  const options = { people: 1000, crowd }
  const other = process.env.SESAME_BENCH_OTHER
  return [
    ['history-by-the-portal', options],
    ['history-by-the-directory', { ...options, config: { password: { history: 'directory' } } }],
    ...(other ? [['other-build', { ...options, tree: other }] as const] : []),
  ] as const
}

/**
 * What the main thread does for a journey, with the history of passwords in the portal and in the directory, and in the build of the
 * tree that SESAME_BENCH_OTHER names. The first round of each warms up and does not count.
 */
export const mainThread = async (): Promise<Figure> => {
  const portals = []
  for (const [name, options] of compared())
    portals.push({ name, portal: await startOnSlapd(options), took: [] as number[] })
  for (let round = 0; round <= rounds; round += 1)
    for (const { portal, took } of portals) took.push(await measure(portal, round))
  for (const { portal } of portals) await portal.stop()
  const counted = portals.map(({ name, took }) => ({ name, each: took.slice(1) }))
  const value = Number(median(counted[0]?.each ?? []).toFixed(1))
  return {
    figure: 'main-thread-ms-per-journey',
    value,
    goal: `<= ${goal}`,
    good: value <= goal,
    detail: {
      rounds,
      'at-once': atOnce,
      ...Object.fromEntries(
        counted.map(({ name, each }) => [
          name,
          { 'median-ms': Number(median(each).toFixed(1)), 'each-round': rounded(each) },
        ]),
      ),
    },
  }
}
