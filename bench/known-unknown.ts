import { newAgent, newBrowser, walk } from './browser.ts'
import type { Figure } from './figure.ts'
import { type Asking, fillHashQueue, type Interval, Times, timeAnswers, timeIdentification } from './pairs.ts'
import { type OnSlapd, startOnSlapd, wide } from './slapd-portal.ts'

const goal = 1
const rounds = 1000
const planted = 5

const limits = {
  ...wide,
  // The beat hides the search; a shorter one hides it as well, and is measured five times as often.
  identificationBeat: 50,
  // The same askers go on: a suspended question costs the same, but tells another sentence.
  ...{ jokerTries: 1e9, jokerTriesKnownBrowser: 1e9, unknownTriesPerNetwork: 1e9 },
}

/** Each is compared with the first of its line. */
const lines = [
  [
    'somebody',
    ...['nobody', 'a wrong date', 'somebody without a joker', 'a number of another population'],
    ...['a frozen account', 'an owner who succeeded'],
  ],
  ['a student by number', 'the student by INE', 'an INE of nobody'],
] as const
const underLoad = ['somebody', 'nobody', 'a frozen account']

/** Everybody who is asked for: one account is frozen, the owner of another has just chosen a password. */
const prepare = async ({ port, house, travellers }: OnSlapd): Promise<readonly Asking[]> => {
  const [known, frozen, owner] = travellers
  if (!known || !frozen || !owner) throw new Error('the crowd is too small')
  const agent = newAgent()
  await walk(newBrowser(port, agent, '192.0.2.1'), owner, 'Tr0mbone&Cascade-3')
  agent.destroy()
  const freeze = { kind: 'frozen', until: null, by: 'bench', reason: 'bench' } as const
  await house.store.transaction(tx => house.freezes.put(tx, { person: frozen.id, ...freeze }))
  const staff = (who: string, number: string, date: string): Asking => ({
    ...{ who, slug: 'numero-personnel', number, date },
  })
  return [
    staff('somebody', known.number, known.date),
    staff('nobody', '990001', known.date),
    staff('a wrong date', known.number, '3/3/1983'),
    staff('somebody without a joker', '198077', '2/5/1972'),
    staff('a number of another population', '22104587', '3/11/2004'),
    staff('a frozen account', frozen.number, frozen.date),
    staff('an owner who succeeded', owner.number, owner.date),
    { ...staff('a student by number', '22104587', '3/11/2004'), slug: 'numero-etudiant' },
    { ...staff('the student by INE', '0123456789M', '3/11/2004'), slug: 'ine' },
    { ...staff('an INE of nobody', '1123456789A', '3/11/2004'), slug: 'ine' },
  ]
}

type Told = Readonly<Record<string, Interval>>

const compared = (times: Times, askings: readonly Asking[]): Told => {
  const asked = new Set(askings.map(({ who }) => who))
  const pairs = lines.flatMap(([first, ...others]) =>
    others.filter(other => asked.has(first) && asked.has(other)).map(other => [first, other] as const),
  )
  return Object.fromEntries(
    pairs.map(([one, other]) => [`${one} / ${other}`, times.between(one, other)] as const),
  )
}

/**
 * Whom an observer must not tell apart, in pairs and random order: the 95 % interval of the median difference of each
 * pair and step, when all is calm and while the queue of hashes is full; and a leak planted on the way, which it finds.
 */
export const knownUnknown = async (): Promise<Figure> => {
  const portal = await startOnSlapd({ people: 1000, crowd: 3, limits })
  const { port } = portal
  const all = await prepare(portal)
  const few = all.filter(({ who }) => underLoad.includes(who))
  const measured = async (step: typeof timeAnswers, askings: readonly Asking[], atOnce: number) => {
    const times = new Times()
    await step({ port, askings, rounds, atOnce }, times)
    return compared(times, askings)
  }
  const calm = {
    identification: await measured(timeIdentification, all, 8),
    joker: await measured(timeAnswers, all, 2),
  }
  const leaking = new Times()
  const leak = { who: 'somebody', milliseconds: planted }
  await timeAnswers({ port, askings: few, rounds, atOnce: 2, planted: leak }, leaking)
  const found = leaking.between('somebody', 'nobody')
  const queue = await fillHashQueue(port, 8, all)
  const full = {
    identification: await measured(timeIdentification, few, 8),
    joker: await measured(timeAnswers, few, 4),
  }
  await queue.stop()
  await portal.stop()
  const intervals = [calm, full].flatMap(({ identification, joker }) =>
    [identification, joker].flatMap(told => Object.values(told)),
  )
  const worst = Math.max(...intervals.flatMap(({ from, to }) => [Math.abs(from), Math.abs(to)]))
  return {
    figure: 'known-unknown-ms',
    value: worst,
    goal: `95 % intervals within ±${goal}, calm and with a full queue; a leak of ${planted} found`,
    good: worst <= goal && found.from > goal && queue.refused() > 0,
    detail: { pairs: rounds, calm, 'queue-full': full, planted: found, 'found-no-room': queue.refused() },
  }
}
