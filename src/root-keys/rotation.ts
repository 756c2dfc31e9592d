import { type Clock, seconds } from '../clock.ts'
import type { KeyUse, RootKey } from '../crypto/keys.ts'
import { OperatorError } from '../operator-error.ts'
import { recordRotated, switchRootKey } from '../store/installation.ts'
import type { Store } from '../store/store.ts'
import { eraseUnusedKeys, keepFormerKeys, readKeptKeys } from './kept-keys.ts'
import { readKeyHolders } from './key-holders.ts'
import { isRotating, type KeyRing, keyLease } from './key-ring.ts'
import { type AnyRekeying, rekeyTable, type TableProgress } from './rekey-table.ts'

/** Longer than any transaction lasts that began within its lease: PostgreSQL ends statements and idle transactions before. */
const longestTransaction = seconds(30)

/** After it, no process writes under the former root key any more. */
const settledAfter = keyLease + longestTransaction

/** A request of the portal may write back what it read before a round, such as the facts of a journey; it has ended after this. */
const longestRequest = seconds(30)

export type RotationReport = {
  readonly onSwitch: (from: string, to: string) => void
  readonly onResume: (id: string) => void
  readonly onProgress: (progress: TableProgress) => void
  readonly onWait: (milliseconds: number) => void
}

export type RotationDeps = {
  readonly store: Store
  readonly ring: KeyRing
  readonly clock: Clock
  readonly rekeyings: readonly AnyRekeying[]
  /** The keys of the proofs. */
  readonly proofUses: readonly KeyUse[]
  /** Brings the log of what was done under the present key; repeatable. */
  readonly rekeyAudit: () => Promise<unknown>
  readonly report: RotationReport
}

/** Every running process of the portal must have the new key: the others could read nothing from the next commit on. */
async function refuseLeftBehind({ store, clock }: RotationDeps, next: RootKey) {
  const holders = await readKeyHolders(store.read, clock.now())
  const without = holders.filter(({ rootKeys }) => !rootKeys.includes(next.fingerprint))
  if (without.length > 0)
    throw new OperatorError(
      'newRootKeyFile',
      `these processes of the portal do not have the new root key yet: ${without.map(({ place }) => place).join('; ')}. Name its file in newRootKeyFile on each host and restart them, then repeat this command (a process that was killed counts for 90 seconds)`,
    )
}

/** A key that was replaced may be in other hands: it never comes back. */
async function refuseFormerKey({ store }: RotationDeps, present: RootKey, next: RootKey) {
  const kept = await readKeptKeys(store.read, present)
  if (kept.some(({ id }) => id === next.id))
    throw new OperatorError(
      'newRootKeyFile',
      `the root key ${next.id}… was in force before, and was replaced: make another (head -c 32 /dev/urandom)`,
    )
}

/** One commit: from here on everything new is under the new key, and the new key alone opens all that the store holds. */
async function replace(deps: RotationDeps, former: RootKey, next: RootKey) {
  const { store, ring, clock, proofUses, report } = deps
  await refuseFormerKey(deps, former, next)
  await refuseLeftBehind(deps, next)
  const at = clock.now()
  const isFirst = await store.transaction(async tx => {
    if (!(await switchRootKey(tx, { from: former.fingerprint, to: next.fingerprint, at }))) return false
    await keepFormerKeys(tx, { keys: ring.keys, former, next, uses: proofUses, at })
    return true
  })
  await ring.look()
  if (isFirst) report.onSwitch(former.id, next.id)
  else report.onResume(next.id)
}

/** Begins a rotation, or finds the one that is unfinished. */
async function begin(deps: RotationDeps) {
  const { ring, report } = deps
  const { configured, new: next } = ring.roots
  await ring.look()
  if (isRotating(ring.state())) return report.onResume(ring.keys.id)
  if (next && ring.keys.fingerprint === configured.fingerprint) return replace(deps, configured, next)
  throw new OperatorError(
    'newRootKeyFile',
    next
      ? `the store is under this root key (${next.id}…) already, and nothing is left under the former one: name its file in rootKeyFile, remove newRootKeyFile and restart the portal`
      : `no new root key is given: make one (docs/operate/upgrade.md), name its file in newRootKeyFile on each host, restart the portal there, then repeat this command`,
  )
}

async function rekeyAll({ store, ring, rekeyings, report }: RotationDeps) {
  const all: TableProgress[] = []
  for (const rekeying of rekeyings)
    all.push(await rekeyTable({ store, keys: ring.keys }, rekeying, report.onProgress))
  return all
}

/** The first round is done meanwhile; what a process still wrote under the former key is found by the rounds after the wait. */
async function untilNothingIsLeft(deps: RotationDeps) {
  const { ring, clock, report } = deps
  const wait = async (milliseconds: number) => {
    report.onWait(milliseconds)
    await clock.sleep(milliseconds)
  }
  await rekeyAll(deps)
  const unsettled = (ring.state().switchedAt ?? 0) + settledAfter - clock.now()
  if (unsettled > 0) await wait(unsettled)
  for (;;) {
    const round = await rekeyAll(deps)
    if (round.every(({ changed }) => changed === 0)) return round
    await wait(longestRequest)
  }
}

/**
 * Replaces the root key of the store by that of `newRootKeyFile`, while the portal runs. It may be stopped at any point: both keys
 * are valid until it was repeated to its end. Returns the last round over every table.
 */
export async function rotateRootKey(deps: RotationDeps) {
  const { store, ring, clock, rekeyAudit } = deps
  await begin(deps)
  const round = await untilNothingIsLeft(deps)
  await rekeyAudit()
  await store.transaction(async tx => {
    await eraseUnusedKeys(tx)
    await recordRotated(tx, clock.now())
  })
  await ring.look()
  // What was sealed under the former key is not to be read in SQLite's log either.
  await store.truncateLog()
  return round
}
