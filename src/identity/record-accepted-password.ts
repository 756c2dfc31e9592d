import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import type { NoticeKind, Notices } from '../notify/notify.ts'
import type { BindBudget } from '../password/bind-budget.ts'
import { recordInHistory } from '../password/history.ts'
import type { Receipts } from '../services/receipt/receipt.ts'
import type { Attempt, Verification } from '../services/source/attempts.ts'
import type { Tx } from '../store/store.ts'
import { recordAcceptance } from './charter-acceptances.ts'
import type { KnownBrowsers } from './known-browsers.ts'
import type { Sessions } from './sessions.ts'

export type AcceptedPasswordDeps = {
  readonly clock: Clock
  readonly keys: Keys
  readonly audit: Audit
  readonly notices: Notices
  readonly sessions: Sessions
  readonly knownBrowsers: Pick<KnownBrowsers, 'forgetAll'>
  readonly budget: Pick<BindBudget, 'forgive'>
  readonly receipts: Pick<Receipts, 'open'>
}

async function acceptCharter({ audit }: AcceptedPasswordDeps, tx: Tx, { person, facts, startedAt }: Attempt) {
  const { charterVersion: version, language } = facts
  if (!version) return
  await recordAcceptance(tx, { person, version, language, at: startedAt })
  await audit.append(tx, {
    chain: person,
    kind: 'charter.accepted',
    by: { kind: 'person', id: person },
    details: { version },
  })
}

async function recordAcceptedPassword(
  deps: AcceptedPasswordDeps,
  tx: Tx,
  attempt: Attempt,
  verification: Verification,
  notice: NoticeKind,
) {
  const { clock, keys, notices, sessions, knownBrowsers, budget, receipts } = deps
  const { person, facts } = attempt
  await recordInHistory(tx, {
    person,
    hash: facts.historyHash,
    pepper: keys.id,
    at: verification.writtenAt,
  })
  await acceptCharter(deps, tx, attempt)
  // The verification of the write was a successful bind, at which the directory resets its count of failures.
  if (verification.verifiedAt !== null) await budget.forgive(tx, person, attempt.startedAt)
  await sessions.endAll(tx, person, {
    by: { kind: 'person', id: person },
    why: 'password',
    except: facts.session ?? null,
  })
  // A stranger with the old password may have made a browser known; the writing browser is remembered by its response.
  await knownBrowsers.forgetAll(tx, person)
  const receipt = { person, attempt: attempt.id, writtenAt: verification.writtenAt }
  if (facts.receipt) await receipts.open(tx, { id: facts.receipt, ...receipt })
  await notices.write(tx, {
    kind: notice,
    person,
    facts: { at: clock.now(), event: attempt.id },
    language: facts.language,
  })
}

/**
 * Records an accepted password that a person chose, in the transaction that accepts it: history, charter, end of the
 * sessions opened with the old one, receipt for a person without a session, notice to every known address.
 */
export const createAcceptedPasswordRecorder =
  (deps: AcceptedPasswordDeps) =>
  (tx: Tx, attempt: Attempt, verification: Verification, notice: NoticeKind) =>
    recordAcceptedPassword(deps, tx, attempt, verification, notice)
