import type { RecordProof } from '../steps/proof.ts'
import type { Deps } from './deps.ts'

/**
 * After the whole proof, mails the login to every known address of the person and records the disclosure in the audit.
 */
export const createIdentifierRecorder =
  ({ clock, notices, audit }: Pick<Deps, 'clock' | 'notices' | 'audit'>): RecordProof =>
  async (tx, { id, language }, { person, privileged, asksFactor }) => {
    if (privileged || asksFactor) return
    const facts = { at: clock.now(), event: `identifier:${id.slice(0, 12)}` }
    await notices.write(tx, { kind: 'identifier-told', person, facts, language })
    await audit.append(tx, { chain: person, kind: 'identifier.told', by: { kind: 'person', id: person } })
  }
