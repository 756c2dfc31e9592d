import type { ProofDeps, ProofDescriptor } from '../proof.ts'
import { createHelpdeskCodes, helpdeskCodeRetention } from './helpdesk-code.ts'

export const helpdeskCode = {
  kind: 'helpdesk-code',
  use: 'helpdesk',
  spent: 'at-once',
  journeys: { of: 'recovery', class: 'issued' },
  create: (deps: ProofDeps) => {
    const codes = createHelpdeskCodes(deps)
    return { ...codes, begin: codes.make }
  },
  retention: helpdeskCodeRetention,
  categories: { helpdesk_codes: 'codes' },
  keys: ['helpdesk-code-pepper'],
  events: ['helpdesk-code.made', 'proof.right', 'proof.wrong'],
  notices: {
    // Nothing is changed yet: this closes recovery before the code is typed.
    'helpdesk-code': { paragraphs: ['mail.helpdesk-code', 'mail.helpdesk-code.use'], notMe: 'close' },
  },
  help: { topic: 'password', section: 'question-joker' },
} as const satisfies ProofDescriptor

/** What a journey uses of it. */
export type HelpdeskProof = Pick<ReturnType<typeof helpdeskCode.create>, 'recognises' | 'verify'>
