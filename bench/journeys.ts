import { openHashing } from '../src/hashing/hashing.ts'
import { newAgent, newBrowser, together, walk } from './browser.ts'
import type { Figure } from './figure.ts'
import { median } from './portal-process.ts'
import { startOnSlapd } from './slapd-portal.ts'

const goal = 0.8
const rounds = 3
const journeys = 400
/** Enough concurrent journeys that a hash always waits, although some wait for the constant-time floor or the directory. */
const atOnce = 96

/** Hashes per second of the same worker pool when it does nothing else. */
const hashRate = async () => {
  const hashing = openHashing()
  const orders = Array.from({ length: 240 }, (_, index) => index)
  const begun = performance.now()
  await together(orders, 16, async index => {
    const order = { password: `p${index}`, salt: 'c2FsdHNhbHRzYWx0', pepper: Buffer.alloc(32) }
    const done = await hashing.hash({ ...order, network: `n${index % 8}`, queueKey: `j${index}` })
    if (!done.ok) throw new Error(done.reason)
  })
  const rate = orders.length / ((performance.now() - begun) / 1000)
  await hashing.close()
  return rate
}

/** Complete journeys per second on slapd, compared with the limit given by two hashes for each journey. */
export const journeysVsHash = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: journeys * rounds })
  const agent = newAgent()
  const ratios: number[] = []
  const rates: number[] = []
  const limits: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const limit = (await hashRate()) / 2
    const people = portal.crowdMembers.slice(round * journeys, (round + 1) * journeys)
    const begun = performance.now()
    await together(people, atOnce, async (crowdMember, index) => {
      const browser = newBrowser(portal.port, agent, `198.51.${index % 100}.1`)
      await walk(browser, crowdMember, `Tr0mbone&Cascade-${crowdMember.number}`)
    })
    const rate = journeys / ((performance.now() - begun) / 1000)
    rates.push(Number(rate.toFixed(1)))
    limits.push(Number(limit.toFixed(1)))
    ratios.push(rate / limit)
  }
  agent.destroy()
  await portal.stop()
  const value = Number(median(ratios).toFixed(3))
  return {
    figure: 'journeys-vs-hash-limit',
    value,
    goal: `>= ${goal}`,
    good: value >= goal,
    detail: {
      rounds,
      'journeys-per-second': rates,
      'hash-limit-per-second': limits,
      'at-once': atOnce,
      directory: 'slapd',
    },
  }
}
