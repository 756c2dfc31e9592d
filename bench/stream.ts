import { setTimeout } from 'node:timers/promises'
import { type Agent, newAgent, newBrowser } from './browser.ts'
import type { Figure } from './figure.ts'
import { startOnSlapd } from './slapd-portal.ts'

const goal = 0.99
const perSecond = 15
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

/** The first hour of the academic year with the default limits: how many people finish, each from a separate network. */
export const stream = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: perSecond * seconds, limits: {} })
  const agent = newAgent()
  const result = { refused: 0, slowest: 0 }
  const begun = performance.now()
  const walks = portal.crowdMembers.map(async (crowdMember, index) => {
    await setTimeout((index / perSecond) * 1000)
    const network = `10.${index >> 8}.${index & 255}.1`
    return person({ port: portal.port, agent, network }, crowdMember, result).catch(() => false)
  })
  const done = await Promise.all(walks)
  const took = (performance.now() - begun) / 1000
  agent.destroy()
  await portal.stop()
  const finished = done.filter(Boolean).length
  const value = Number((finished / done.length).toFixed(4))
  return {
    figure: 'finish-of-15-people-a-second',
    value,
    goal: `>= ${goal}`,
    good: value >= goal,
    detail: {
      people: done.length,
      finished,
      'seconds-of-arrivals': seconds,
      'seconds-until-the-last-finished': Math.round(took),
      'posts-told-to-come-again': result.refused,
      'slowest-post-ms': Math.round(result.slowest),
    },
  }
}
