import type { Clock } from '../clock.ts'
import { minutes } from '../clock.ts'
import type { Keys } from '../keys.ts'
import type { Limits } from '../limits.ts'
import type { Store } from '../store/store.ts'
import { faultsOfLegacyHeads } from './legacy-heads.ts'
import { chainsWithoutEvents, countOf, eventPages, readChainStates } from './stream.ts'
import {
  type ChainFault,
  createChainVerifier,
  cutBack,
  type EventRow,
  type VerifyRules,
} from './verify-chain.ts'
import { faultOfSeal } from './verify-seal.ts'

export type { ChainFault } from './verify-chain.ts'

export type VerificationResult = {
  readonly chains: number
  readonly events: number
  readonly broken: readonly ChainFault[]
}

/** What verifies: an application, or its parts. */
export type VerifyDeps = {
  readonly store: Store
  readonly keys: Keys
  readonly clock: Clock
  readonly limits: Pick<Limits, 'purgeDetails'>
}

export type VerifyOptions = {
  /** Heads of the system's chain that were kept outside the store: sequence and link. */
  readonly heads?: ReadonlyMap<number, string>
  readonly onProgress?: (events: number, of: number) => void
}

/** Clocks of several machines may differ by this. */
const slack = minutes(5)

type Totals = { chains: number; events: number; details: number; newestSeal: EventRow | null }

const verifyEvents = async (
  db: Store['read'],
  rules: VerifyRules,
  asked: VerifyOptions,
  report: (broken: ChainFault) => void,
) => {
  const found: Totals = { chains: 0, events: 0, details: 0, newestSeal: null }
  const outside = new Map(asked.heads)
  const total = await countOf(db, 'audit_events')
  let [name, walk]: [string, ReturnType<typeof createChainVerifier> | null] = ['', null]
  const end = () => {
    const broken = walk?.end()
    if (broken) report(broken)
  }

  const meetOutside = ({ sequence, link }: EventRow) => {
    const head = outside.get(sequence)
    if (head === undefined) return
    outside.delete(sequence)
    if (head !== link)
      report({ chain: 'system', sequence, why: 'it is not the event whose head was kept outside' })
  }

  const take = (event: EventRow) => {
    found.events += 1
    if (event.body !== null) found.details += 1
    walk?.next(event)
    if (event.chain !== 'system') return
    meetOutside(event)
    if (event.kind === 'system.sealed') found.newestSeal = event
  }

  for await (const page of eventPages(db)) {
    const beside = await readChainStates(db, [...new Set(page.map(({ chain }) => chain))])
    for (const event of page) {
      if (event.chain !== name) {
        end()
        name = event.chain
        walk = createChainVerifier(rules, name, beside.get(name) ?? { head: null, sealed: null, cut: null })
        found.chains += 1
      }
      take(event)
    }
    for (const fault of await faultsOfLegacyHeads(
      db,
      page.filter(({ chain }) => chain === 'system'),
    ))
      report(fault)
    asked.onProgress?.(found.events, total)
  }
  end()
  for (const sequence of outside.keys())
    report({
      ...{ chain: 'system', sequence },
      why: 'the event whose head was kept outside is missing: an older store, or its newest events were removed',
    })
  return found
}

/** Chains that only a head still names, as one that was cut whole: each is verified as one without events. */
const verifyEmpty = async (db: Store['read'], rules: VerifyRules, report: (broken: ChainFault) => void) => {
  let chains = 0
  for await (const page of chainsWithoutEvents(db, 'audit_heads'))
    for (const [chain, beside] of await readChainStates(db, page)) {
      chains += 1
      const broken = createChainVerifier(rules, chain, beside).end()
      if (broken) report(broken)
    }
  return chains
}

/** Chains of which nothing is left but a seal or a cut. */
const verifyErased = async (db: Store['read'], report: (broken: ChainFault) => void) => {
  for (const table of ['audit_sealed_heads', 'audit_cuts'] as const)
    for await (const page of chainsWithoutEvents(db, table))
      for (const [chain, { head, sealed }] of await readChainStates(db, page))
        if (!head) report({ chain, sequence: sealed?.sequence ?? 0, why: cutBack })
}

/** The first fault of each chain. */
const createFaultCollector = () => {
  const first = new Map<string, ChainFault>()
  return {
    report: (broken: ChainFault) => {
      const known = first.get(broken.chain)
      if (!known || broken.sequence < known.sequence) first.set(broken.chain, broken)
    },
    all: () => [...first.values()],
  }
}

const verifyAll = async (db: Store['read'], { keys, clock, limits }: VerifyDeps, asked: VerifyOptions) => {
  const rules = { key: keys.of('audit'), detailsSince: clock.now() - limits.purgeDetails + slack }
  const { report, all } = createFaultCollector()
  const found = await verifyEvents(db, rules, asked, report)
  const empty = await verifyEmpty(db, rules, report)
  await verifyErased(db, report)
  // Of an event that was removed: then its chain is named already.
  if (all().length === 0 && found.details !== (await countOf(db, 'audit_details')))
    report({ chain: 'system', sequence: 0, why: 'the store holds details of events that do not exist' })
  const fault = await faultOfSeal(db, keys, found.newestSeal)
  if (fault) report(fault)
  return { chains: found.chains + empty, events: found.events, broken: all() } satisfies VerificationResult
}

/**
 * Reads every chain, at one instant of a store that goes on, and names the first broken link of each. Pages and one
 * event of one chain are in memory, however much the store holds. Details that are older than their retention may be
 * erased; younger ones must be there.
 */
export const verifyAudit = (verifier: VerifyDeps, asked: VerifyOptions = {}): Promise<VerificationResult> =>
  verifier.store.snapshot(db => verifyAll(db, verifier, asked))
