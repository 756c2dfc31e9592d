import type { Keys } from '../crypto/keys.ts'
import { digestOfDetails, linkOf } from './chain.ts'
import { type Cut, sealOfCut } from './cut.ts'
import { type KeyChange, lastUnderFormerKeys, linkKeys } from './key-changes.ts'
import { isRolling } from './rolling.ts'

export type ChainFault = { readonly chain: string; readonly sequence: number; readonly why: string }

export type EventRow = {
  chain: string
  sequence: number
  at: number
  kind: string
  actor: string
  digest: string
  link: string
  subject: string | null
  body: string | null
  detailsAt: number | null
}

type ChainPoint = { readonly sequence: number; readonly link: string }

/** What the store records about a chain besides its events. */
export type ChainState = {
  readonly head: ChainPoint | null
  readonly sealed: ChainPoint | null
  readonly cut: (Cut & { readonly seal: string }) | null
  readonly keyChange: KeyChange | null
}

/** `detailsSince`: details of events after this time must exist, and no rolling chain may be cut after it. */
export type VerifyRules = { readonly keys: Keys; readonly detailsSince: number }

export const cutBack = 'the chain was erased or cut back since its head was sealed'

const faultOfCut = ({ keys, detailsSince }: VerifyRules, { cut }: ChainState): string | null => {
  if (!cut) return null
  const isSealed = keys.live('audit').some(key => cut.seal === sealOfCut(key, cut))
  if (!isRolling(cut.chain) || !isSealed) return 'its cut was forged or altered'
  return cut.newest < detailsSince ? null : 'it was cut above its retention: younger events were deleted'
}

const faultOfDetails = (
  { detailsSince }: Pick<VerifyRules, 'detailsSince'>,
  key: Buffer,
  event: EventRow,
): string | null => {
  const { body, at, detailsAt, digest } = event
  if (body === null) return at < detailsSince ? null : 'its details are missing before their retention ended'
  return digestOfDetails(key, body) === digest && detailsAt === at ? null : 'its details were altered'
}

function faultAfter(rules: VerifyRules, progress: Progress, event: EventRow): string | null {
  const { previous, lastUnderFormer } = progress
  if (event.sequence !== previous.sequence + 1) return 'an event is missing'
  const key = linkKeys(rules.keys, lastUnderFormer, event.sequence).find(
    one => linkOf(one, event, previous.link) === event.link,
  )
  return key ? faultOfDetails(rules, key, event) : 'the event was altered, moved or inserted'
}

/** How far a chain is verified: the last event and the first fault. */
type Progress = {
  readonly chain: string
  readonly lastUnderFormer: number
  previous: ChainPoint
  first: ChainFault | null
}

function report(progress: Progress, sequence: number, why: string) {
  progress.first ??= { chain: progress.chain, sequence, why }
}

/** The chain must contain the sealed head; events before a cut can no longer be compared. */
function compareSealed(progress: Progress, { sealed }: ChainState, { sequence, link }: ChainPoint) {
  if (sealed?.sequence === sequence && sealed.link !== link) report(progress, sequence, cutBack)
}

function begin(rules: VerifyRules, chain: string, state: ChainState): Progress {
  const { cut } = state
  const start: ChainPoint = cut ? { sequence: cut.sequence, link: cut.link } : { sequence: 0, link: '' }
  const lastUnderFormer = lastUnderFormerKeys(rules.keys, state.keyChange)
  const progress: Progress = { chain, lastUnderFormer, previous: start, first: null }
  const cutFault = faultOfCut(rules, state)
  if (cutFault) report(progress, start.sequence, cutFault)
  compareSealed(progress, state, start)
  return progress
}

function verifyNext(rules: VerifyRules, progress: Progress, state: ChainState, event: EventRow) {
  const { first, previous } = progress
  if (first) return
  const why = faultAfter(rules, progress, event)
  if (why)
    return report(progress, why === 'an event is missing' ? previous.sequence + 1 : event.sequence, why)
  compareSealed(progress, state, event)
  progress.previous = event
}

function verifyEnd(progress: Progress, { head, sealed }: ChainState): ChainFault | null {
  const { previous } = progress
  if (!head) report(progress, previous.sequence, 'the head of the chain is missing')
  else if (head.sequence !== previous.sequence || head.link !== previous.link)
    report(progress, previous.sequence + 1, 'the last events are missing')
  if (sealed && sealed.sequence > previous.sequence) report(progress, sealed.sequence, cutBack)
  return progress.first
}

/** Verifies one chain event by event: it keeps the last event only, and returns the first fault. */
export const createChainVerifier = (rules: VerifyRules, chain: string, state: ChainState) => {
  const progress = begin(rules, chain, state)
  return {
    next: (event: EventRow) => verifyNext(rules, progress, state, event),
    end: () => verifyEnd(progress, state),
  }
}

export type ChainVerifier = ReturnType<typeof createChainVerifier>
