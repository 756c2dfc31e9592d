import type { Check, Writer } from '../services.ts'

/** A configured service with its open connections: where its password comes from, and what proves it. */
export type ServiceTarget = {
  readonly id: string
  /** `source`: it reads the first directory. Another service's id: it reads what is written there. Null: it has a writer. */
  readonly reads: string | null
  readonly writer: Writer | null
  /** Null: the writer's own answer is the only proof. */
  readonly check: Check | null
  /** The bind that proves the source proves this service too, since the service makes the same bind. */
  readonly provedBySource: boolean
  /** Milliseconds after which a password that could not be delivered is given up, at most the limit of sealed passwords. */
  readonly expiresAfter: number
}

/** Milliseconds, longer than all steps of a delivery together, so that no lease ends during a write. */
export const leaseOf = ({ writer, check }: ServiceTarget) =>
  (writer?.longest ?? 0) + 2 * (check?.longest ?? 0) + 30_000 + 30_000
