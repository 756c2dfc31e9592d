import { countOf, type ProofDeps, type ProofDescriptor } from '../proof.ts'
import { type PrintedClaim, verifyPrinted } from './printed-proof.ts'
import { createRecoveryCodes } from './recovery-code.ts'
import { recoveryCodeRekeying } from './rekeying.ts'
import { recoveryCodeRetention } from './retention.ts'

export const recoveryCode = {
  kind: 'recovery-code',
  use: 'second-factor',
  spent: 'at-once',
  journeys: { of: 'recovery', class: 'held' },
  create: (deps: ProofDeps) => {
    const codes = createRecoveryCodes(deps)
    return {
      ...codes,
      begin: codes.make,
      /** In a journey: the same work for everybody. */
      verifyPrinted: (claim: PrintedClaim, typed: string) => verifyPrinted(deps, claim, typed),
    }
  },
  retention: recoveryCodeRetention,
  categories: { recovery_sheets: 'factors', recovery_codes: 'factors' },
  keys: ['recovery-code-pepper'],
  rekeyings: [recoveryCodeRekeying],
  events: ['factor.added', 'factor.removed', 'factor.right', 'factor.wrong', 'proof.right', 'proof.wrong'],
  notices: {
    'recovery-codes-added': { paragraphs: ['mail.recovery-codes-added'], notMe: 'freeze' },
    'recovery-codes-removed': { paragraphs: ['mail.recovery-codes-removed'], notMe: 'freeze' },
    'recovery-codes-voided': {
      paragraphs: ['mail.recovery-codes-voided', 'mail.recovery-codes-voided.again'],
      notMe: 'freeze',
    },
    'recovery-code-used': { paragraphs: ['mail.recovery-code-used'], notMe: 'freeze' },
  },
  help: { topic: 'account', section: 'proteger' },
  overview: {
    section: 'recovery',
    page: 'recoveryCodes',
    line: (ui, inPlace) => {
      const count = countOf(inPlace)
      return {
        name: ui.say('codes.title'),
        detail: ui.say('account.codes', { count }),
        verb: ui.say(count === 0 ? 'account.print' : 'account.manage'),
      }
    },
  },
  removal: { what: 'recovery-codes', event: 'factor.removed', notice: 'recovery-codes-removed' },
  factor: {
    // A sheet alone is no second factor: signing in would use it up (docs/decisions/009-second-factor.md).
    asked: false,
    voided: { notice: 'recovery-codes-voided', note: 'codes.voided', again: 'codes.again' },
    guessable: false,
    hint: 'second.hint.sheet',
    // A sheet can be copied without its owner noticing.
    usedNotice: 'recovery-code-used',
    summary: count => `${count} printed code(s) left`,
  },
} as const satisfies ProofDescriptor

/** What a journey uses of it. */
export type PrintedProof = Pick<ReturnType<typeof recoveryCode.create>, 'recognises' | 'verifyPrinted'>
