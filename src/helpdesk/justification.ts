import type { Actor } from '../audit/audit.ts'

/** Who decides an action of the helpdesk, and why: recorded in the audit log, also for an action that only reads. */
export type Justification = { readonly by: string; readonly reason: string }

export const operator = (name: string): Actor => ({ kind: 'operator', name })
