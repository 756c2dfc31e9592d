import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import type { NoticeKind, Notices } from '../notify/notify.ts'
import type { BindBudget } from '../password/bind-budget.ts'
import { readHistoryHash, recordInHistory } from '../password/history.ts'
import type { Receipts } from '../services/receipt/receipt.ts'
import { attemptDetails } from '../services/source/attempt.ts'
import type { Attempt, Verification } from '../services/source/attempts.ts'
import type { OpenItems } from '../services/source/write-hooks.ts'
import type { Tx } from '../store/store.ts'
import { recordAcceptance } from './charter-acceptances.ts'
import type { KnownBrowsers } from './known-browsers.ts'
import type { PendingSignIns } from './pending-sign-ins.ts'
import type { Sessions } from './sessions.ts'

export type AcceptedPasswordDeps = {
  readonly clock: Clock
  readonly keys: Keys
  readonly audit: Audit
  readonly notices: Notices
  readonly sessions: Sessions
  readonly pendingSignIns: Pick<PendingSignIns, 'forgetExpiry'>
  readonly knownBrowsers: Pick<KnownBrowsers, 'forgetAll' | 'add'>
  readonly budget: Pick<BindBudget, 'forgive' | 'recordFailure'>
  readonly receipts: Pick<Receipts, 'open'>
  /** How many hashes of past passwords are kept. */
  readonly historyKept: number
}

/** `notice`: what the person is sent. */
type Acceptance = { readonly notice: NoticeKind; readonly toEnd: OpenItems }

async function acceptCharter({ audit }: AcceptedPasswordDeps, tx: Tx, attempt: Attempt) {
  const { person, facts, startedAt } = attempt
  const { charterVersion: version, language } = facts
  if (!version) return
  await recordAcceptance(tx, { person, version, language, at: startedAt })
  await audit.append(tx, {
    chain: person,
    kind: 'charter.accepted',
    by: { kind: 'person', id: person },
    details: { version, ...attemptDetails(attempt) },
  })
}

/** The bind that preceded the write counts as failed: no successful one has reset the count of the directory since. */
export async function recordFailedBind(
  { budget }: Pick<AcceptedPasswordDeps, 'budget'>,
  tx: Tx,
  { facts }: Attempt,
) {
  if (facts.failedBind) await budget.recordFailure(tx, facts.failedBind)
}

async function recordAcceptedPassword(
  deps: AcceptedPasswordDeps,
  tx: Tx,
  attempt: Attempt,
  verification: Verification,
  { notice, toEnd }: Acceptance,
) {
  const { clock, keys, notices, sessions, pendingSignIns, knownBrowsers, budget, receipts, historyKept } =
    deps
  const { person, facts } = attempt
  if (facts.historyHash !== null && historyKept > 0) {
    const chosen = {
      person,
      ...readHistoryHash(keys, facts.historyHash),
      at: verification.writtenAt,
      kept: historyKept,
    }
    await recordInHistory(tx, chosen, toEnd.oldPasswords)
  }
  await acceptCharter(deps, tx, attempt)
  // The verification of the write was a successful bind, at which the directory resets its count of failures.
  if (verification.verifiedAt === null) await recordFailedBind(deps, tx, attempt)
  else if (toEnd.failures) await budget.forgive(tx, person, attempt.startedAt, facts.failedBind)
  if (toEnd.sessions)
    await sessions.endAll(tx, person, {
      by: { kind: 'person', id: person },
      why: 'password',
      except: facts.session ?? null,
    })
  // The session in which it was chosen goes on.
  if (toEnd.sessions && facts.session) await sessions.forgetExpiry(tx, person)
  if (toEnd.announcedSignIns) await pendingSignIns.forgetExpiry(tx, person)
  // A stranger with the old password may have made a browser known. A freeze later forgets the writing browser too.
  if (toEnd.browsers) await knownBrowsers.forgetAll(tx, person)
  if (facts.browser) await knownBrowsers.add(tx, person, facts.browser)
  const receipt = { person, attempt: attempt.id, writtenAt: verification.writtenAt }
  if (facts.receipt) await receipts.open(tx, { id: facts.receipt, ...receipt })
  await notices.write(tx, {
    kind: notice,
    person,
    facts: { at: clock.now(), event: attempt.id, device: facts.device ?? '' },
    language: facts.language,
  })
}

/**
 * Records an accepted password that a person chose, in the transaction that accepts it: history, charter, end of the
 * sessions opened with the old one, receipt for a person without a session, notice to every known address.
 */
export const createAcceptedPasswordRecorder =
  (deps: AcceptedPasswordDeps) =>
  (tx: Tx, attempt: Attempt, verification: Verification, acceptance: Acceptance) =>
    recordAcceptedPassword(deps, tx, attempt, verification, acceptance)
