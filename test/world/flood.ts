import { knownBrowserCookie } from '../../src/identity/known-browsers.ts'
import { sessionCookie } from '../../src/identity/session.ts'
import { inRanges } from '../../src/limits/address.ts'
import { allowancesOf, createPostGate, type GateDecision } from '../../src/limits/gate.ts'
import { createRecognition } from '../../src/limits/recognition.ts'
import { createCookies } from '../../src/web/cookies.ts'

export const limits = { postsPerSecond: 50, postsPerSecondPerNetwork: 20, campusFactor: 20 }
export const campus = '198.18.0.0/16'
export const cookies = createCookies(() => Buffer.alloc(32, 1))

/** A sender of `rate` posts a second. `from` and `cookies` give the address and the cookies of each post by its index. */
export type Sender = {
  readonly name: string
  readonly rate: number
  readonly from: (post: number) => string
  readonly cookies?: (post: number) => string
  /** The index of the process that gets the posts, where there are several. */
  readonly process?: number
}

type PostCounts = { sent: number; admitted: number; network: number; full: number }

/** How the admission gates of several processes exchange their counts, ten times a second. */
type GateShare = { capacity(): number; admitted(): void; synchronize(): Promise<void> }

/** Valid handles of sessions and known browsers: owner by handle. */
export type Owners = ReadonlyMap<string, string>

/** One admission gate for each share, on a simulated clock. */
export const createFloodedGates = (shares: readonly GateShare[], owners: Owners = new Map()) => {
  let now = 1_000_000
  let lookups = 0
  const repeated = new Map<() => void, number>()
  const admittedAt: number[] = []
  const findPerson = async (value: string) => {
    lookups += 1
    return owners.get(value) ?? null
  }
  const handlesOf = (header: string | undefined) =>
    [knownBrowserCookie, sessionCookie].flatMap(cookie => {
      const value = cookies.ownHandle(header, cookie)
      return value === null ? [] : [{ kind: cookie.name, value, findPerson }]
    })
  const gates = shares.map(share =>
    createPostGate({
      allowances: allowancesOf(limits),
      isCampus: inRanges([campus]),
      recognise: createRecognition({ handlesOf, now: () => now }),
      capacity: share.capacity,
      admitted: () => {
        admittedAt.push(now)
        share.admitted()
      },
      now: () => now,
      repeat: (request, milliseconds) => {
        repeated.set(request, milliseconds)
        return () => repeated.delete(request)
      },
    }),
  )

  const send = (sender: Sender, counts: PostCounts) => {
    const count = ({ refusal }: GateDecision) => {
      counts[refusal ?? 'admitted'] += 1
    }
    const request = {
      ip: sender.from(counts.sent),
      cookies: sender.cookies?.(counts.sent),
      isGone: () => false,
    }
    counts.sent += 1
    const decision = gates[sender.process ?? 0]?.check(request)
    if (decision instanceof Promise) void decision.then(count)
    else if (decision) count(decision)
  }

  const advanceClock = async (step: number) => {
    for (const [work, milliseconds] of repeated) if (now % milliseconds === 0) work()
    if (now % 100 === 0) for (const share of shares) await share.synchronize()
    // Lets pending promises of this instant settle before the clock moves.
    for (let turn = 0; turn < 6; turn += 1) await null
    now += step
  }

  /** Runs the senders for this many simulated seconds. `step`: milliseconds by which the clock moves. */
  const run = async (senders: readonly Sender[], seconds: number, step = 5) => {
    const begun = now
    const all = senders.map((sender, index) => ({
      sender,
      counts: { sent: 0, admitted: 0, network: 0, full: 0 },
      due: (index * 7919) % Math.max(1, 1000 / sender.rate),
    }))
    while (now < begun + seconds * 1000) {
      for (const one of all)
        for (; one.due <= now - begun; one.due += 1000 / one.sender.rate) send(one.sender, one.counts)
      await advanceClock(step)
    }
    for (const gate of gates) gate.close()
    await new Promise(setImmediate)
    return new Map(all.map(({ sender, counts }) => [sender.name, counts]))
  }

  return {
    run,
    lookups: () => lookups,
    now: () => now,
    /** The most posts admitted within any interval of one second. */
    mostInASecond: () => {
      let first = 0
      let most = 0
      for (const [index, at] of admittedAt.entries()) {
        while ((admittedAt[first] ?? 0) <= at - 1000) first += 1
        most = Math.max(most, index - first + 1)
      }
      return most
    },
    admitted: () => admittedAt.length,
  }
}

/** The share of a single process. */
export const singleProcessShare = (limit = limits.postsPerSecond): GateShare => ({
  capacity: () => limit,
  admitted: () => {},
  synchronize: async () => {},
})

/** Reproducible random numbers in [0, 1) from a seed. */
export const reproducibleRandom = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
