import type { ProofDeps, ProofDescriptor } from '../proof.ts'
import { challengeRetention } from './challenges.ts'
import { createPasskeys, passkeyRetention, passkeySince } from './passkey.ts'

export const passkey = {
  kind: 'passkey',
  use: 'second-factor',
  spent: 'at-once',
  journeys: { of: 'recovery', class: 'held', resistsPhishing: true },
  create: (deps: ProofDeps) => createPasskeys(deps),
  retention: { ...challengeRetention, ...passkeyRetention },
  categories: { passkeys: 'factors', passkey_challenges: 'sign-ins' },
  keys: ['passkey-user', 'passkey-challenge'],
  events: ['factor.added', 'factor.removed', 'factor.right', 'factor.wrong', 'proof.right', 'proof.wrong'],
  notices: {
    'passkey-added': { paragraphs: ['mail.passkey-added'], notMe: 'freeze' },
    'passkey-removed': { paragraphs: ['mail.passkey-removed'], notMe: 'freeze' },
  },
  help: { topic: 'sign-in', section: 'cle-d-acces' },
  overview: {
    section: 'entering',
    page: 'passkeys',
    line: (ui, { length: count }) => ({
      name: ui.say('passkey.title'),
      detail: ui.say('account.passkeys', { count }),
      verb: ui.say(count === 0 ? 'account.add' : 'account.manage'),
    }),
  },
  removal: { what: 'passkey', event: 'factor.removed', notice: 'passkey-removed' },
  factor: {
    asked: true,
    since: passkeySince,
    guessable: false,
    summary: count => `${count} passkey(s): asked for at sign-in and in journeys`,
  },
} as const satisfies ProofDescriptor

/** What a journey uses of it. */
export type PasskeyProof = Pick<ReturnType<typeof passkey.create>, 'begin' | 'proofOptions' | 'verify'>
