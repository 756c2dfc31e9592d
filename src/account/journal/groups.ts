import { seconds } from '../../clock.ts'
import type { JournalEntry } from './journal-entry.ts'
import { rankOf } from './ranks.ts'

/** Events that are told together. What is asked of all its events is kept with it, so that no event is read again for each other. */
export type Group = {
  readonly entries: JournalEntry[]
  addsAnAddress: boolean
  /** Whether it has no other events than those of codes and addresses. */
  isOfAddresses: boolean
}

/** Something that follows from a change is recorded with it, in one transaction. */
const sameMoment = seconds(2)

/** Whether the event makes a story by itself, rather than following from another. */
export const isOwn = ({ kind }: JournalEntry) => !['effect', 'mail'].includes(rankOf(kind))

export function addTo(group: Group, entry: JournalEntry) {
  group.entries.push(entry)
  if (entry.kind === 'contact.added') group.addsAnAddress = true
  if (!/^(code|contact)\./.test(entry.kind)) group.isOfAddresses = false
}

export function groupOf(entry: JournalEntry): Group {
  const group = { entries: [], addsAnAddress: false, isOfAddresses: true }
  addTo(group, entry)
  return group
}

type Moment = { readonly at: number; readonly group: Group; readonly order: number }

/** The moments of the events that make a story by themselves, in order of time; of one moment, the group that began first. */
function momentsOf(groups: readonly Group[]) {
  const first = new Map<number, Moment>()
  for (const [order, group] of groups.entries())
    for (const { at } of group.entries.filter(isOwn)) if (!first.has(at)) first.set(at, { at, group, order })
  return [...first.values()].sort((a, b) => a.at - b.at)
}

/** The index of the first moment that is not before this one. */
function indexOf(moments: readonly Moment[], at: number) {
  let [low, high] = [0, moments.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((moments[middle]?.at ?? at) < at) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Finds the group of the same moment, for a mail or an effect that names none: the nearest, and of two as near the one that began
 * first. By a binary search: a comparison with every group would let one long journal stop the portal for everybody.
 */
export function createNearest(groups: readonly Group[]) {
  const moments = momentsOf(groups)
  return (at: number): Group | undefined => {
    const next = indexOf(moments, at)
    const [nearest] = [moments[next - 1], moments[next]]
      .filter(moment => moment !== undefined)
      .map(moment => ({ ...moment, apart: Math.abs(moment.at - at) }))
      .filter(({ apart }) => apart <= sameMoment)
      .sort((a, b) => a.apart - b.apart || a.order - b.order)
    return nearest?.group
  }
}
