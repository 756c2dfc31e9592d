import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../crypto/crypto.ts'
import type { Person } from '../directory/directory.ts'
import { languageOf } from '../identity/charter-acceptances.ts'
import type { Freezes } from '../identity/freezes.ts'
import type { Notices } from '../notify/notify.ts'
import type { ProofPolicy } from '../proofs/policy/policy.ts'
import type { ProofList } from '../proofs/proof-registry.ts'
import { ok, type Result, refused } from '../result.ts'
import type { Revocations } from '../services/source/revocations.ts'
import type { Store } from '../store/store.ts'
import { type Justification, operator } from './justification.ts'

export type RecoveryCodeDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly notices: Notices
  readonly freezes: Pick<Freezes, 'find'>
  readonly policy: ProofPolicy
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
  readonly helpdeskCodes: Pick<ReturnType<ProofList['helpdeskCodes']['create']>, 'make'>
}

export type RecoveryCodeRefusal = 'closed' | 'privileged' | 'frozen' | 'not-asked'
type Issued = Result<{ readonly code: string; readonly until: number }, RecoveryCodeRefusal>

/** Whether the policy lets this person prove with it who they are, in either journey of recovery. */
const isAskedOf = ({ policy }: RecoveryCodeDeps, { populations }: Person) =>
  (['password', 'identifier'] as const).some(journey =>
    policy.mayAsk({ journey, populations }, 'helpdesk-code'),
  )

/**
 * A code that proves in a recovery who the person is, whom the helpdesk has identified. It is shown to the operator once. The person is
 * told at every address, by a mail that closes recovery where it was not them.
 */
export async function issueRecoveryCode(
  deps: RecoveryCodeDeps,
  person: Person,
  { by, reason }: Justification,
): Promise<Issued> {
  const { store, clock, audit, notices, freezes, revocations, helpdeskCodes } = deps
  if (person.privileged) return refused('privileged')
  if (person.closed) return refused('closed')
  if (!isAskedOf(deps, person)) return refused('not-asked')
  return store.transaction(async tx => {
    await revocations.lockPersonRow(tx, person.id)
    if (await freezes.find(person.id, tx)) return refused('frozen')
    const made = await helpdeskCodes.make(tx, person.id)
    await audit.append(tx, {
      chain: person.id,
      kind: 'helpdesk-code.made',
      by: operator(by),
      details: { reason, until: made.until },
    })
    const facts = { at: clock.now(), event: `helpdesk-code:${newId()}`, device: '', until: made.until }
    const language = await languageOf(tx, person.id)
    await notices.write(tx, { kind: 'helpdesk-code', person: person.id, facts, language })
    return ok(made)
  })
}
