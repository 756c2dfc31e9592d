import { days, hours } from '../src/clock.ts'
import type { CrowdMember } from '../test/world/crowd.ts'
import { worldPeople } from '../test/world/people.ts'
import { newAgent, newBrowser, walk } from './browser.ts'
import type { Figure } from './figure.ts'
import {
  type Differences,
  fillHashQueue,
  type Interval,
  intervalsOf,
  type TimedPerson,
  type TimedSignIn,
  Times,
  timeAnswers,
  timeAnswersSideBySide,
  timeIdentification,
  timeSignIns,
} from './pairs.ts'
import { type OnSlapd, startOnSlapd, wide } from './slapd-portal.ts'

const goal = 1
const people = 1000
const rounds = 1000
const planted = 5

const limits = {
  ...wide,
  // The floor hides the duration of the search. A shorter floor hides it as well, and can be measured five times as often.
  identificationFloor: 50,
  // The same people are asked again and again: a suspended question costs the same, but shows another sentence.
  ...{ jokerTries: 1e9, jokerTriesKnownBrowser: 1e9 },
  // Five tries are a person's; ten thousand would be counted anew at each answer, and the measure would slow itself.
  jokerWindow: 1000,
  jokerWrongPerNetwork: 1e9,
  ...{ activationTries: 1e9, signInPerNetwork: 1e9 },
  ...{ failedBinds: 1e9, failedBindsInARow: 1e9, failedNamesPerNetwork: 1e9 },
  // With a full queue the measure takes longer than a journey lives.
  ...{ journeyIdle: hours(6), journeyMaxAge: hours(6) },
}

/** Each is compared with the first of its line. */
const lines = [
  [
    'somebody',
    ...['nobody', 'a wrong date', 'somebody without a joker', 'a number of another population'],
    ...['a frozen account', 'an account that has ended', 'an owner who succeeded'],
  ],
  ['a student by number', 'the student by INE', 'an INE of nobody'],
  ['an identifier', 'an identifier of nobody', 'an identifier, a wrong date'],
  ['a newcomer', 'a newcomer who does not exist', 'a newcomer, a wrong date', 'somebody active already'],
  ['a login', 'a login of nobody', 'a login of a frozen account'],
  ['a wrong answer while suspended', 'the right answer while suspended'],
  ['a wrong answer while frozen', 'the right answer while frozen'],
] as const
const underLoad = ['somebody', 'nobody', 'a frozen account', 'an account that has ended']
/** With a full queue an answer waits for chance: more pairs tell a millisecond from it. */
const roundsUnderLoad = 3000
const roundsOfLeakUnderLoad = 300
const portals = 10
const isFew = ({ who }: TimedPerson) => underLoad.includes(who)

const staff = (who: string, number: string, date: string): TimedPerson => ({
  ...{ who, slug: 'numero-personnel', number, date },
})

/** Somebody of the world's staff who has left. */
const ended = () => {
  const person = worldPeople(people).find(({ endsAt, staffNumber, born }) => endsAt && staffNumber && born)
  const [year, month, day] = person?.born?.split('-') ?? []
  if (!person?.staffNumber) throw new Error('nobody has left')
  return staff('an account that has ended', person.staffNumber, `${day}/${month}/${year}`)
}

/** How many of the crowd are asked for by name. */
const named = 5

/** Everybody who is asked for: one account is frozen, one question suspended, the owner of another has just chosen a password. */
const prepare = async ({ port, application, crowdMembers }: OnSlapd): Promise<readonly TimedPerson[]> => {
  const [known, frozen, owner, newcomer, suspended] = crowdMembers
  if (!known || !frozen || !owner || !newcomer || !suspended) throw new Error('the crowd is too small')
  const agent = newAgent()
  await walk(newBrowser(port, agent, '192.0.2.1'), owner, 'Tr0mbone&Cascade-3')
  agent.destroy()
  const freeze = { kind: 'frozen', until: null, by: 'bench', reason: 'bench' } as const
  await application.store.transaction(async tx => {
    await application.accounts.freezes.put(tx, { person: frozen.id, ...freeze })
    const suspension = { level: 1, until: Date.now() + days(1), at: Date.now() }
    await tx
      .insertInto('joker_suspensions')
      .values({ subject: suspended.id, browser: '', ...suspension })
      .execute()
    // A person who has a joker is active, so an activation code does nothing for them.
    await tx.deleteFrom('jokers').where('person', '=', newcomer.id).execute()
    await application.proofs.activationCodes.make(tx, newcomer.id, days(1))
  })
  return [
    staff('somebody', known.number, known.date),
    staff('nobody', '990001', known.date),
    staff('a wrong date', known.number, '3/3/1983'),
    staff('somebody without a joker', '198077', '2/5/1972'),
    staff('a number of another population', '22104587', '3/11/2004'),
    staff('a frozen account', frozen.number, frozen.date),
    ended(),
    staff('an owner who succeeded', owner.number, owner.date),
    { ...staff('a student by number', '22104587', '3/11/2004'), slug: 'numero-etudiant' },
    { ...staff('the student by INE', '0123456789M', '3/11/2004'), slug: 'ine' },
    { ...staff('an INE of nobody', '1123456789A', '3/11/2004'), slug: 'ine' },
    { ...staff('an identifier', known.number, known.date), journey: 'identifier' },
    { ...staff('an identifier of nobody', '990001', known.date), journey: 'identifier' },
    { ...staff('an identifier, a wrong date', known.number, '3/3/1983'), journey: 'identifier' },
    { ...staff('a newcomer', newcomer.number, newcomer.date), journey: 'activation' },
    { ...staff('a newcomer who does not exist', '990002', newcomer.date), journey: 'activation' },
    { ...staff('a newcomer, a wrong date', newcomer.number, '3/3/1983'), journey: 'activation' },
    { ...staff('somebody active already', owner.number, owner.date), journey: 'activation' },
    ...answered('while suspended', suspended),
    ...answered('while frozen', frozen),
  ]
}

/** A right and a wrong answer of a person who is refused whatever they answer. */
const answered = (state: string, { number, date }: CrowdMember): readonly TimedPerson[] => [
  { ...staff(`a wrong answer ${state}`, number, date), answer: 'Médor' },
  { ...staff(`the right answer ${state}`, number, date), answer: 'Rex' },
]

/** Enough of each that none fails five times: then no bind would be made of it any more. */
const loginsOfEach = 250

const logins = async ({ application, crowdMembers }: OnSlapd): Promise<readonly TimedSignIn[]> => {
  const others = crowdMembers.slice(named)
  const [open, frozen] = [others.slice(0, loginsOfEach), others.slice(loginsOfEach)]
  const freeze = { kind: 'frozen', until: null, by: 'bench', reason: 'bench' } as const
  await application.store.transaction(async tx => {
    for (const { id: person } of frozen) await application.accounts.freezes.put(tx, { person, ...freeze })
  })
  return [
    { who: 'a login', logins: open.map(({ login }) => login) },
    { who: 'a login of nobody', logins: open.map((_, index) => `personne${index}`) },
    { who: 'a login of a frozen account', logins: frozen.map(({ login }) => login) },
  ]
}

type IntervalsByPair = Readonly<Record<string, Interval>>

const compared = (times: Times, timedPeople: readonly { readonly who: string }[]): IntervalsByPair => {
  const asked = new Set(timedPeople.map(({ who }) => who))
  const pairs = lines.flatMap(([first, ...others]) =>
    others.filter(other => asked.has(first) && asked.has(other)).map(other => [first, other] as const),
  )
  return Object.fromEntries(
    pairs.map(([one, other]) => [`${one} / ${other}`, times.between(one, other)] as const),
  )
}

const worstOf = (intervals: readonly IntervalsByPair[]) =>
  Math.max(
    ...intervals.flatMap(Object.values<Interval>).flatMap(({ from, to }) => [Math.abs(from), Math.abs(to)]),
  )

type Step = typeof timeAnswers
type Pairs = { readonly rounds: number; readonly atOnce: number }

const measuring =
  (port: number) =>
  async (
    step: Step,
    timedPeople: readonly TimedPerson[],
    { rounds: roundCount, atOnce }: Pairs,
  ): Promise<IntervalsByPair> => {
    const times = new Times()
    await step({ port, timedPeople, rounds: roundCount, atOnce }, times)
    return compared(times, timedPeople)
  }

/** The measure must find a leak when there is one. */
const findLeak = async (port: number, timedPeople: readonly TimedPerson[]) => {
  const times = new Times()
  const leak = { who: 'somebody', milliseconds: planted }
  await timeAnswers({ port, timedPeople, rounds, atOnce: 2, planted: leak }, times)
  return times.between('somebody', 'nobody')
}

/**
 * Whom an observer must not tell apart, and which of two refused answers was right, in pairs and random order: the 95 % interval of
 * the median difference of each pair and step; and a leak planted on the way, which it finds.
 */
export const knownUnknown = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people, crowd: named + 2 * loginsOfEach, limits })
  const { port } = portal
  const all = await prepare(portal)
  const measure = measuring(port)
  const identified = all.filter(({ answer }) => answer === undefined)
  const identification = await measure(timeIdentification, identified, { rounds, atOnce: 8 })
  // One at a time: two hashes side by side slow each other by more than what is looked for.
  const proof = await measure(timeAnswers, all, { rounds, atOnce: 1 })
  const entered = new Times()
  const timedSignIns = await logins(portal)
  await timeSignIns({ port, rounds, atOnce: 4 }, timedSignIns, entered)
  const signIn = compared(entered, timedSignIns)
  const found = await findLeak(port, all.filter(isFew))
  await portal.stop()
  const worst = worstOf([identification, proof, signIn])
  return {
    figure: 'known-unknown-ms',
    value: worst,
    goal: `95 % intervals within ±${goal}; a leak of ${planted} found`,
    good: worst <= goal && found.from > goal,
    detail: { pairs: rounds, identification, proof, 'sign-in': signIn, planted: found },
  }
}

/** One portal with a full queue: adds its rounds to those of the others. */
async function measureFullQueue(times: Times, answers: Differences, leaks: Differences) {
  const portal = await startOnSlapd({ people, crowd: named, limits })
  const { port } = portal
  const few = (await prepare(portal)).filter(isFew)
  const [first, ...others] = few
  if (!first) throw new Error('nobody is asked for')
  const pairs = others.map(other => [first, other] as const)
  const queue = await fillHashQueue(port, few)
  const own = new Times()
  await timeIdentification({ port, timedPeople: few, rounds: rounds / portals, atOnce: 8 }, own)
  times.join(own)
  const sideBySide = { port, atOnce: 2 }
  await timeAnswersSideBySide({ ...sideBySide, rounds: roundsUnderLoad / portals }, pairs, answers)
  const leak = { who: first.who, milliseconds: planted }
  await timeAnswersSideBySide(
    { ...sideBySide, rounds: roundsOfLeakUnderLoad / portals, planted: leak },
    pairs,
    leaks,
  )
  await queue.stop()
  await portal.stop()
  return { refused: queue.refused(), few }
}

/**
 * The same while the queue of hashes is full. Ten portals one after the other: the rows of ten thousand wrong answers slow one
 * portal down, and the answers of a slow portal lie further apart.
 */
export const knownUnknownQueueFull = async (): Promise<Figure> => {
  const times = new Times()
  const [answers, leaks]: [Differences, Differences] = [new Map(), new Map()]
  let refused = 0
  let asked: readonly TimedPerson[] = []
  for (let portal = 0; portal < portals; portal += 1) {
    const measured = await measureFullQueue(times, answers, leaks)
    refused += measured.refused
    asked = measured.few
  }
  const identification = compared(times, asked)
  const [proof, found] = [intervalsOf(answers), intervalsOf(leaks)]
  const worst = worstOf([identification, proof])
  const isFound = Object.values(found).every(({ from }) => from > goal)
  return {
    figure: 'known-unknown-queue-full-ms',
    value: worst,
    goal: `95 % intervals within ±${goal}; a leak of ${planted} found`,
    good: worst <= goal && isFound && refused > 0,
    detail: {
      pairs: rounds,
      'pairs-of-answers': roundsUnderLoad,
      identification,
      proof,
      planted: found,
      'found-no-room': refused,
    },
  }
}
