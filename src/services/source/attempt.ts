import type { PersonId } from '../../directory/directory.ts'
import type { CountedBind } from '../../password/bind-budget.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { Language } from '../../texts/texts.ts'

/** What the acceptance records. It is kept with the attempt so that another process can finish it after a kill. */
export type AttemptFacts = {
  /** The process that writes (see `lease-holder.ts`). */
  readonly leaseHolder: string
  readonly language: Language
  /** The browser and system that asked for it (`web/device.ts`). */
  readonly device?: string
  /** The hash for the portal's history, in a column of its own; `null`: it keeps none of this password, or the attempt is settled. */
  readonly historyHash: string | null
  readonly charterVersion: string | null
  /** Digest of the handle under which the person reads the receipt. */
  readonly receipt?: string
  /** Digest of the handle by which the browser that chose the password is known once it is accepted. */
  readonly browser?: string
  /** The bind that showed that this is not the current password, still counted as pending; it is settled with the attempt. */
  readonly failedBind?: CountedBind
  /** The session that stays open after a change; all others end. */
  readonly session?: string
  /** When the person proved who they are; that proof may have been revoked since (`revocations.ts`). */
  readonly provedAt?: number
  /** The second factor that the person used. Without it nothing is written for a person who has one. */
  readonly factor?: ShownFactor
  /** Why a change was refused, for the page that the person opens later. */
  readonly refused?: string
}

/** When the directory took the password, and when a bind with it succeeded; milliseconds since 1970. `null`: not yet. */
export type Verification = { readonly verifiedAt: number | null; readonly writtenAt: number }

/**
 * An attempt to write a password to the source of truth. `reset` and `activation`: chosen in a journey. `change`: chosen with
 * the old password. `freeze`: a random password that nobody knows, which blocks the account. The row is committed before
 * anything is sent to the directory, so that every write that was sent has a row.
 */
export type Attempt = {
  readonly id: string
  readonly kind: 'reset' | 'activation' | 'change' | 'freeze'
  readonly person: PersonId
  readonly journey: string | null
  readonly generation: number
  readonly facts: AttemptFacts
  readonly tries: number
  readonly startedAt: number
}

/** What every event of an attempt says in the audit: which change it belongs to, for the journal, and which device asked for it. */
export const attemptDetails = ({ id, journey, facts }: Pick<Attempt, 'id' | 'journey' | 'facts'>) => ({
  attempt: id,
  story: journey?.slice(0, 12) ?? id,
  device: facts.device ?? '',
})

export type AttemptRow = {
  id: string
  kind: string
  person: string
  journey: string | null
  generation: number
  history_hash: string | null
  facts: string
  tries: number
  started_at: number
}

const kinds = ['reset', 'activation', 'change', 'freeze'] as const

function kindOf(stored: string) {
  const known = kinds.find(kind => kind === stored)
  if (!known) throw new Error(`an attempt of the unknown kind ${stored}`)
  return known
}

type StoredFacts = Omit<AttemptFacts, 'historyHash'> & { readonly historyHash?: string | null }

/** Without the hash, which `history_hash` holds until the attempt is settled. `null`, because a process of a version before looks for it there. */
export const storedFacts = (facts: AttemptFacts) => JSON.stringify({ ...facts, historyHash: null })

/** A version before wrote the hash among the facts. */
const factsOf = (row: AttemptRow): AttemptFacts => {
  const { historyHash = null, ...stored } = JSON.parse(row.facts) as StoredFacts
  return { ...stored, historyHash: row.history_hash ?? historyHash }
}

/** The attempt of a row. */
export const attemptOf = (row: AttemptRow): Attempt => ({
  id: row.id,
  kind: kindOf(row.kind),
  person: row.person as PersonId,
  journey: row.journey,
  generation: row.generation,
  facts: factsOf(row),
  tries: row.tries,
  startedAt: row.started_at,
})
