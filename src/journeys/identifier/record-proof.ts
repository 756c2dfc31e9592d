import { journeyDetails } from '../steps/journey-details.ts'
import type { RecordProof } from '../steps/right-answer.ts'
import type { IdentifierDeps } from './deps.ts'

/**
 * After the whole proof, mails the login to every known address of the person and records the disclosure in the audit.
 */
export const createIdentifierRecorder =
  ({ clock, notices, audit }: Pick<IdentifierDeps, 'clock' | 'notices' | 'audit'>): RecordProof =>
  async (tx, journey, { person, privileged, asksFactor }) => {
    if (privileged || asksFactor) return
    const { id, language, device } = journey
    const facts = { at: clock.now(), event: `identifier:${id.slice(0, 12)}`, device }
    await notices.write(tx, { kind: 'identifier-told', person, facts, language })
    await audit.append(tx, {
      chain: person,
      kind: 'identifier.told',
      by: { kind: 'person', id: person },
      details: journeyDetails(journey),
    })
  }
