import type { ProofDeps, ProofDescriptor } from '../proof.ts'
import { activationRekeying, activationRetention, createActivationCodes } from './activation-code.ts'

export const activationCode = {
  kind: 'activation-code',
  use: 'activation',
  spent: 'with-the-password',
  journeys: { of: 'activation', class: 'issued' },
  create: (deps: ProofDeps) => {
    const codes = createActivationCodes(deps)
    return { ...codes, begin: codes.make }
  },
  retention: activationRetention,
  categories: { activation_codes: 'activation-code', activations: 'first-day' },
  keys: ['activation-pepper', 'subject'],
  rekeyings: [activationRekeying],
  events: [
    'activation.codes-made',
    'activation.code-right',
    'activation.code-wrong',
    'activation.already',
    'activation.accepted',
  ],
  notices: {
    'activation-code': { paragraphs: ['mail.activation-code', 'mail.activation-code.how'], when: null },
  },
  help: { topic: 'activation', section: 'code' },
} as const satisfies ProofDescriptor
