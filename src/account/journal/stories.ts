import { minutes } from '../../clock.ts'
import { atOnce, mapInRounds, type Rounds } from '../../turns.ts'
import { addTo, createNearest, type Group, groupOf, isOwn } from './groups.ts'
import type { JournalEntry } from './journal-entry.ts'
import { rankOf, strengthOf } from './ranks.ts'

/** One change, with everything that belongs to it. */
export type Story = {
  /** Its title: the event that changed most. */
  readonly main: JournalEntry
  /** How often the same was done in a row, each time alone. */
  readonly times: number
  readonly device: string
  /** All its events but those of services and mails, the oldest first. */
  readonly steps: readonly JournalEntry[]
  /** The last event of each service, in the order of their first. */
  readonly services: readonly JournalEntry[]
  readonly mails: readonly JournalEntry[]
}

const textOf = ({ details }: JournalEntry, name: string) => {
  const value = details[name]
  return typeof value === 'string' ? value : ''
}

/** The same attempt again, by somebody at the same device. */
const sameSitting = minutes(60)

/** The journey, sign-in or session that an event names, by its attempt too: what a service answers names that alone. */
function namesOf(entries: readonly JournalEntry[]) {
  const ofAttempt = new Map(
    entries
      .map(entry => [textOf(entry, 'attempt'), textOf(entry, 'story')] as const)
      .filter(([attempt, story]) => attempt && story),
  )
  return (entry: JournalEntry) => {
    const attempt = textOf(entry, 'attempt')
    return textOf(entry, 'story') || (ofAttempt.get(attempt) ?? attempt)
  }
}

/** Several addresses may be added in one session: each code that is sent after one was added begins another story. */
const isOver = ({ addsAnAddress, isOfAddresses }: Group, next: JournalEntry) =>
  next.kind === 'code.sent' && addsAnAddress && isOfAddresses

/** When what a mail reports happened; of anything else, when it was recorded. */
const momentOf = (entry: JournalEntry) => {
  const { happened } = entry.details
  return typeof happened === 'number' ? happened : entry.at
}

/** A session that its owner ends is a change by itself. */
const isOwnersEnd = (entry: JournalEntry) =>
  entry.kind === 'session.ended' && ['sign-out', 'person'].includes(textOf(entry, 'why'))

/** One mail to several addresses, which nothing else in the journal explains. */
const subjectNameOf = (entry: JournalEntry) =>
  rankOf(entry.kind) === 'mail' ? `${entry.kind} ${textOf(entry, 'notice')} ${momentOf(entry)}` : ''

function* grouped(entries: readonly JournalEntry[]): Rounds<readonly Group[]> {
  const nameOf = namesOf(entries)
  const groups: Group[] = []
  const open = new Map<string, Group>()
  const later: JournalEntry[] = []
  const begin = (name: string, entry: JournalEntry) => {
    const group = groupOf(entry)
    groups.push(group)
    if (name) open.set(name, group)
  }
  yield* mapInRounds(entries, entry => {
    const name = nameOf(entry)
    const group = open.get(name)
    if (group && !isOver(group, entry)) addTo(group, entry)
    else if (name || isOwn(entry) || isOwnersEnd(entry)) begin(name, entry)
    else later.push(entry)
  })
  const nearest = createNearest(groups)
  yield* mapInRounds(later, entry => {
    const group = nearest(momentOf(entry)) ?? open.get(subjectNameOf(entry))
    if (group) addTo(group, entry)
    else begin(subjectNameOf(entry), entry)
  })
  return groups
}

const byTime = (a: JournalEntry, b: JournalEntry) => a.at - b.at || a.sequence - b.sequence

/** What is told with how often it was: of a change, the last is enough. */
const repeats = ['refusal', 'mail']

/** The last word of each service. */
function lastOfEach(entries: readonly JournalEntry[]) {
  const last = new Map<string, JournalEntry>()
  for (const entry of entries) last.set(textOf(entry, 'service'), entry)
  return [...last.values()]
}

function storyOf({ entries }: Group): Story {
  const sorted = [...entries].sort(byTime)
  const ranked = (rank: string) => sorted.filter(({ kind }) => rankOf(kind) === rank)
  const [main] = [...sorted].sort((a, b) => strengthOf(b.kind) - strengthOf(a.kind) || byTime(b, a))
  if (!main) throw new Error('a story without an event')
  const devices = [main, ...sorted].map(entry => textOf(entry, 'device')).filter(Boolean)
  return {
    main,
    times: sorted.filter(({ kind }) => kind === main.kind && repeats.includes(rankOf(kind))).length || 1,
    device: devices[0] ?? '',
    steps: sorted.filter(({ kind }) => !['service', 'mail'].includes(rankOf(kind))),
    services: lastOfEach(ranked('service')),
    mails: ranked('mail'),
  }
}

/** Whether both are the same refusal, each alone, from the same device and soon after each other. */
const isAgain = (newer: Story, older: Story) =>
  rankOf(newer.main.kind) === 'refusal' &&
  newer.main.kind === older.main.kind &&
  newer.main.actor === older.main.actor &&
  newer.device === older.device &&
  [newer, older].every(
    ({ steps, mails }) => mails.length === 0 && steps.every(({ kind }) => kind === newer.main.kind),
  ) &&
  (newer.steps[0]?.at ?? 0) - older.main.at <= sameSitting

/** One line for the refusals in a row. `run`: the newest first. */
function lineOf(run: readonly [Story, ...Story[]]): Story {
  if (run.length === 1) return run[0]
  return {
    ...run[0],
    times: run.reduce((sum, { times }) => sum + times, 0),
    steps: run.toReversed().flatMap(({ steps }) => steps),
  }
}

function withoutRepeats(stories: readonly Story[]) {
  const runs: [Story, ...Story[]][] = []
  for (const story of stories) {
    const run = runs.at(-1)
    const newer = run?.at(-1)
    if (newer && isAgain(newer, story)) run?.push(story)
    else runs.push([story])
  }
  return runs.map(lineOf)
}

/**
 * The events of an account as what was done, newest first: a journey or a change with its services, what followed from it and the
 * mails about it is one story. `entries`: newest first, as the journal is read. Its work grows as a sort does: a journal may be long.
 */
export function* storiesInRounds(entries: readonly JournalEntry[]): Rounds<readonly Story[]> {
  const groups = yield* grouped([...entries].reverse())
  const stories = yield* mapInRounds(groups, storyOf)
  return withoutRepeats(stories.sort((a, b) => byTime(b.main, a.main)))
}

/** The same for the few events of a page. */
export const storiesOf = (entries: readonly JournalEntry[]) => atOnce(storiesInRounds(entries))
