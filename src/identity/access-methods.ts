import type { Actor, Audit, AuditKind } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import type { NoticeKind, Notices } from '../notify/notify.ts'
import type { KeptProof } from '../proofs/proof.ts'
import { type KeptDescriptor, type KeptName, keptProofs } from '../proofs/proof-registry.ts'
import { type DestinationKind, kindOf, masked } from '../proofs/sent-code/destination.ts'
import {
  findRecovery,
  recordKeptRecovery,
  recordLostMeans,
  recoveredAt,
} from '../services/source/person-lock.ts'
import type { Store, Tx } from '../store/store.ts'
import { languageOf } from './charter-acceptances.ts'
import type { Contact, Contacts } from './contacts.ts'

/** A way to recover or open the account besides its password. `name` is what its owner calls it. */
export type AccessMethod = {
  /** Of a proof, the name in its descriptor. */
  readonly what: string
  readonly id: string
  readonly since: number
  readonly name: string
  /** `null`: an address or a mobile. */
  readonly proof: KeptDescriptor | null
}

export type AccessMethodsDeps = {
  readonly store: Pick<Store, 'read' | 'transaction'>
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly notices: Notices
  readonly proofs: Readonly<Record<KeptName, KeptProof>>
  readonly contacts: Contacts
}

async function proofsOf({ proofs }: AccessMethodsDeps, person: PersonId, proof: KeptDescriptor) {
  const inPlace = await proofs[proof.name].describe(person)
  return inPlace.map(({ id, name, since }) => ({ what: proof.removal.what, id, name, since, proof }))
}

async function list(deps: AccessMethodsDeps, person: PersonId): Promise<readonly AccessMethod[]> {
  const [contacts, ...kept] = await Promise.all([
    deps.contacts.list(person),
    ...keptProofs.map(proof => proofsOf(deps, person, proof)),
  ])
  const addresses = contacts.map(({ id, to, confirmedAt }) => ({
    what: kindOf(to) === 'mail' ? 'address' : 'mobile',
    id,
    name: masked(to),
    since: confirmedAt,
    proof: null,
  }))
  return [...kept.flat(), ...addresses].flatMap(one =>
    one.since === null ? [] : [{ ...one, since: one.since }],
  )
}

/** For a while after a recovery, what the person had stays as it was. */
export type RecoveryHold = {
  readonly until: number
  /** Neither a contact nor a factor is added. */
  readonly keepsContactsAndFactors: boolean
  /** The joker is not replaced. */
  readonly keepsJoker: boolean
  /** Set so shortly before that a stranger may have done it: whoever is signed in may remove these. */
  readonly removable: readonly AccessMethod[]
}

type Recovery = Awaited<ReturnType<typeof findRecovery>>

const isJoker = ({ proof }: AccessMethod) => proof?.use === 'recovery'

/**
 * Whoever was let in by a code that they had from the owner, or by the helpdesk, would make their entry last. The owner is told at every
 * address, and has this long to answer. A person who had neither contact nor factor before has nothing that could be taken from them:
 * their first day is not held up, but for the joker. `null`: nothing is held.
 */
async function findHold(
  deps: AccessMethodsDeps,
  person: PersonId,
  recovery: Recovery,
): Promise<(RecoveryHold & { readonly at: number }) | null> {
  const { clock, limits } = deps
  const { at, keptAt } = recovery
  if (at === null || at + limits.recoveryCoolDown <= clock.now()) return null
  // A later recovery during a hold does not end it, although what the first one kept was removed meanwhile.
  const isRecorded = keptAt !== null && keptAt + limits.recoveryCoolDown > at
  const methods = await list(deps, person)
  const before = methods.filter(({ since }) => since <= at)
  const keepsJoker = before.some(isJoker)
  const keepsContactsAndFactors = isRecorded || before.some(method => !isJoker(method))
  if (!(keepsJoker || keepsContactsAndFactors)) return null
  const removable = methods.filter(method => !isJoker(method) && method.since > at - limits.recentChange)
  return { at, until: at + limits.recoveryCoolDown, keepsContactsAndFactors, keepsJoker, removable }
}

const holdOf = async (deps: AccessMethodsDeps, person: PersonId) =>
  findHold(deps, person, await findRecovery(deps.store.read, person))

/** Until when the person adds no contact and no factor; `null`: they may. */
async function unchangedUntil(deps: AccessMethodsDeps, person: PersonId): Promise<number | null> {
  const hold = await holdOf(deps, person)
  return hold?.keepsContactsAndFactors ? hold.until : null
}

/** `provesFrom`: from when on a code of a recovery is sent there. */
export type ReachedContact = Contact & { readonly provesFrom: number }

/**
 * Somebody who has a session for a moment could add an address of their own, and keep it as a proof. Its owner is told, and has this long to
 * answer. A person without an older way to recover the account has nothing to wait for: their first address serves at once. An owner
 * who answers by a recovery has the whole hold for it: what did not prove by then does not begin to before its end. An older way that was
 * removed or replaced in the day before, or since, counts as one: else a stranger would first remove it.
 */
async function reachOf(deps: AccessMethodsDeps, person: PersonId): Promise<readonly ReachedContact[]> {
  const { clock, limits, contacts } = deps
  const recovery = await findRecovery(deps.store.read, person)
  const [all, methods, hold] = await Promise.all([
    contacts.list(person),
    list(deps, person),
    findHold(deps, person, recovery),
  ])
  const recovers = ({ proof }: AccessMethod) => proof === null || 'journeys' in proof
  const { newContactDelay } = limits
  const { lostAt } = recovery
  const delayAt = (now: number, { confirmedAt }: Contact) =>
    methods.some(method => method.since <= now - newContactDelay && recovers(method)) ||
    (lostAt !== null && lostAt > confirmedAt - newContactDelay)
      ? newContactDelay
      : 0
  const heldAt = hold?.keepsContactsAndFactors ? hold.at : null
  return all.map(contact => {
    const from = contact.confirmedAt + delayAt(clock.now(), contact)
    const proved = heldAt === null || contact.confirmedAt + delayAt(heldAt, contact) <= heldAt
    return { ...contact, provesFrom: proved ? from : Math.max(from, hold?.until ?? 0) }
  })
}

async function proving(deps: AccessMethodsDeps, person: PersonId, kind: DestinationKind) {
  const reached = await reachOf(deps, person)
  return reached.filter(({ to, provesFrom }) => kindOf(to) === kind && provesFrom <= deps.clock.now())
}

/**
 * By when a passkey or a sheet must have been in service so that it proves a recovery now, for the same reason as a contact: one look-up
 * for everybody, known or not.
 */
async function settledBy({ clock, limits, store }: AccessMethodsDeps, holder: string): Promise<number> {
  const at = await recoveredAt(store.read, holder)
  const isHeld = at !== null && at + limits.recoveryCoolDown > clock.now()
  return (isHeld ? at : clock.now()) - limits.newContactDelay
}

async function remove(deps: AccessMethodsDeps, tx: Tx, person: PersonId, { proof, id }: AccessMethod) {
  if (proof) await deps.proofs[proof.name].clear(tx, person, id || undefined)
  else await deps.contacts.remove(tx, person, id)
}

const contactRemoval: { readonly event: AuditKind; readonly notice: NoticeKind } = {
  event: 'contact.removed',
  notice: 'address-removed',
}

async function recordRemoval(
  { clock, audit, notices }: AccessMethodsDeps,
  tx: Tx,
  person: PersonId,
  by: Actor,
  { what, name, proof }: AccessMethod,
  because: 'unfrozen' | 'erased',
) {
  const { event, notice } = proof?.removal ?? contactRemoval
  const details = { because, ...(proof ? { factor: what } : { address: name }) }
  await audit.append(tx, { chain: person, kind: event, by, details })
  const happened = { at: clock.now(), event: `${because}:${newId()}`, device: '' }
  const facts = { ...happened, ...(!proof && { address: name }) }
  await notices.write(tx, { kind: notice, person, facts, language: await languageOf(tx, person) })
}

/**
 * A stranger who took over an account may have set a joker, a factor or an address of their own, and would use it as soon
 * as the freeze is lifted. This lists what is recent enough, and removes it when the helpdesk decides so.
 */
export const createAccessMethods = (deps: AccessMethodsDeps) => ({
  /** What was set later than `limits.recentChange` before that instant. */
  recent: async (person: PersonId, before: number) =>
    (await list(deps, person)).filter(({ since }) => since > before - deps.limits.recentChange),

  /** The contacts of the person, and from when on each proves who they are. */
  reachOf: (person: PersonId) => reachOf(deps, person),

  /** Those of this kind that a code of a recovery is sent to now. */
  proving: (person: PersonId, kind: DestinationKind) => proving(deps, person, kind),

  /** What a recovery of late keeps as it was. */
  holdOf: async (person: PersonId): Promise<RecoveryHold | null> => holdOf(deps, person),

  unchangedUntil: (person: PersonId) => unchangedUntil(deps, person),

  /** Before the first of the removable ones goes: the hold lasts as long as if it were still there. */
  keepHold: (tx: Tx, person: PersonId) => recordKeptRecovery(tx, person),

  /** Before one of these is removed or replaced: what the person adds then proves only after a while. */
  recordLoss: async (person: PersonId, what: readonly string[]) => {
    const methods = await list(deps, person)
    if (!methods.some(method => what.includes(method.what))) return
    await deps.store.transaction(tx => recordLostMeans(tx, person, deps.clock.now()))
  },

  settledBy: (holder: string) => settledBy(deps, holder),

  /** Everything that the person has set. */
  all: (person: PersonId) => list(deps, person),

  clear: async (tx: Tx, person: PersonId, by: Actor, methods: readonly AccessMethod[]) => {
    for (const method of methods) {
      await remove(deps, tx, person, method)
      await recordRemoval(deps, tx, person, by, method, 'unfrozen')
    }
  },

  /** Of what is gone: the events, and the mails to the owner. */
  recordRemovals: async (
    tx: Tx,
    person: PersonId,
    by: Actor,
    methods: readonly AccessMethod[],
    because: 'erased',
  ) => {
    for (const method of methods) await recordRemoval(deps, tx, person, by, method, because)
  },
})

export type AccessMethods = ReturnType<typeof createAccessMethods>
