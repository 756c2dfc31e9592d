import type { Check, Writer } from '../services.ts'

/** A service of the configuration, opened: where its password comes from, and what proves it. */
export type ServiceTarget = {
  readonly id: string
  /** `source`: it reads the first directory. Another service's id: it reads what is written there. Null: it has a writer. */
  readonly reads: string | null
  readonly writer: Writer | null
  /** Null: the writer's own answer is all the proof there is. */
  readonly check: Check | null
  /** The bind by which the source was proved is what this service does itself. */
  readonly provedBySource: boolean
  /** Milliseconds after which a password that could not be delivered is given up, at most the limit of sealed passwords. */
  readonly expiresAfter: number
}

/** Longer than everything a delivery does may last, so that no lease ends under a write. */
export const leaseOf = ({ writer, check }: ServiceTarget) =>
  (writer?.longest ?? 0) + 2 * (check?.longest ?? 0) + 30_000 + 30_000
