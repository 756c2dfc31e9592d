import { hostname } from 'node:os'
import { beginStream, claimStream, markSent, readStream, readUnsent } from '../audit/unsent.ts'
import { type Clock, minutes } from '../clock.ts'
import { newId } from '../crypto/crypto.ts'
import type { Store } from '../store/store.ts'
import { syslogMessage } from './message.ts'
import { sendMessages } from './send.ts'
import type { SyslogSettings } from './settings.ts'

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly settings: SyslogSettings
}

/** An event has the time of its process, and is committed a little later; the clocks of several hosts may differ by as much. */
const slack = minutes(2)
/** All chains are looked at again: nothing that came later than the slack is left behind for long. */
const completeAfter = minutes(60)
/** Longer than one batch may take: a process that is killed while it sends gives its turn away after this time. */
const leaseOf = minutes(1)

/**
 * Sends every event of the audit log to a collector, at least once: the position of each chain is stored once the collector has taken its
 * events. One process at a time sends; an event that is sent again, after a fault, has the same chain and sequence.
 */
export const createSyslog = ({ store, clock, settings }: Deps) => {
  const holder = newId()
  const origin = { host: hostname(), process: process.pid }
  const complete = { at: 0, upTo: null as number | null }

  const sinceOf = (now: number) => {
    const isDue = complete.upTo === null || Math.abs(now - complete.at) > completeAfter
    if (isDue) return null
    return (complete.upTo ?? 0) - slack
  }
  const caughtUp = (now: number, since: number | null) => {
    if (since === null) complete.at = now
    complete.upTo = now
  }

  /** Sends what is due; gives the number of events, or 0 when nothing is due or another process sends. */
  const run = async () => {
    const now = clock.now()
    if (!(await readStream(store.read))) await store.transaction(beginStream)
    const since = sinceOf(now)
    if ((await readUnsent(store.read, since)).length === 0) {
      caughtUp(now, since)
      return 0
    }
    const number = await store.transaction(tx => claimStream(tx, holder, now, now + leaseOf))
    if (number === null) return 0
    // Read again: another process may have sent them before its turn ended.
    const events = await readUnsent(store.read, since)
    if (events.length === 0) return 0
    await sendMessages(
      settings,
      events.map((event, index) => syslogMessage(event, number + index + 1, origin)),
    )
    await store.transaction(tx => markSent(tx, events, holder, number + events.length))
    return events.length
  }
  return { run }
}
