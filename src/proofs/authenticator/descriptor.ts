import type { ProofDeps, ProofDescriptor } from '../proof.ts'
import {
  authenticatorRekeying,
  authenticatorRetention,
  authenticatorSince,
  createAuthenticators,
} from './authenticator.ts'

export const authenticator = {
  kind: 'authenticator',
  use: 'second-factor',
  spent: 'at-once',
  create: (deps: ProofDeps) => createAuthenticators(deps),
  retention: authenticatorRetention,
  categories: { authenticators: 'factors' },
  keys: ['seal-authenticator'],
  rekeyings: [authenticatorRekeying],
  events: ['factor.added', 'factor.removed', 'factor.right', 'factor.wrong', 'factor.closed'],
  notices: {
    'authenticator-added': { paragraphs: ['mail.authenticator-added'], notMe: 'freeze' },
    'authenticator-removed': { paragraphs: ['mail.authenticator-removed'], notMe: 'freeze' },
  },
  help: { topic: 'sign-in', section: 'second-element' },
  overview: {
    section: 'entering',
    page: 'authenticator',
    line: (ui, [app]) => ({
      name: ui.say('totp.title'),
      detail: ui.say(app ? 'account.authenticator' : 'account.none'),
      verb: ui.say(app ? 'account.manage' : 'account.add'),
    }),
  },
  removal: { what: 'authenticator', event: 'factor.removed', notice: 'authenticator-removed' },
  factor: {
    asked: true,
    since: authenticatorSince,
    guessable: true,
    hint: 'second.hint.app',
    summary: () => 'authenticator app: asked for at sign-in and in journeys',
  },
} as const satisfies ProofDescriptor
