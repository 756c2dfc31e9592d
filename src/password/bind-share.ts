import { type Lockout, lockoutShares } from '../directory/lockout.ts'
import type { FailureRow } from './failure-rows.ts'

/** `own`: a known browser or a session of the person whose password is tried; `stranger`: any other. */
export type Requester = 'stranger' | 'own'

/** In milliseconds. Directories store times in whole seconds. */
const margin = 2000

type ShareInput = {
  readonly rule: Lockout
  readonly requester: Requester
  readonly stranger: FailureRow
  /** `null`: no known browser of the person has failed, or the name is unknown. */
  readonly own: FailureRow | null
  readonly mostInARow: number
  readonly now: number
}

/** A pending bind may fail at any moment: while there is one, the last failure counts as now. */
const lastOf = (row: FailureRow | null, column: 'failed_at' | 'sent_at', now: number) => {
  if (row === null) return 0
  return row.pending > 0 ? now : row[column]
}

/**
 * Computes the tries that a requester has left for a name, from two counts. `sent` counts the binds of all requesters that
 * reached the directory, which forgets them one interval after the last. `counted` decides what strangers see, and holds
 * their own tries only: when a name is refused to them, and until when, must not reveal that its owner exists and mistypes.
 *
 * The owner's share is small: one try where a directory locks after five. Beyond it an own browser uses what is left of the
 * strangers' share. A stranger's try that is allowed, but for which the directory's budget is used up, is answered as wrong
 * and not sent (docs/decisions/017-wrong-passwords.md). The sum of both shares is never exceeded. Once it is reached nothing
 * is sent, so that strangers cannot postpone the time that is announced to the owner.
 */
export const assessShare = (input: ShareInput) => {
  const { rule, stranger, own, mostInARow, now } = input
  const { maxFailures, interval } = rule
  const shares = lockoutShares(maxFailures)
  // A threshold too low for two shares leaves one that all requesters share.
  const requester: Requester = input.requester === 'own' && shares.own > 0 ? 'own' : 'stranger'
  const row = (requester === 'own' && own) || stranger

  const forgottenAt =
    Math.max(lastOf(stranger, 'sent_at', now), lastOf(own, 'sent_at', now)) + interval + margin
  const isForgotten = interval > 0 && forgottenAt <= now
  const sentOf = (failures: FailureRow | null) => (isForgotten ? 0 : (failures?.sent ?? 0))
  const takenByOwner = shares.own > 0 ? Math.max(0, sentOf(own) - shares.own) : 0
  const hasRoomInDirectory = sentOf(stranger) + takenByOwner < shares.stranger

  const opensAt = requester === 'own' ? forgottenAt : lastOf(stranger, 'failed_at', now) + interval + margin
  const strangerCount = interval > 0 && opensAt <= now ? 0 : stranger.counted
  const counted = requester === 'own' ? sentOf(own) : strangerCount
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
