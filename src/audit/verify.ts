import type { Clock } from '../clock.ts'
import { minutes } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Limits } from '../limits/limits.ts'
import type { Store } from '../store/store.ts'
import { faultsOfLegacyHeads } from './legacy-heads.ts'
import { chainsWithoutEvents, countOf, eventPages, readChainStates } from './stream.ts'
import {
  type ChainFault,
  type ChainVerifier,
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

/** What the verification needs: an application, or these parts of it. */
export type VerifyDeps = {
  readonly store: Store
  readonly keys: Keys
  readonly clock: Clock
  readonly limits: Pick<Limits, 'purgeDetails'>
}

export type VerifyOptions = {
  /** Heads of the system's chain that were kept outside the store: link by sequence. */
  readonly heads?: ReadonlyMap<number, string>
  readonly onProgress?: (events: number, of: number) => void
}

/** The clocks of several machines may differ by this much. */
const slack = minutes(5)

type Totals = { chains: number; events: number; details: number; newestSeal: EventRow | null }

type Report = (fault: ChainFault) => void

/** A verification on its way through the events: the chain that it is in, and the external heads that it has not met yet. */
type VerificationState = {
  readonly totals: Totals
  readonly externalHeads: Map<number, string>
  readonly report: Report
  chain: string
  verifier: ChainVerifier | null
}

function endChain({ verifier, report }: VerificationState) {
  const fault = verifier?.end()
  if (fault) report(fault)
}

function compareExternal({ externalHeads, report }: VerificationState, { sequence, link }: EventRow) {
  const head = externalHeads.get(sequence)
  if (head === undefined) return
  externalHeads.delete(sequence)
  if (head !== link)
    report({ chain: 'system', sequence, why: 'it is not the event whose head was kept outside' })
}

function visit(verification: VerificationState, event: EventRow) {
  const { totals } = verification
  totals.events += 1
  if (event.body !== null) totals.details += 1
  verification.verifier?.next(event)
  if (event.chain !== 'system') return
  compareExternal(verification, event)
  if (event.kind === 'system.sealed') totals.newestSeal = event
}

async function visitPage(
  db: Store['read'],
  rules: VerifyRules,
  verification: VerificationState,
  page: readonly EventRow[],
) {
  const states = await readChainStates(db, [...new Set(page.map(({ chain }) => chain))])
  for (const event of page) {
    const { chain } = event
    if (chain !== verification.chain) {
      endChain(verification)
      verification.chain = chain
      const state = states.get(chain) ?? { head: null, sealed: null, cut: null, keyChange: null }
      verification.verifier = createChainVerifier(rules, chain, state)
      verification.totals.chains += 1
    }
    visit(verification, event)
  }
  const systemEvents = page.filter(({ chain }) => chain === 'system')
  for (const fault of await faultsOfLegacyHeads(db, systemEvents)) verification.report(fault)
}

async function verifyEvents(db: Store['read'], rules: VerifyRules, options: VerifyOptions, report: Report) {
  const totals: Totals = { chains: 0, events: 0, details: 0, newestSeal: null }
  const externalHeads = new Map(options.heads)
  const total = await countOf(db, 'audit_events')
  const verification: VerificationState = { totals, externalHeads, report, chain: '', verifier: null }
  for await (const page of eventPages(db)) {
    await visitPage(db, rules, verification, page)
    options.onProgress?.(totals.events, total)
  }
  endChain(verification)
  for (const sequence of externalHeads.keys())
    report({
      chain: 'system',
      sequence,
      why: 'the event whose head was kept outside is missing: an older store, or its newest events were removed',
    })
  return totals
}

/** Chains that have a head and no events, such as one that was cut completely: each is verified as empty. */
async function verifyEmpty(db: Store['read'], rules: VerifyRules, report: Report) {
  let chains = 0
  for await (const page of chainsWithoutEvents(db, 'audit_heads'))
    for (const [chain, state] of await readChainStates(db, page)) {
      chains += 1
      const fault = createChainVerifier(rules, chain, state).end()
      if (fault) report(fault)
    }
  return chains
}

/** Chains that have only a seal or a cut: they were erased. */
async function verifyErased(db: Store['read'], report: Report) {
  for (const table of ['audit_sealed_heads', 'audit_cuts'] as const)
    for await (const page of chainsWithoutEvents(db, table))
      for (const [chain, { head, sealed }] of await readChainStates(db, page))
        if (!head) report({ chain, sequence: sealed?.sequence ?? 0, why: cutBack })
}

/** Collects the first fault of each chain. */
const createFaultCollector = () => {
  const first = new Map<string, ChainFault>()
  return {
    report: (fault: ChainFault) => {
      const known = first.get(fault.chain)
      if (!known || fault.sequence < known.sequence) first.set(fault.chain, fault)
    },
    all: () => [...first.values()],
  }
}

async function verifyAll(db: Store['read'], { keys, clock, limits }: VerifyDeps, options: VerifyOptions) {
  const rules = { keys, detailsSince: clock.now() - limits.purgeDetails + slack }
  const { report, all } = createFaultCollector()
  const totals = await verifyEvents(db, rules, options, report)
  const empty = await verifyEmpty(db, rules, report)
  await verifyErased(db, report)
  // Details without an event; where an event was removed its chain has been reported already.
  if (all().length === 0 && totals.details !== (await countOf(db, 'audit_details')))
    report({ chain: 'system', sequence: 0, why: 'the store holds details of events that do not exist' })
  const fault = await faultOfSeal(db, keys, totals.newestSeal)
  if (fault) report(fault)
  return { chains: totals.chains + empty, events: totals.events, broken: all() } satisfies VerificationResult
}

/**
 * Verifies every chain in one snapshot, while the portal goes on writing, and reports the first fault of each. Only a page of
 * events is in memory, however much the store contains. Details older than their retention may be erased; younger ones
 * must exist.
 */
export const verifyAudit = (deps: VerifyDeps, options: VerifyOptions = {}): Promise<VerificationResult> =>
  deps.store.snapshot(db => verifyAll(db, deps, options))
