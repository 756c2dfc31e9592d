import { readFileSync } from 'node:fs'
import { newAgent, newBrowser, together, walk } from './browser.ts'
import type { Figure } from './figure.ts'
import { startOnSlapd } from './slapd-portal.ts'

const journeys = 10_000
const people = 2000
const goal = 1.25

const rss = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** Letters, because digits could form a year of birth, which the password rules refuse. */
const lettersOf = (index: number) => [...String(index)].map(digit => 'abcdefghij'[Number(digit)]).join('')

/** Resident memory after 10,000 complete journeys, compared with that after 500, when everything was used once. */
export const memory = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: people })
  const agent = newAgent()
  const walkAll = async (count: number, round: number) =>
    together(
      Array.from({ length: count }, (_, index) => index),
      48,
      async index => {
        const crowdMember = portal.crowdMembers[index % people]
        if (!crowdMember) throw new Error('the crowd is too small')
        const browser = newBrowser(portal.port, agent, `198.51.${index % 200}.1`)
        await walk(browser, crowdMember, `Tr0mbone&Cascade-${round}${lettersOf(index)}`)
      },
    )
  await walkAll(500, 0)
  const before = rss(portal.pid)
  const seen: number[] = []
  for (let round = 1; round <= journeys / people; round += 1) {
    await walkAll(people, round)
    seen.push(Math.round(rss(portal.pid)))
  }
  agent.destroy()
  await portal.stop()
  const after = seen.at(-1) ?? 0
  const value = Number((after / before).toFixed(2))
  return {
    figure: 'rss-after-10k-vs-500',
    value,
    goal: `<= ${goal}`,
    good: value <= goal,
    detail: { journeys, 'before-mb': Math.round(before), 'each-2000-mb': seen },
  }
}
