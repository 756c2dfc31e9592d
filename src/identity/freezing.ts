import type { Actor, Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import type { Notices } from '../notify/notify.ts'
import type { BindBudget } from '../password/bind-budget.ts'
import { ok, type Refused, type Result, refused } from '../result.ts'
import type { Deliveries } from '../services/deliveries/deliveries.ts'
import type { Receipts } from '../services/receipt/receipt.ts'
import type { Attempts } from '../services/source/attempts.ts'
import type { Revocations } from '../services/source/revocations.ts'
import type { Outcome, Source } from '../services/source/source.ts'
import { unknownPassword } from '../services/source/unknown-password.ts'
import type { Store, Tx } from '../store/store.ts'
import { ownLanguage } from '../texts/locales.ts'
import type { Language } from '../texts/texts.ts'
import type { AccessMethod, AccessMethods } from './access-methods.ts'
import type { Freeze, Freezes } from './freezes.ts'
import type { KnownBrowsers } from './known-browsers.ts'
import type { NotMeTokens } from './not-me-tokens.ts'
import type { PendingSignIns } from './pending-sign-ins.ts'
import type { Sessions } from './sessions.ts'

export type FreezingDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Pick<Limits, 'recoveryClosed'>
  readonly audit: Audit
  readonly notices: Notices
  readonly freezes: Freezes
  readonly revocations: Pick<Revocations, 'revokeAll'>
  readonly tokens: Pick<NotMeTokens, 'deleteAll'>
  readonly attempts: Pick<Attempts, 'prepare' | 'eraseOthers'>
  readonly deliveries: Pick<Deliveries, 'supersede'>
  readonly receipts: Pick<Receipts, 'end'>
  readonly source: Pick<Source, 'writePassword'>
  readonly sessions: Pick<Sessions, 'endAll'>
  readonly pendingSignIns: Pick<PendingSignIns, 'endAll'>
  readonly knownBrowsers: Pick<KnownBrowsers, 'forgetAll'>
  readonly budget: Pick<BindBudget, 'forgive'>
  readonly accessMethods: AccessMethods
  readonly helpdeskCodes: { readonly voidOf: (tx: Tx, person: PersonId) => Promise<unknown> }
  readonly hasJoker: (person: PersonId, tx: Tx) => Promise<boolean>
  /** A person without a joker recovers the account by an activation code that the helpdesk hands over. */
  readonly reopenActivation: (tx: Tx, person: PersonId) => Promise<unknown>
  /** Ends all journeys of this person. */
  readonly endJourneys: (tx: Tx, person: PersonId) => Promise<unknown>
}

/** `event`: the change after which the person said « Ce n'est pas moi », or `desk`. */
export type FreezeOrder = {
  readonly person: PersonId
  readonly by: Actor
  readonly reason: string
  readonly language: Language
  readonly event: string
  /** The device of the person who asked for it (`web/device.ts`); '': the helpdesk did. */
  readonly device: string
}

type Unfrozen = { readonly cleared: readonly AccessMethod[]; readonly was: Freeze['kind'] }

/** Not unfrozen yet: the helpdesk must first decide about these recent access methods. */
type Undecided = Refused<'undecided'> & { readonly recent: readonly AccessMethod[] }

/** The records of a freeze, in one transaction: everything that was open for this person ends. */
async function recordFreeze(deps: FreezingDeps, tx: Tx, order: FreezeOrder) {
  const { person, by, reason, language, event, device } = order
  const { revocations, freezes, sessions, pendingSignIns, tokens, notices, audit } = deps
  await revocations.revokeAll(tx, person)
  await freezes.put(tx, { person, kind: 'frozen', until: null, by: by.kind, reason })
  await deps.endJourneys(tx, person)
  await sessions.endAll(tx, person, { by, why: 'freeze' })
  await pendingSignIns.endAll(tx, person)
  await tokens.deleteAll(tx, person)
  // One of them may be the stranger's browser.
  await deps.knownBrowsers.forgetAll(tx, person)
  const facts = { at: deps.clock.now(), event, device }
  await notices.write(tx, { kind: 'account-frozen', person, facts, language })
  await notices.write(tx, { kind: 'desk-frozen', person, facts, language: ownLanguage })
  await audit.append(tx, { chain: person, kind: 'account.frozen', by, details: { reason, event, device } })
}

/**
 * Freezes the account: pending writes are erased, and a random password that nobody knows is written. The attempt to
 * write it is committed with the freeze; the write itself may come later. `isAllowed` runs first in the same
 * transaction: when it returns false nothing is changed, and the result is `null`.
 */
async function freezeAccount(
  deps: FreezingDeps,
  order: FreezeOrder,
  isAllowed: (tx: Tx) => Promise<boolean>,
): Promise<{ readonly writing: Promise<Outcome | null> } | null> {
  const { store, attempts, deliveries, receipts, source } = deps
  const { person, language } = order
  const password = unknownPassword()
  const { attempt, insert } = await attempts.prepare(
    { kind: 'freeze', person, journey: null, facts: { language, historyHash: null, charterVersion: null } },
    password,
  )
  const isFrozen = await store.transaction(async tx => {
    if (!(await isAllowed(tx))) return false
    await recordFreeze(deps, tx, order)
    await attempts.eraseOthers(tx, person, attempt.id)
    await deliveries.supersede(tx, person, Number.MAX_SAFE_INTEGER)
    await receipts.end(tx, person)
    await insert(tx)
    return true
  })
  return isFrozen ? { writing: source.writePassword(attempt, password).catch(() => null) } : null
}

/**
 * Nothing is frozen: open journeys end, the code that the helpdesk handed over is void, and recovery is refused for `limits.recoveryClosed` (a
 * week). The person's row is locked.
 */
async function closeRecovery(deps: FreezingDeps, tx: Tx, order: Omit<FreezeOrder, 'by' | 'reason'>) {
  const { clock, limits, freezes, notices, audit } = deps
  const { person, language, event, device } = order
  const until = clock.now() + limits.recoveryClosed
  await deps.endJourneys(tx, person)
  await deps.helpdeskCodes.voidOf(tx, person)
  await freezes.put(tx, { person, kind: 'recovery-closed', until, by: 'person', reason: 'not-me' })
  await notices.write(tx, {
    kind: 'recovery-closed',
    person,
    facts: { at: clock.now(), event, until, device },
    language,
  })
  await audit.append(tx, {
    chain: person,
    kind: 'account.recovery-closed',
    by: { kind: 'person', id: person },
    details: { until, event, device },
  })
}

type UnfreezeOrder = {
  readonly by: Actor
  readonly reason: string
  readonly decided: 'keep' | 'clear' | null
}

/** The records of the end of a freeze; false when the account was frozen again meanwhile. */
async function liftFreeze(
  deps: FreezingDeps,
  tx: Tx,
  person: PersonId,
  { by, reason, decided, recent }: UnfreezeOrder & { readonly recent: readonly AccessMethod[] },
) {
  const { revocations, freezes, sessions, pendingSignIns, budget, accessMethods, audit } = deps
  await revocations.revokeAll(tx, person)
  // « Ce n'est pas moi » may have frozen the account again meanwhile: the decision was not about that freeze.
  const current = await freezes.find(person, tx)
  if (current?.kind === 'frozen' && !current.passwordWritten) return false
  await freezes.lift(tx, person)
  // A sign-in that was under way at the freeze may have inserted a session, which must not become valid again.
  await sessions.endAll(tx, person, { by, why: 'desk' })
  await pendingSignIns.endAll(tx, person)
  await budget.forgive(tx, person, deps.clock.now())
  await accessMethods.clear(tx, person, by, decided === 'clear' ? recent : [])
  if (!(await deps.hasJoker(person, tx))) await deps.reopenActivation(tx, person)
  const details = { reason, ...(recent.length > 0 && { recent: decided }) }
  await audit.append(tx, { chain: person, kind: 'account.unfrozen', by, details })
  return true
}

async function unfreezeAccount(
  deps: FreezingDeps,
  person: PersonId,
  order: UnfreezeOrder,
): Promise<Result<Unfrozen, 'not-frozen' | 'old-password-valid'> | Undecided> {
  const found = await deps.freezes.find(person)
  if (!found) return refused('not-frozen')
  // Until the directory has the new unknown password, a stranger who knows the old one could sign in with it.
  if (found.kind === 'frozen' && !found.passwordWritten) return refused('old-password-valid')
  const recent = await deps.accessMethods.recent(person, found.at)
  if (recent.length > 0 && !order.decided) return { ...refused('undecided'), recent }
  const isLifted = await deps.store.transaction(tx => liftFreeze(deps, tx, person, { ...order, recent }))
  const cleared = order.decided === 'clear' ? recent : []
  return isLifted ? ok({ cleared, was: found.kind }) : refused('old-password-valid')
}

/** Freezes accounts and ends freezes, for their owner (« Ce n'est pas moi ») and for the helpdesk. */
export const createFreezing = (deps: FreezingDeps) => ({
  freeze: (order: FreezeOrder, isAllowed: (tx: Tx) => Promise<boolean> = async () => true) =>
    freezeAccount(deps, order, isAllowed),
  closeRecovery: (tx: Tx, order: Omit<FreezeOrder, 'by' | 'reason'>) => closeRecovery(deps, tx, order),
  /**
   * Lifts a freeze or a closed recovery. Recent access methods, which a stranger may have set, are kept or cleared as the
   * helpdesk decides; until it has decided, nothing is lifted (`undecided`).
   */
  unfreeze: (person: PersonId, order: UnfreezeOrder) => unfreezeAccount(deps, person, order),
})

export type Freezing = ReturnType<typeof createFreezing>
