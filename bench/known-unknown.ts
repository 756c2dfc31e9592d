import { newAgent, newBrowser, together } from './browser.ts'
import type { Figure } from './figure.ts'
import { type OnSlapd, startOnSlapd } from './slapd-portal.ts'

const goal = 1
const planted = 5
const people = 250
const answersEach = 4

const joker = '/fr/mot-de-passe/question-joker'
const identify = '/fr/mot-de-passe/identification/numero-personnel'

const shuffled = <T>(pair: readonly [T, T]): readonly [T, T] =>
  Math.random() < 0.5 ? pair : [pair[1], pair[0]]

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN

/** Median of the paired differences, and its 95 % interval by 1,000 resamplings. */
const interval = (differences: readonly number[]) => {
  const medians = Array.from({ length: 1000 }, () => {
    const drawn = differences.map(() => differences[Math.floor(Math.random() * differences.length)] ?? 0)
    return percentile(
      drawn.sort((a, b) => a - b),
      0.5,
    )
  }).sort((a, b) => a - b)
  return [percentile(medians, 0.025), percentile(medians, 0.5), percentile(medians, 0.975)].map(ms =>
    Number(ms.toFixed(3)),
  )
}

const timed = async (work: () => Promise<unknown>) => {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** One pair: somebody known and nobody, in random order, each step at the same moment of the same run. */
const pairOf = async (portal: OnSlapd, index: number, agents: ReturnType<typeof newAgent>) => {
  const { number = '', date = '' } = portal.travellers[index] ?? {}
  const visits = [number, `9${number}`].map(typed => ({
    typed,
    known: typed === number,
    browser: newBrowser(portal.port, agents, `198.51.${index % 200}.1`),
    ref: '',
  })) as [Visit, Visit]
  const first = { known: 0, unknown: 0 }
  for (const visit of shuffled(visits)) {
    const took = await timed(() => visit.browser.ask(identify, { numero: visit.typed, naissance: date }))
    first[visit.known ? 'known' : 'unknown'] = took
    visit.ref = /name="demarche" value="([^"]*)"/.exec((await visit.browser.ask(joker)).html)?.[1] ?? ''
  }
  const answers: number[] = []
  for (let tried = 0; tried < answersEach; tried += 1) {
    const took = { known: 0, unknown: 0 }
    for (const visit of shuffled(visits))
      took[visit.known ? 'known' : 'unknown'] = await timed(() =>
        visit.browser.ask(joker, { reponse: `faux ${tried}`, demarche: visit.ref }),
      )
    answers.push(took.known - took.unknown)
  }
  return { identification: first.known - first.unknown, answers }
}

type Visit = { typed: string; known: boolean; browser: ReturnType<typeof newBrowser>; ref: string }

/** Somebody known against nobody: the 95 % interval of the median difference, and the same with a leak planted. */
export const knownUnknown = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: people })
  const agent = newAgent()
  const identifications: number[] = []
  const answers: number[] = []
  const indexes = Array.from({ length: people }, (_, index) => index)
  await together(indexes, 1, async index => {
    const pair = await pairOf(portal, index, agent)
    if (index < 10) return
    identifications.push(pair.identification)
    answers.push(...pair.answers)
  })
  agent.destroy()
  await portal.stop()
  const [asked, answered] = [interval(identifications), interval(answers)]
  const withLeak = interval(answers.map(difference => difference + planted))
  const worst = Math.max(...[...asked, ...answered].map(Math.abs))
  const found = (withLeak[0] ?? 0) > goal
  return {
    figure: 'known-unknown-ms',
    value: Number(worst.toFixed(3)),
    goal: `95 % interval within ±${goal}, a leak of ${planted} found`,
    good: worst <= goal && found,
    detail: {
      pairs: { identification: identifications.length, answer: answers.length },
      identification: asked,
      answer: answered,
      planted: withLeak,
    },
  }
}
