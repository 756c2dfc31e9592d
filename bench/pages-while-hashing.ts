import { newAgent, newBrowser } from './browser.ts'
import type { Figure } from './figure.ts'
import { median } from './portal-process.ts'
import { type OnSlapd, startOnSlapd } from './slapd-portal.ts'

const goal = 3
const goalMilliseconds = 10
const rounds = 5
const milliseconds = 3000

const percentile = (numbers: readonly number[], share: number) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Requests one page after the other, as one visitor. Returns the p99. */
const p99 = async (portal: OnSlapd) => {
  const agent = newAgent()
  const browser = newBrowser(portal.port, agent, '192.0.2.1')
  const took: number[] = []
  const until = performance.now() + milliseconds
  while (performance.now() < until) {
    const begun = performance.now()
    await browser.ask('/fr/aide')
    took.push(performance.now() - begun)
  }
  agent.destroy()
  return percentile(took, 0.99)
}

/** Keeps the queue of hashes full with wrong answers of people who do not exist. */
const keepHashing = (portal: OnSlapd) => {
  const agent = newAgent()
  let stopped = false
  const one = async (index: number) => {
    for (let round = 0; !stopped; round += 1) {
      const browser = newBrowser(portal.port, agent, `203.0.${index}.1`)
      const number = String(1_000_000 + index * 10_000 + round)
      await browser.ask('/fr/mot-de-passe/identification/numero-personnel', {
        numero: number,
        naissance: '1/2/1980',
      })
      const page = await browser.ask('/fr/mot-de-passe/question-joker')
      const demarche = /name="demarche" value="([^"]*)"/.exec(page.html)?.[1] ?? ''
      for (let tried = 0; tried < 4 && !stopped; tried += 1)
        await browser.ask('/fr/mot-de-passe/question-joker', { reponse: `faux ${tried}`, demarche })
    }
  }
  const all = Array.from({ length: 40 }, (_, index) => one(index))
  return async () => {
    stopped = true
    await Promise.all(all)
    agent.destroy()
  }
}

/** Latency of pages while every core hashes, compared with an idle portal: five interleaved rounds. */
export const pagesWhileHashing = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: 0 })
  const idle: number[] = []
  const hashing: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    idle.push(await p99(portal))
    const stop = keepHashing(portal)
    await new Promise(resolve => setTimeout(resolve, 800))
    hashing.push(await p99(portal))
    await stop()
  }
  await portal.stop()
  const [calm, busy] = [median(idle), median(hashing)]
  const value = Number((busy / calm).toFixed(2))
  return {
    figure: 'get-p99-while-hashing-vs-idle',
    value,
    goal: `<= ${goal}, or <= ${goalMilliseconds} ms`,
    good: value <= goal || busy <= goalMilliseconds,
    detail: { rounds, 'idle-p99-ms': Number(calm.toFixed(2)), 'hashing-p99-ms': Number(busy.toFixed(2)) },
  }
}
