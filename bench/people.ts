import { newAgent, newBrowser, type StepTimes, walk } from './browser.ts'
import type { Figure } from './figure.ts'
import { median } from './portal-process.ts'
import { startOnSlapd } from './slapd-portal.ts'

const goal = 1.5
const journeys = 60
const sizes = [1000, 100_000] as const

/** Times of each step, one journey after the other. The constant-time floor is off, because it would hide the look-up. */
const timesWith = async (people: number) => {
  const limits = {
    identificationFloor: 1,
    identificationPerNetwork: 1e9,
    identificationPerNumber: 1e9,
    journeysPerNetwork: 1e9,
    postsPerSecond: 1e9,
    postsPerSecondPerNetwork: 1e9,
  }
  const portal = await startOnSlapd({ people, crowd: journeys + 10, limits })
  const agent = newAgent()
  const times: StepTimes[] = []
  for (const [index, crowdMember] of portal.crowdMembers.entries()) {
    const took = await walk(
      newBrowser(portal.port, agent, '198.51.100.1'),
      crowdMember,
      `Tr0mbone&Cascade-${crowdMember.number}`,
    )
    if (index >= 10) times.push(took)
  }
  agent.destroy()
  await portal.stop()
  const of = (step: keyof StepTimes) => Number(median(times.map(one => one[step])).toFixed(2))
  return { identify: of('identify'), joker: of('joker'), choose: of('choose') }
}

/** The worst ratio of a step's median with 100,000 people in the directory to that with 1,000. */
export const manyPeople = async (): Promise<Figure> => {
  const [few, many] = [await timesWith(sizes[0]), await timesWith(sizes[1])]
  const ratios = (['identify', 'joker', 'choose'] as const).map(step => many[step] / few[step])
  const value = Number(Math.max(...ratios).toFixed(2))
  return {
    figure: 'people-1k-vs-100k',
    value,
    goal: `<= ${goal}`,
    good: value <= goal,
    detail: { 'p50-ms-1k': few, 'p50-ms-100k': many, journeys },
  }
}
