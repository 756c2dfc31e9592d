import type { ActivationCodes } from '../../proofs/activation-code/activation-code.ts'
import { type RecordParts, recordJourney } from '../steps/record-journey.ts'
import type { State } from './activation.ts'

/** The first password: the code has served, the account is active, and the journey goes on with the joker. */
export const recordActivation = (
  parts: RecordParts<State> & { readonly activationCodes: Pick<ActivationCodes, 'consume'> },
) =>
  recordJourney<State>(parts, {
    notice: 'account-activated',
    written: (person, _, { parts: marks = [] }) => ({ step: 'joker', person, parts: marks }),
    also: async (tx, { person }) => {
      await parts.activationCodes.consume(tx, person)
      await parts.audit.append(tx, {
        ...{ chain: person, kind: 'activation.accepted', by: { kind: 'person', id: person } },
      })
    },
  })
