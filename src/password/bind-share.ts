import { type Lockout, lockoutShares } from '../directory/lockout.ts'
import type { FailureRow } from './failure-rows.ts'

/** Who asks for a bind: `own`, a known browser or a session of the person; `stranger`, any other client. */
export type Requester = 'stranger' | 'own'

/** In milliseconds. Directories store times in whole seconds. */
const margin = 2000

type ShareInput = {
  readonly rule: Lockout
  readonly requester: Requester
  readonly stranger: FailureRow
  /** `null`: no own browser of the person has failed, or the login belongs to no account. */
  readonly own: FailureRow | null
  readonly mostInARow: number
  readonly now: number
}

/** A pending bind may fail at any instant: while there is one, the last failure counts as now. */
const lastOf = (row: FailureRow | null, column: 'failed_at' | 'sent_at', now: number) => {
  if (row === null) return 0
  return row.pending > 0 ? now : row[column]
}

/**
 * How many binds a requester still has for a name. Two counts are kept. The directory may still count every bind that was
 * sent to it, and forgets them one interval after the last. What strangers see depends on their own tries alone: when the
 * name closes for them, and until when, must not reveal that an account exists and that its owner mistypes.
 *
 * The owner's own share is small: one try where a directory locks after five. Beyond it an own browser takes what
 * strangers have left of their share. A stranger's try that is within their share, but for which the directory has no
 * room left, is answered as a wrong password and not sent (docs/decisions/017-wrong-passwords.md). The sum stays that
 * of both shares. Once it is reached nothing more is sent, so no stranger can postpone the time shown to the owner.
 */
export const assessShare = (input: ShareInput) => {
  const { rule, stranger, own, mostInARow, now } = input
  const { maxFailures, interval } = rule
  const shares = sharesOf(maxFailures)
  // A lock-out too small for two shares leaves one that both use.
  const requester: Requester = input.requester === 'own' && shares.own > 0 ? 'own' : 'stranger'
  const row = (requester === 'own' && own) || stranger

  const forgottenAt =
    Math.max(lastOf(stranger, 'sent_at', now), lastOf(own, 'sent_at', now)) + interval + margin
  const isForgotten = interval > 0 && forgottenAt <= now
  const sentOf = (failures: FailureRow | null) => (isForgotten ? 0 : (failures?.sent ?? 0))
  const takenByOwner = shares.own > 0 ? Math.max(0, sentOf(own) - shares.own) : 0
  const hasRoomInDirectory = sentOf(stranger) + takenByOwner < shares.stranger

  const opensAt = requester === 'own' ? forgottenAt : lastOf(stranger, 'failed_at', now) + interval + margin
  const countedOfStrangers = interval > 0 && opensAt <= now ? 0 : stranger.counted
  const counted = requester === 'own' ? sentOf(own) : countedOfStrangers
  const allowed =
    requester === 'own' ? shares.own + Math.max(0, shares.stranger - sentOf(stranger)) : shares.stranger
  const waitsForOwner = interval === 0 || shares[requester] === 0 || row.in_a_row >= mostInARow

  return {
    requester,
    row,
    /** The directory has forgotten every failure that was sent to it. */
    isForgotten,
    counted,
    sent: sentOf(row),
    /** Whether this bind is sent to the directory. */
    reachesDirectory: requester === 'own' || hasRoomInDirectory,
    /** Whether one more may be tried when this many of those counted are disregarded. */
    hasRoom: (disregarded: number) =>
      counted - disregarded < allowed && row.in_a_row - disregarded < mostInARow,
    /** When passwords are tried again; `null`: only after a success of the owner. */
    until: waitsForOwner ? null : opensAt,
  }
}
