import { type Lockout, lockoutShares } from '../directory/lockout.ts'
import type { FailureRow } from './failure-rows.ts'

/** Who asks for a bind: anybody, or a browser or a session of the person in question. */
export type Requester = 'stranger' | 'own'

/** Clocks of the directory count whole seconds. */
const margin = 2000

type ShareInput = {
  readonly rule: Lockout
  readonly requester: Requester
  readonly stranger: FailureRow
  /** `null`: no browser of the person's failed, or nobody bears the name. */
  readonly own: FailureRow | null
  readonly mostInARow: number
  readonly now: number
}

/** A bind under way may fail at any instant: as long as there is one, the last failure is now. */
const lastOf = (row: FailureRow | null, of: 'failed_at' | 'sent_at', now: number) => {
  if (row === null) return 0
  return row.pending > 0 ? now : row[of]
}

/**
 * Where an asker stands with a name, by two counts. What the directory may still count are the binds of everybody that
 * were sent to it; it forgets them one interval after the last. What strangers are told goes by their own tries alone: when
 * a name closes to them, and until when, must not show that somebody bears it and mistypes.
 *
 * The owner's own share is small: one try where a directory locks after five. Past it an own browser takes what
 * strangers have left of theirs. Tries that strangers are free to make, and for which the directory has no room, are
 * answered as wrong ones and not sent (docs/decisions/017-wrong-passwords.md). The sum stays what both shares are
 * together. Once it is reached nothing is sent any more, so that no stranger puts off the time that the owner is told.
 */
export const assessShare = ({ rule, requester: asked, stranger, own, mostInARow, now }: ShareInput) => {
  const { maxFailures, interval } = rule
  const shares = lockoutShares(maxFailures)
  // Where each cannot have a share, they have one together.
  const requester: Requester = asked === 'own' && shares.own > 0 ? 'own' : 'stranger'
  const mine = (requester === 'own' && own) || stranger

  const forgottenAt =
    Math.max(lastOf(stranger, 'sent_at', now), lastOf(own, 'sent_at', now)) + interval + margin
  const isForgotten = interval > 0 && forgottenAt <= now
  const sentOf = (row: FailureRow | null) => (isForgotten ? 0 : (row?.sent ?? 0))
  const taken = shares.own > 0 ? Math.max(0, sentOf(own) - shares.own) : 0
  const hasRoom = sentOf(stranger) + taken < shares.stranger

  const opensAt = requester === 'own' ? forgottenAt : lastOf(stranger, 'failed_at', now) + interval + margin
  const strangerCount = interval > 0 && opensAt <= now ? 0 : stranger.counted
  const counted = requester === 'own' ? sentOf(own) : strangerCount
  const allowed =
    requester === 'own' ? shares.own + Math.max(0, shares.stranger - sentOf(stranger)) : shares.stranger
  const waitsForOwner = interval === 0 || shares[requester] === 0 || mine.in_a_row >= mostInARow

  return {
    requester,
    mine,
    isForgotten,
    counted,
    sent: sentOf(mine),
    /** Is it sent to the directory? */
    reaches: requester === 'own' || hasRoom,
    /** May one more be tried, so many of those counted left aside? */
    isFree: (without: number) => counted - without < allowed && mine.in_a_row - without < mostInARow,
    /** When passwords are tried again; `null`: after a success of the owner. */
    until: waitsForOwner ? null : opensAt,
  }
}
