import type { AliasableExpression } from 'kysely'
import type { AuditKind } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Keys, KeyUse } from '../crypto/keys.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Hashing, HashingClient, HashRefusal } from '../hashing/hashing.ts'
import type { Limits } from '../limits/limits.ts'
import type { RateLimiter } from '../limits/rate-limiter.ts'
import type { NoticeForm, NoticeKind } from '../notify/notify.ts'
import type { Notify } from '../notify/notify-group.ts'
import type { Result } from '../result.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { AnyRekeying } from '../root-keys/rekey-table.ts'
import type { HelpTopic, RouteName } from '../routes.ts'
import type { Schema } from '../store/schema.ts'
import type { Store, Tx } from '../store/store.ts'
import type { SayIn, TextKey } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'
import type { RelyingParty } from './passkey/relying-party.ts'

/** One thing that a person can prove themselves with, as its owner and the helpdesk see it. Times are in milliseconds. */
export type InPlace = {
  readonly id: string
  /** What its owner calls it; empty for a proof of which a person has one. */
  readonly name: string
  /** Since when it has been in service; `null`: it waits for its first use. */
  readonly since: number | null
  /** How many answers it still has: codes of a sheet, tries of a code. Absent: it does not run out. */
  readonly left?: number
}

/** `right`, or a verdict that tells the person why not. */
export type Judgement = { readonly verdict: string }

/** An answer that was read, looked up and hashed outside any transaction. Until it is judged it has counted for nothing. */
export type PendingAnswer<Judged extends Judgement = Judgement> = {
  /**
   * Judges the answer in the caller's transaction: consumes what a right one uses up, counts a wrong one.
   * `open`: false for a frozen, closed or unknown person, whose right answer leaves the rows of a wrong one.
   */
  readonly judge: (tx: Tx, open: boolean) => Promise<Judged>
}

/**
 * The port of a proof. `test/world/proof-contract.ts` holds each proof to these promises, on both stores:
 *
 * - No answer is right before `begin`, nor after the proof is gone: cleared, replaced, expired, or erased with its person. What an answer
 *   was compared with is looked at again where it is judged, and stays until that transaction ends.
 * - An answer is right as often as `spent` says, also when it is judged several times at once.
 * - Reading an answer changes no table but those of the proof's challenges. What a refusal leaves does not depend on
 *   whether the answer was right.
 * - It writes the tables, uses the keys and sends the notices that its descriptor names, and no others.
 * - Neither the answer nor what it is compared with is stored or recorded in clear.
 */
export type Proof = {
  /** What makes an answer possible: chooses a question, sends or issues a code, prints a sheet, asks for a signature. */
  readonly begin: (...asked: never) => Promise<unknown>
  /** Reads an answer: the same look-ups and hashes for everybody, known or not. A refusal says why it could not be read. */
  readonly verify: (
    claim: never,
    typed: string,
  ) => Promise<Result<{ readonly answer: PendingAnswer }, string>>
  /** What the holder has: a person, or the request for which a code was sent. */
  readonly describe: (holder: never, db?: Store['read']) => Promise<readonly InPlace[]>
}

/** A proof that a person keeps until they or the helpdesk remove it. */
export type KeptProof = Proof & {
  readonly describe: (person: PersonId, db?: Store['read']) => Promise<readonly InPlace[]>
  /** Whether this holder, known or not, has one in service: one look-up. */
  readonly isInService: (holder: string, db?: Store['read']) => Promise<boolean>
  /** Removes the one with this id, or all; whether one was in service. */
  readonly clear: (tx: Tx, person: PersonId, id?: string) => Promise<boolean>
}

/** A second factor that is judged. `codesLeft`: those that remain of a sheet. */
export type JudgedFactor =
  | { readonly verdict: 'right'; readonly codesLeft?: number }
  | { readonly verdict: 'wrong' }

/** Whose factor is typed; its hash is queued for the client. */
export type FactorClaim = HashingClient & { readonly person: PersonId }

/** A second factor that is typed. The forms of two such proofs never overlap. */
export type TypedFactor = KeptProof & {
  readonly recognises: (typed: string) => boolean
  readonly verify: (
    claim: FactorClaim,
    typed: string,
  ) => Promise<Result<{ readonly answer: PendingAnswer<JudgedFactor> }, HashRefusal>>
}

/** Where a proof is asked for. `contact`: for a recovery address or mobile. `helpdesk`: in a recovery, once the helpdesk handed it over. */
export type ProofUse = 'recovery' | 'second-factor' | 'contact' | 'activation' | 'helpdesk'

/** By what a proof convinces: what the person knows, has, was sent, or was handed over. */
export type ProofClass = 'known' | 'held' | 'sent' | 'issued'

/** What proofs are created from. */
export type ProofDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly hashing: Hashing
  readonly rateLimiter: RateLimiter
  readonly notify: Notify
  readonly sayIn: SayIn
  /** What other modules keep that makes an account active (`activation-code/activity.ts`). One look-up for each. */
  readonly has: {
    readonly password: (holder: string, db?: Store['read']) => Promise<boolean>
    readonly contact: (holder: string, db?: Store['read']) => Promise<boolean>
    /** Whether the holder has a proof of this use in service. */
    readonly proof: (use: ProofUse, holder: string, db?: Store['read']) => Promise<boolean>
  }
  /** How many of these contacts the holder, known or not, has still, and until when their proofs are revoked: one look-up. */
  readonly findReach: (
    db: Store['read'],
    holder: string,
    contacts: readonly string[],
  ) => Promise<{ readonly contacts: number; readonly revokedAt: number }>
  readonly revokeProofs: (tx: Tx, person: PersonId) => Promise<unknown>
  /** When everything that was open for the holder last ended: a written password, a freeze, its end. Read with what it voids. */
  readonly allRevokedAt: (holder: string, db: Store['read']) => AliasableExpression<number | null>
  readonly relyingParty: RelyingParty
  /** Text messages: `configured` is false without a gateway; a day begins at midnight in `timeZone`. */
  readonly messages: {
    readonly configured: boolean
    readonly countries: readonly string[]
    readonly timeZone: string
  }
}

type Line = { readonly name: string; readonly detail: string; readonly verb: string }

/** Everything that the rest of the product knows of a proof. `proof-list.ts` has one line for each. */
export type ProofDescriptor = {
  /** Its name in rows: sessions, attempts, the audit. */
  readonly kind: string
  readonly use: ProofUse
  /** When a right answer is used up: at once, with the password that it allowed, or never. */
  readonly spent: 'at-once' | 'with-the-password' | 'never'
  /** The tables that only this proof reads and writes, each with its retention and its line of the privacy statement. */
  readonly retention: Partial<RetentionOf<keyof Schema>>
  readonly categories: { readonly [table in keyof Schema]?: string }
  readonly keys: readonly KeyUse[]
  /**
   * How its tables are brought under another root key (`crypto/key-uses.ts`); absent where nothing in them is under one. A key of
   * the form `proof-…` stays the same.
   */
  readonly rekeyings?: readonly AnyRekeying[]
  /** In which journeys a policy (`policy/requirement.ts`) may ask for it; absent: in none. */
  readonly journeys?: {
    readonly of: 'recovery' | 'activation'
    readonly class: ProofClass
    /** What is shown serves nobody else: it is bound to the site, and nobody can be talked into passing it on. */
    readonly resistsPhishing?: true
  }
  /** The events of the audit that it writes, for `docs/reference/proofs.md`; the kinds are declared in `audit/audit.ts`. */
  readonly events: readonly AuditKind[]
  /** A notice exists once its texts do: `mail.<name>.subject`. A factor that a page enrols has `<removal.what>-added` and `-removed`. */
  readonly notices: { readonly [kind in NoticeKind]?: NoticeForm }
  /** The section of the help that explains it. */
  readonly help: { readonly topic: HelpTopic; readonly section: string }
} & (
  | { readonly use: 'contact' | 'activation' | 'helpdesk'; readonly create: (deps: ProofDeps) => Proof }
  | (KeptFields & { readonly use: 'recovery' })
  | (KeptFields & { readonly use: 'second-factor'; readonly factor: FactorFields })
)

type KeptFields = {
  readonly create: (deps: ProofDeps) => KeptProof
  /** Its line in « Mon compte », which leads to its page. */
  readonly overview: {
    readonly section: 'entering' | 'recovery'
    readonly page: RouteName
    readonly line: (ui: Ui, inPlace: readonly InPlace[]) => Line
  }
  /** How its removal is recorded and told. `what`: what the person has, in the audit and for the helpdesk. */
  readonly removal: { readonly what: string; readonly event: AuditKind; readonly notice: NoticeKind }
}

/** `asked`: sign-in asks for a second factor from the first of these on; the others replace one that is not at hand. */
type FactorFields = (
  | {
      readonly asked: true
      /** Reads since when the holder, known or not, has it in service; `null`: not at all. Read with what else forbids a write. */
      readonly since: (holder: string, db: Store['read']) => AliasableExpression<number | null>
    }
  | {
      readonly asked: false
      /** The first factor that is asked for voids those made before it, which a stolen password was enough to make. */
      readonly voided: {
        readonly notice: NoticeKind
        /** On the page of the first factor: that it is void, and the link to its own page for another. */
        readonly note: TextKey
        readonly again: TextKey
      }
    }
) & {
  /** Wrong answers are counted and limited, because the right one can be guessed. */
  readonly guessable: boolean
  /** Under the field where it is typed (`TypedFactor`); absent: its own page asks for it. */
  readonly hint?: TextKey
  /** Told to the owner at each use, because nobody notices when it was copied. */
  readonly usedNotice?: NoticeKind
  /** For the helpdesk: what the person has, by how many. */
  readonly summary: (count: number) => string
}

/** How many the person can use now. */
export const countOf = (inPlace: readonly InPlace[]) =>
  inPlace.filter(({ since }) => since !== null).reduce((sum, { left = 1 }) => sum + left, 0)
