import { setTimeout } from 'node:timers/promises'
import { type Agent, newAgent, newBrowser } from './browser.ts'
import type { Figure } from './figure.ts'
import { walkAll } from './journeys.ts'
import { type OnSlapd, startOnSlapd } from './slapd-portal.ts'

const goal = 0.99
const ordinary = 15
const seconds = 120
/** A person who has not finished by then counts as lost to the helpdesk. */
const patience = 5 * 60_000

const thinking = () => setTimeout(5000 + Math.random() * 15_000)
const home = '/fr/mot-de-passe/identification/numero-personnel'
const joker = '/fr/mot-de-passe/question-joker'
const choose = '/fr/mot-de-passe/nouveau'
const refIn = (html: string) => /name="demarche" value="([^"]*)"/.exec(html)?.[1] ?? ''

type Browser = ReturnType<typeof newBrowser>
type StreamResult = { refused: number; slowest: number }

/** Sends a form. When the portal is full, sends it again after the wait that its page gives. */
const sent = async (
  browser: Browser,
  path: string,
  filled: (html: string) => Readonly<Record<string, string>>,
  result: StreamResult,
): Promise<string> => {
  const until = performance.now() + patience
  let { html } = await browser.ask(path)
  await thinking()
  while (performance.now() < until) {
    const begun = performance.now()
    const answer = await browser.ask(path, filled(html))
    result.slowest = Math.max(result.slowest, performance.now() - begun)
    if (answer.status !== 503) return answer.location
    result.refused += 1
    await setTimeout(Number(answer.retryAfter) * 1000)
    // A page without secrets sends its form again by itself; otherwise the page of the step comes back and the form is filled again.
    if (answer.html.includes('data-retry')) continue
    html = (await browser.ask(path)).html
    await setTimeout(2000 + Math.random() * 3000)
  }
  return ''
}

const person = async (
  at: { port: number; agent: Agent; network: string },
  { number, date }: { number: string; date: string },
  result: StreamResult,
) => {
  const browser = newBrowser(at.port, at.agent, at.network)
  const identified = await sent(browser, home, () => ({ numero: number, naissance: date }), result)
  if (!identified.endsWith('question-joker')) return false
  const answered = await sent(browser, joker, html => ({ reponse: 'rex', demarche: refIn(html) }), result)
  if (!answered.endsWith('nouveau')) return false
  const password = `Tr0mbone&Cascade-${number}`
  const chosen = await sent(
    browser,
    choose,
    html => ({ nouveau: password, confirmation: password, charte: 'oui', demarche: refIn(html) }),
    result,
  )
  return chosen.endsWith('termine')
}

type Arrivals = { readonly perSecond: number; readonly people: OnSlapd['crowdMembers'] }

/** People who arrive at a steady rate, each from a separate network: who finished, and how many seconds after the first arrival. */
const walkStream = async (portal: OnSlapd, { perSecond, people }: Arrivals) => {
  const agent = newAgent()
  const result = { refused: 0, slowest: 0 }
  const begun = performance.now()
  const finishedAt: number[] = []
  const walks = people.map(async (crowdMember, index) => {
    await setTimeout((index / perSecond) * 1000)
    const network = `10.${index >> 8}.${index & 255}.1`
    const done = await person({ port: portal.port, agent, network }, crowdMember, result).catch(() => false)
    if (done) finishedAt.push((performance.now() - begun) / 1000)
  })
  await Promise.all(walks)
  agent.destroy()
  return { ...result, finishedAt, took: (performance.now() - begun) / 1000 }
}

type StreamOutcome = Awaited<ReturnType<typeof walkStream>>

const detailOf = ({ finishedAt, took, refused, slowest }: StreamOutcome, people: number) => ({
  people,
  finished: finishedAt.length,
  'seconds-of-arrivals': seconds,
  'seconds-until-the-last-finished': Math.round(took),
  'posts-asked-to-come-again': refused,
  'slowest-post-ms': Math.round(slowest),
})

/** The first hour of the academic year with the default limits: how many people finish. */
export const stream = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: ordinary * seconds, limits: {} })
  const outcome = await walkStream(portal, { perSecond: ordinary, people: portal.crowdMembers })
  await portal.stop()
  const people = portal.crowdMembers.length
  const value = Number((outcome.finishedAt.length / people).toFixed(4))
  return {
    figure: 'finish-of-15-people-a-second',
    value,
    goal: `>= ${goal}`,
    good: value >= goal,
    detail: detailOf(outcome, people),
  }
}

const crowded = 30
const kept = 0.9
const warmUp = 120
const atPeak = 240

/** Journeys a second of people who do not think, sixteen at once, after a round that warms up. */
const peakOf = async (portal: OnSlapd) => {
  const agent = newAgent()
  await walkAll(portal, () => agent, portal.crowdMembers.slice(0, warmUp), 16)
  const begun = performance.now()
  await walkAll(portal, () => agent, portal.crowdMembers.slice(warmUp, warmUp + atPeak), 16)
  agent.destroy()
  return atPeak / ((performance.now() - begun) / 1000)
}

/**
 * Twice as many: how many finish a second from the first minute on until arrivals end, as a fraction of what the portal can do at
 * its best, or of the arrivals if these are fewer. Whoever arrives must finish: at once, or when the page that asks to wait says.
 */
export const crowdedStream = async (): Promise<Figure> => {
  const before = warmUp + atPeak
  const portal = await startOnSlapd({ people: 1000, crowd: before + crowded * seconds, limits: {} })
  const peak = await peakOf(portal)
  const people = portal.crowdMembers.slice(before)
  const outcome = await walkStream(portal, { perSecond: crowded, people })
  await portal.stop()
  const measured = outcome.finishedAt.filter(at => at >= 60 && at < seconds).length / (seconds - 60)
  const value = Number((measured / Math.min(peak, crowded)).toFixed(3))
  return {
    figure: 'throughput-at-30-people-a-second',
    value,
    goal: `>= ${kept} of the peak, and all finish`,
    good: value >= kept && outcome.finishedAt.length === people.length,
    detail: {
      ...detailOf(outcome, people.length),
      'peak-per-second': Number(peak.toFixed(1)),
      'finished-per-second': Number(measured.toFixed(1)),
    },
  }
}
