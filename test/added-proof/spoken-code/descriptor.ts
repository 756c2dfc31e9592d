import type { ProofDeps, ProofDescriptor } from '../../../src/proofs/proof.ts'
import { withAccount } from '../../../src/retention-rule.ts'
import { createSpokenCodes } from './spoken-code.ts'

export const spokenCode = {
  kind: 'spoken-code',
  use: 'second-factor',
  spent: 'at-once',
  create: (deps: ProofDeps) => createSpokenCodes(deps),
  retention: { spoken_codes: withAccount('spoken_codes') },
  categories: { spoken_codes: 'factors' },
  keys: ['proof-spoken-code'],
  events: ['factor.added', 'factor.removed', 'factor.right', 'factor.wrong'],
  notices: {
    'spoken-code-added': { paragraphs: ['mail.spoken-code-added'], notMe: 'freeze' },
    'spoken-code-removed': { paragraphs: ['mail.spoken-code-removed'], notMe: 'freeze' },
    'spoken-code-used': { paragraphs: ['mail.spoken-code-used'], notMe: 'freeze' },
  },
  help: { topic: 'sign-in', section: 'second-element' },
  overview: {
    section: 'recovery',
    page: 'account',
    line: (ui, [code]) => ({
      name: ui.say('spoken.title'),
      detail: ui.say(code ? 'spoken.there' : 'spoken.none'),
      verb: ui.say('account.see'),
    }),
  },
  removal: { what: 'spoken-code', event: 'factor.removed', notice: 'spoken-code-removed' },
  factor: {
    asked: false,
    voided: { notice: 'spoken-code-removed', note: 'spoken.void', again: 'account.see' },
    guessable: false,
    hint: 'spoken.hint',
    usedNotice: 'spoken-code-used',
    summary: () => 'a spoken code',
  },
} as const satisfies ProofDescriptor
