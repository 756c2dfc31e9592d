import { digestOfDetails, linkOf } from './chain.ts'
import { type Cut, sealOfCut } from './cut.ts'
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
}

/** `detailsSince`: details of events after this time must exist, and no rolling chain may be cut after it. */
export type VerifyRules = { readonly key: Buffer; readonly detailsSince: number }

export const cutBack = 'the chain was erased or cut back since its head was sealed'

const faultOfCut = ({ key, detailsSince }: VerifyRules, { cut }: ChainState): string | null => {
  if (!cut) return null
  if (!isRolling(cut.chain) || cut.seal !== sealOfCut(key, cut)) return 'its cut was forged or altered'
  return cut.newest < detailsSince ? null : 'it was cut above its retention: younger events were deleted'
}

const faultOfDetails = ({ key, detailsSince }: VerifyRules, event: EventRow): string | null => {
  const { body, at, detailsAt, digest } = event
  if (body === null) return at < detailsSince ? null : 'its details are missing before their retention ended'
  return digestOfDetails(key, body) === digest && detailsAt === at ? null : 'its details were altered'
}

const faultAfter = (rules: VerifyRules, previous: ChainPoint, event: EventRow): string | null => {
  if (event.sequence !== previous.sequence + 1) return 'an event is missing'
  if (linkOf(rules.key, event, previous.link) !== event.link)
    return 'the event was altered, moved or inserted'
  return faultOfDetails(rules, event)
}

/** Verifies one chain event by event: it keeps the last event only, and returns the first fault. */
export const createChainVerifier = (rules: VerifyRules, chain: string, state: ChainState) => {
  const { head, sealed, cut } = state
  const start: ChainPoint = cut ? { sequence: cut.sequence, link: cut.link } : { sequence: 0, link: '' }
  let previous = start
  let first: ChainFault | null = null
  const report = (sequence: number, why: string) => {
    first ??= { chain, sequence, why }
  }

  /** The chain must contain the sealed head; events before a cut can no longer be compared. */
  const compareSealed = ({ sequence, link }: ChainPoint) => {
    if (sealed?.sequence === sequence && sealed.link !== link) report(sequence, cutBack)
  }

  const cutFault = faultOfCut(rules, state)
  if (cutFault) report(start.sequence, cutFault)
  compareSealed(start)

  return {
    next: (event: EventRow) => {
      if (first) return
      const why = faultAfter(rules, previous, event)
      if (why) return report(why === 'an event is missing' ? previous.sequence + 1 : event.sequence, why)
      compareSealed(event)
      previous = event
    },
    end: (): ChainFault | null => {
      if (!head) report(previous.sequence, 'the head of the chain is missing')
      else if (head.sequence !== previous.sequence || head.link !== previous.link)
        report(previous.sequence + 1, 'the last events are missing')
      if (sealed && sealed.sequence > previous.sequence) report(sealed.sequence, cutBack)
      return first
    },
  }
}
