import { expect, it } from 'vitest'
import { seconds } from '../../clock.ts'
import type { JournalEntry } from './journal-entry.ts'
import { rankOf } from './ranks.ts'
import { storiesOf } from './stories.ts'

/** Deterministic, so that a failure can be repeated. */
function createRandom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

const sameMoment = seconds(2)
const follows = ['session.ended', 'charter.accepted', 'journey.superseded', 'mail.sent', 'mail.abandoned']
const others = ['joker.wrong', 'joker.set', 'code.sent', 'code.right', 'contact.added', 'sign-in.refused']
const kinds = [...follows, ...others, 'delivery.written', 'sign-in.accepted', 'password.written']

function randomJournal(seed: number): readonly JournalEntry[] {
  const random = createRandom(seed)
  let at = 0
  return Array.from({ length: 1 + random(24) }, (_, sequence) => {
    at += random(4) * 700
    const kind = kinds[random(kinds.length)] ?? ''
    const story = random(3) === 0 ? `story-${random(3)}` : ''
    const details = {
      ...(story && { story }),
      ...(random(4) === 0 && { attempt: `attempt-${random(2)}` }),
      ...(random(3) === 0 && { why: 'person' }),
      ...(kind.startsWith('mail') && { notice: 'x', happened: at - random(4) * 1000 }),
    }
    return { sequence, at, kind, actor: 'system', details }
  })
}

const isOwn = ({ kind }: JournalEntry) => !['effect', 'mail'].includes(rankOf(kind))
const text = ({ details }: JournalEntry, name: string) => String(details[name] ?? '')
const byTime = (a: JournalEntry, b: JournalEntry) => a.at - b.at || a.sequence - b.sequence
const momentOf = ({ at, details }: JournalEntry) => (details.happened as number | undefined) ?? at

const subjectOf = (entry: JournalEntry) =>
  rankOf(entry.kind) === 'mail' ? `${entry.kind} ${momentOf(entry)}` : ''
const isOwnersEnd = (entry: JournalEntry) => entry.kind === 'session.ended' && text(entry, 'why') === 'person'

type PlainGroup = { name: string; entries: JournalEntry[] }

function nameIn(oldestFirst: readonly JournalEntry[], entry: JournalEntry) {
  const attempt = text(entry, 'attempt')
  const begun = oldestFirst.findLast(one => attempt && text(one, 'attempt') === attempt && text(one, 'story'))
  return text(entry, 'story') || (begun ? text(begun, 'story') : attempt)
}

const isOver = (entries: readonly JournalEntry[], next: JournalEntry) =>
  next.kind === 'code.sent' &&
  entries.some(({ kind }) => kind === 'contact.added') &&
  entries.every(({ kind }) => /^(code|contact)\./.test(kind))

function plainNearest(groups: readonly PlainGroup[], moment: number) {
  const [near] = groups
    .map(group => ({
      group,
      apart: Math.min(...group.entries.filter(isOwn).map(({ at }) => Math.abs(at - moment))),
    }))
    .filter(({ apart }) => apart <= sameMoment)
    .sort((a, b) => a.apart - b.apart)
  return near?.group
}

/** The grouping in its plainest form: every event is compared with every group. */
function plainGroups(oldestFirst: readonly JournalEntry[]) {
  const groups: PlainGroup[] = []
  const later: JournalEntry[] = []
  for (const entry of oldestFirst) {
    const name = nameIn(oldestFirst, entry)
    const named = groups.findLast(one => name && one.name === name)
    if (named && !isOver(named.entries, entry)) named.entries.push(entry)
    else if (name || isOwn(entry) || isOwnersEnd(entry)) groups.push({ name, entries: [entry] })
    else later.push(entry)
  }
  const first = [...groups]
  for (const entry of later) {
    const moment = momentOf(entry)
    const subject = subjectOf(entry)
    const group = plainNearest(first, moment) ?? groups.find(({ name }) => subject && name === subject)
    if (group) group.entries.push(entry)
    else groups.push({ name: subject, entries: [entry] })
  }
  return groups.map(({ entries }) => entries.sort(byTime).map(({ sequence }) => sequence))
}

const inOrder = (groups: readonly (readonly number[])[]) => groups.map(String).sort()

/** The events of each story but services and refusals in a row, which a story tells by their last and their number. */
const groupsIn = (oldestFirst: readonly JournalEntry[]) =>
  storiesOf(oldestFirst.toReversed()).map(({ steps, mails, services }) =>
    [...steps, ...mails, ...services].sort(byTime).map(({ sequence }) => sequence),
  )

it('tells the same stories as a comparison of every event with every group', () => {
  for (let seed = 1; seed <= 3_000; seed += 1) {
    const journal = randomJournal(seed).map(entry => ({
      ...entry,
      // One service each, and another person each: nothing is told by its number alone.
      actor: `person:${entry.sequence}`,
      details: { ...entry.details, service: `service-${entry.sequence}` },
    }))
    expect(inOrder(groupsIn(journal)), `seed ${seed}`).toEqual(inOrder(plainGroups(journal)))
  }
})

/** How often the kinds and the times of a journal are read while its stories are made: its work, in other words. */
function readsFor(length: number, shape: (index: number) => Omit<JournalEntry, 'sequence' | 'actor'>) {
  let reads = 0
  const entries = Array.from({ length }, (_, sequence): JournalEntry => {
    const { at, kind, details } = shape(sequence)
    const count = <Value>(value: Value) => {
      reads += 1
      return value
    }
    return {
      ...{ sequence, actor: 'anonymous', details },
      get at() {
        return count(at)
      },
      get kind() {
        return count(kind)
      },
    }
  })
  storiesOf(entries.reverse())
  return reads
}

/** Journals that a person can make, and what a stranger can add to them. */
const shapes = {
  'sessions that were opened and ended, their details erased': index => ({
    ...{ at: index * 500, details: {} },
    kind: index % 2 ? 'session.ended' : 'sign-in.accepted',
  }),
  'mails and changes of one moment': index => ({
    ...{ at: 0, details: index % 2 ? { notice: 'x', happened: 0 } : {} },
    kind: index % 2 ? 'mail.sent' : 'joker.set',
  }),
  'refusals in a row': index => ({ at: index * 500, kind: 'sign-in.refused', details: {} }),
  'codes that are read after an address was added': index => ({
    ...{ at: index * 500, details: { story: 'session' } },
    kind: index === 0 ? 'contact.added' : 'code.right',
  }),
  'codes that are sent after a refusal in one session': index => ({
    ...{ at: index * 500, details: { story: 'session' } },
    kind: index === 0 ? 'joker.wrong' : 'code.sent',
  }),
  'effects that nothing explains': index => ({
    ...{ at: index * 5_000, kind: 'charter.accepted', details: {} },
  }),
} as const satisfies Record<string, (index: number) => Omit<JournalEntry, 'sequence' | 'actor'>>

it.each(Object.entries(shapes))('reads each event of a long journal a few times: %s', (_, shape) => {
  // First by growth, on a journal that even a slow way finishes.
  expect(readsFor(1_000, shape) / readsFor(500, shape)).toBeLessThan(2.5)
  expect(readsFor(100_000, shape) / 100_000).toBeLessThan(100)
})
