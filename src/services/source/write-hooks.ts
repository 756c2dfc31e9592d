import type { Person, WriteRefusal } from '../../directory/directory.ts'
import type { Result } from '../../result.ts'
import type { Tx } from '../../store/store.ts'
import type { Attempt, Verification } from './attempt.ts'

export type SourceRefusal =
  | WriteRefusal
  | 'account-closed'
  | 'closed-by-server'
  | 'account-privileged'
  | 'account-active'
  | 'account-active-first-day'
  | 'factor-first'
  | 'proofs-missing'
  | 'journey-superseded'
  | 'proof-replaced'
  | 'directory-unavailable'

export type Outcome = Result<Verification, SourceRefusal | 'outcome-unknown'>

/** What may forbid a proof or a write. Read in one statement: at the answer, and again under the person's lock. */
export type WriteBarriers = {
  /** Proofs until then are revoked (milliseconds since 1970). */
  readonly proofsRevokedAt: number
  /** The same for proofs by a password: a written password or a freeze revokes them, another joker or factor does not. */
  readonly signInsRevokedAt: number
  /** When this person's second factor was put in service (milliseconds); `null`: they have none. */
  readonly factorSince: number | null
  readonly freeze: 'frozen' | 'recovery-closed' | null
  /** The kinds of the proofs that were given in the journey which writes; none without one. */
  readonly proved: ReadonlySet<string>
}

/** Whether there is something of the person that an accepted password ends. Read in one statement, under the person's row. */
export type OpenItems = {
  readonly [what in
    | 'deliveries'
    | 'oldPasswords'
    | 'failures'
    | 'sessions'
    | 'announcedSignIns'
    | 'browsers'
    | 'journeys']: boolean
}

/** What each kind of attempt records, in the transaction that finishes it. */
export type WriteHooks = {
  accepted(tx: Tx, attempt: Attempt, verification: Verification, toEnd: OpenItems): Promise<void>
  refused(tx: Tx, attempt: Attempt, reason: SourceRefusal): Promise<void>
  /** Checked again under the lock: whether this password may be written now. */
  checkWrite(
    attempt: Attempt,
    person: Person,
    barriers: WriteBarriers,
  ): Promise<Result<object, SourceRefusal>>
}
