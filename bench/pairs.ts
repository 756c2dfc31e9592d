import { digestOf } from '../src/crypto/crypto.ts'
import { publicRef } from '../src/journeys/steps/guard.ts'
import { wrongActivationCode } from '../test/world/wrong-codes.ts'
import { type Agent, newAgent, newBrowser, together } from './browser.ts'

/**
 * How long the portal takes for one stranger and for another, in random order within each round, so that whatever the
 * machine does meanwhile falls on both.
 */
export type TimedPerson = {
  readonly who: string
  readonly slug: 'numero-personnel' | 'numero-etudiant' | 'ine'
  readonly number: string
  readonly date: string
  /** Absent: « Récupérer mon mot de passe ». */
  readonly journey?: keyof typeof journeys
  /** The answer that is timed, which must be refused. Absent: another wrong one each time. */
  readonly answer?: string
}

/** Where each journey begins, and where and how its proof is typed: one hash, or one look-up. */
const journeys = {
  password: { start: '/fr/mot-de-passe', proof: 'question-joker', field: 'reponse' },
  identifier: { start: '/fr/identifiant', proof: 'question-joker', field: 'reponse' },
  activation: { start: '/fr/activation', proof: 'code', field: 'code' },
} as const
const journeyOf = ({ journey = 'password' }: TimedPerson) => journeys[journey]
const proofOf = (timedPerson: TimedPerson) =>
  `${journeyOf(timedPerson).start}/${journeyOf(timedPerson).proof}`

export type Interval = { readonly from: number; readonly median: number; readonly to: number }

const shuffled = <T>(items: readonly T[]): T[] => {
  const left = [...items]
  return items.flatMap(() => left.splice(Math.floor(Math.random() * left.length), 1))
}

/** The median of paired differences and its 95 % interval, by ranks: no assumption on how times are distributed. */
const intervalOf = (differences: readonly number[]): Interval => {
  const sorted = [...differences].sort((a, b) => a - b)
  const at = (rank: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? NaN).toFixed(3))
  const half = (sorted.length - 1) / 2
  const spread = (1.96 * Math.sqrt(sorted.length)) / 2
  return {
    from: at(Math.floor(half - spread)),
    median: at(Math.round(half)),
    to: at(Math.ceil(half + spread)),
  }
}

/**
 * The same for differences whose two sides were drawn at random, which are therefore symmetric when neither takes longer: the
 * median of the means of all pairs of them, and the interval of Wilcoxon's signed ranks (Hodges and Lehmann, 1963). It uses
 * the size of each difference, so as many pairs tell a shorter time.
 */
const symmetricIntervalOf = (differences: readonly number[]): Interval => {
  const count = differences.length
  const means = new Float64Array((count * (count + 1)) / 2)
  let filled = 0
  for (let one = 0; one < count; one += 1)
    for (let other = one; other < count; other += 1) {
      means[filled] = ((differences[one] ?? NaN) + (differences[other] ?? NaN)) / 2
      filled += 1
    }
  means.sort()
  const spread = 1.96 * Math.sqrt((count * (count + 1) * (2 * count + 1)) / 24)
  const half = (means.length - 1) / 2
  const at = (rank: number) =>
    Number((means[Math.min(means.length - 1, Math.max(0, rank))] ?? NaN).toFixed(3))
  return {
    from: at(Math.floor(half - spread)),
    median: at(Math.round(half)),
    to: at(Math.ceil(half + spread)),
  }
}

/** Milliseconds of each round, by who asked. */
export class Times {
  readonly #taken = new Map<string, number[]>()

  add(who: string, milliseconds: number, round: number) {
    const taken = this.#taken.get(who) ?? []
    taken[round] = milliseconds
    this.#taken.set(who, taken)
  }

  /** Adds the rounds of another run after these. */
  join(other: Times) {
    for (const [who, taken] of other.#taken) this.#taken.set(who, [...(this.#taken.get(who) ?? []), ...taken])
  }

  /** The difference of two who asked in the same rounds. */
  between(one: string, other: string): Interval {
    const [a = [], b = []] = [this.#taken.get(one), this.#taken.get(other)]
    return intervalOf(a.map((took, round) => took - (b[round] ?? NaN)))
  }
}

const timed = async (work: () => Promise<{ status: number }>, expected: number) => {
  const begun = performance.now()
  const { status } = await work()
  if (status !== expected) throw new Error(`answered ${status} instead of ${expected}`)
  return performance.now() - begun
}

const identify = (timedPerson: TimedPerson, browser: ReturnType<typeof newBrowser>) =>
  browser.ask(`${journeyOf(timedPerson).start}/identification/${timedPerson.slug}`, {
    ...{ numero: timedPerson.number, naissance: timedPerson.date },
  })

type Run = {
  readonly port: number
  readonly timedPeople: readonly TimedPerson[]
  readonly rounds: number
  /** A leak that the measure must find: so many milliseconds more for that entry. */
  readonly planted?: { readonly who: string; readonly milliseconds: number }
  /** Rounds that go on side by side, each from a network of its own. */
  readonly atOnce: number
}

const withAgent = async (work: (agent: Agent) => Promise<void>) => {
  const agent = newAgent()
  await work(agent)
  agent.destroy()
}

const lanesOf = ({ rounds, atOnce }: Run) =>
  Array.from({ length: atOnce }, (_, lane) => ({
    lane,
    rounds: Array.from(
      { length: Math.ceil((rounds - lane) / atOnce) },
      (_round, index) => lane + index * atOnce,
    ),
  }))

/** The first step, including the delay to `identificationFloor`. */
export const timeIdentification = (run: Run, times: Times) =>
  withAgent(agent =>
    together(lanesOf(run), run.atOnce, async ({ lane, rounds }) => {
      for (const round of rounds)
        for (const timedPerson of shuffled(run.timedPeople)) {
          const browser = newBrowser(run.port, agent, `198.51.${lane}.1`)
          times.add(timedPerson.who, await timed(() => identify(timedPerson, browser), 303), round)
        }
    }),
  )

type Opened = TimedPerson & { readonly browser: ReturnType<typeof newBrowser>; readonly demarche: string }

/** A journey that is at the step of the proof. */
const openAtProof = async (
  port: number,
  agent: Agent,
  timedPerson: TimedPerson,
  network: string,
): Promise<Opened> => {
  const browser = newBrowser(port, agent, network)
  await identify(timedPerson, browser)
  await browser.ask(proofOf(timedPerson))
  // Computed, because the page of a suspended question has no form.
  return { ...timedPerson, browser, demarche: publicRef({ id: digestOf(browser.journey()) }) }
}

type Leak = NonNullable<Run['planted']>

const wrongTextFor = ({ field }: ReturnType<typeof journeyOf>, which: number) =>
  field === 'code' ? wrongActivationCode(which) : `faux ${which}`

/** A refused answer and its hash, or a wrong code: another one for each `which`, unless one was chosen. */
const timeAnswer = async (
  { browser, demarche, ...timedPerson }: Opened,
  which: number,
  planted?: Leak,
): Promise<number> => {
  const journey = journeyOf(timedPerson)
  const wrong = wrongTextFor(journey, which)
  const send = (text: string) => browser.ask(proofOf(timedPerson), { [journey.field]: text, demarche })
  // The answer that was refused last is recognised and not judged again: another one comes between.
  if (timedPerson.answer) await send(wrong)
  return timed(async () => {
    if (planted?.who === timedPerson.who)
      await new Promise(resolve => setTimeout(resolve, planted.milliseconds))
    return send(timedPerson.answer ?? wrong)
  }, 422)
}

/** The step of the proof, one answer after the other. */
export const timeAnswers = (run: Run, times: Times) =>
  withAgent(agent =>
    together(lanesOf(run), run.atOnce, async ({ lane, rounds }) => {
      const opened = await Promise.all(
        run.timedPeople.map(timedPerson => openAtProof(run.port, agent, timedPerson, `198.51.${lane}.1`)),
      )
      for (const round of rounds)
        for (const one of shuffled(opened))
          times.add(one.who, await timeAnswer(one, round, run.planted), round)
    }),
  )

type OpenedPair = readonly [Opened, Opened]

/** Of two answers sent at the same moment, by how much the first of the pair took longer; `swapped`: it was sent second. */
const differenceOf = async ([one, other]: OpenedPair, swapped: boolean, which: number, planted?: Leak) => {
  const sent = swapped ? [other, one] : [one, other]
  const [first = NaN, second = NaN] = await Promise.all(sent.map(each => timeAnswer(each, which, planted)))
  return swapped ? second - first : first - second
}

/** Of each pair, by how much its first took longer, in each round. */
export type Differences = Map<string, number[]>

export const intervalsOf = (differences: Differences): Readonly<Record<string, Interval>> =>
  Object.fromEntries([...differences].map(([name, all]) => [name, symmetricIntervalOf(all)]))

/**
 * The step of the proof, two answers sent at the same moment from two networks: both wait behind the same work, so that
 * they differ by their places in the queue alone. Every round sends both orders, and the mean of the two differences has no
 * place in it. Answers sent one after the other, each behind work of its own, tell less in the same time.
 */
export const timeAnswersSideBySide = async (
  run: Omit<Run, 'timedPeople'>,
  pairs: readonly (readonly [TimedPerson, TimedPerson])[],
  differences: Differences,
) => {
  const walkLane = async (agent: Agent, lane: number, rounds: readonly number[]) => {
    const open = (timedPerson: TimedPerson, side: 0 | 1) =>
      openAtProof(run.port, agent, timedPerson, `198.51.${2 * lane + side}.1`)
    const opened = await Promise.all(
      pairs.map(async ([one, other]): Promise<OpenedPair> => [await open(one, 0), await open(other, 1)]),
    )
    for (const round of rounds)
      for (const pair of shuffled(opened)) {
        const both: number[] = []
        for (const swapped of shuffled([true, false]))
          both.push(await differenceOf(pair, swapped, 2 * round + Number(swapped), run.planted))
        const name = `${pair[0].who} / ${pair[1].who}`
        const mean = both.reduce((sum, each) => sum + each) / both.length
        differences.set(name, [...(differences.get(name) ?? []), mean])
      }
  }
  await withAgent(agent =>
    together(lanesOf({ ...run, timedPeople: [] }), run.atOnce, ({ lane, rounds }) =>
      walkLane(agent, lane, rounds),
    ),
  )
}

/** Keeps the queue of hashes full from another network, until stopped; how many answers found no room in it. */
export const fillHashQueue = async (port: number, timedPeople: readonly TimedPerson[]) => {
  const agent = newAgent()
  let stopped = false
  let refused = 0
  const fill = async (index: number) => {
    const timedPerson = timedPeople[index % timedPeople.length] as TimedPerson
    const { browser, demarche } = await openAtProof(port, agent, timedPerson, '203.0.113.1')
    for (let round = 0; !stopped; round += 1)
      if (
        (await browser.ask(proofOf(timedPerson), { reponse: `plein ${index} ${round}`, demarche })).status ===
        503
      ) {
        refused += 1
        await new Promise(resolve => setTimeout(resolve, 200))
      }
  }
  // A few more than the queue has room for (`hashing.ts`). A refused request tries again, and this work would change the
  // measure.
  const filling = Array.from({ length: 208 }, (_, index) => fill(index))
  await new Promise(resolve => setTimeout(resolve, 3000))
  return {
    refused: () => refused,
    stop: async () => {
      stopped = true
      await Promise.all(filling)
      agent.destroy()
    },
  }
}

/** A sign-in by a wrong password: of somebody, of nobody, of an account that opens nothing. */
export type TimedSignIn = { readonly who: string; readonly logins: readonly string[] }

export const timeSignIns = (
  { port, rounds, atOnce }: Omit<Run, 'timedPeople'>,
  timedSignIns: readonly TimedSignIn[],
  times: Times,
) =>
  withAgent(agent =>
    together(lanesOf({ port, rounds, atOnce, timedPeople: [] }), atOnce, async ({ lane, rounds: mine }) => {
      for (const round of mine)
        for (const { who, logins } of shuffled(timedSignIns)) {
          const browser = newBrowser(port, agent, `198.51.${lane}.1`)
          // One after the other, so that the directory locks nobody.
          const identifiant = logins[round % logins.length] ?? ''
          const form = { identifiant, motdepasse: `Faux-Passage-${round}` }
          times.add(who, await timed(() => browser.ask('/fr/connexion', form), 422), round)
        }
    }),
  )
