import type { ProofDeps, ProofDescriptor } from '../proof.ts'
import { createJourneyCodes } from './journey-code.ts'
import { createMessageBudget } from './messages.ts'
import { codeRekeying, codeRetention, createCodes } from './sent-code.ts'
import { createSentLimits } from './sent-limits.ts'

function create(deps: ProofDeps) {
  const { notify } = deps
  const messages = createMessageBudget({ ...deps, notices: notify.notices, ...deps.messages })
  const codes = createCodes({ ...deps, mails: notify.mails, messages })
  const inJourneys = createJourneyCodes({ ...deps, notices: notify.notices, messages })
  const sentLimits = createSentLimits({ ...deps, mails: notify.mails })
  return { ...codes, begin: codes.send, messages, inJourneys, sentLimits }
}

/** A code that was sent: the same by mail and by text message, but for its limits and its text. */
const sentCode = {
  use: 'contact',
  spent: 'at-once',
  journeys: { of: 'recovery', class: 'sent' },
  create,
  retention: codeRetention,
  categories: { sent_codes: 'codes' },
  keys: ['code-pepper', 'seal-contact', 'destination'],
  rekeyings: [codeRekeying],
  events: ['code.sent', 'code.right', 'code.wrong', 'proof.right', 'proof.wrong'],
  help: { topic: 'account', section: 'retour' },
} as const

export const mailCode = {
  ...sentCode,
  kind: 'mail-code',
  notices: {
    code: { paragraphs: ['mail.code', 'mail.code.not-you'], when: 'mail.code.when' },
    // Nothing is changed yet: this closes recovery before the code is typed.
    'proof-code': {
      paragraphs: ['mail.proof-code', 'mail.proof-code.not-you'],
      when: 'mail.code.when',
      notMe: 'close',
    },
    // To every address that did not get the code itself, by mail or by text message.
    'proof-code-sent': {
      paragraphs: ['mail.proof-code-sent', 'mail.proof-code-sent.yours', 'mail.proof-code-sent.check'],
      when: 'mail.code.when',
      notMe: 'close',
    },
  },
} as const satisfies ProofDescriptor

export const smsCode = {
  ...sentCode,
  kind: 'sms-code',
  notices: {
    'code-sms': { paragraphs: ['mail.code-sms'] },
    'proof-code-sms': { paragraphs: ['mail.proof-code-sms'] },
    'desk-messages': { paragraphs: ['mail.desk-messages', 'mail.desk-messages.then'] },
  },
} as const satisfies ProofDescriptor
