import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { newId } from '../../keys.ts'
import type { NoticeKind, Notices } from '../../notify/notify.ts'
import type { Authenticators } from '../../proofs/authenticator/authenticator.ts'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import type { RecoveryCodes } from '../../proofs/recovery-code/recovery-code.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import type { Ask } from '../../web/ask.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { SignedGuard } from '../sessions/signed.ts'

/**
 * The sections of « Gérer mon compte » where a person gives themselves a second factor. Each asks for a fresh sign-in,
 * serves from its first use on, and every change is told by mail with « Ce n'est pas moi » (ASVS 7.5.1, 6.3.7).
 */
export type FactorParts = {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly notices: Notices
  readonly guard: SignedGuard
  readonly sessions: Pick<Sessions, 'showFactor'>
  readonly authenticators: Authenticators
  readonly recoveryCodes: RecoveryCodes
  readonly passkeys: Passkeys
  readonly secondFactor: Pick<SecondFactor, 'of'>
  readonly ui: (language: Language) => Ui
}

type Factor = 'authenticator' | 'recovery-codes' | 'passkey'
type Change = 'added' | 'removed'

/** Writes the change in the journal and the mail that tells it, in the transaction of the change. */
export const tellChange = async (
  parts: Pick<FactorParts, 'clock' | 'audit' | 'notices'>,
  tx: Tx,
  told: { ask: Ask; person: PersonId; factor: Factor; change: Change; name?: string },
) => {
  const { ask, person, factor, change, name } = told
  await parts.audit.append(tx, {
    chain: person,
    kind: `factor.${change}`,
    by: { kind: 'person', id: person },
    details: { factor, ...(name !== undefined && { name }) },
  })
  await parts.notices.write(tx, {
    kind: `${factor}-${change}` satisfies NoticeKind,
    person,
    facts: { at: parts.clock.now(), event: `factor:${newId()}` },
    language: ask.language,
  })
}

/**
 * A passkey or an app enters service by its first use; `null`: that use did not hold. While none was asked for, a stolen
 * password was enough to print a sheet of codes, and a sheet stands in for what comes into service now: with the first
 * factor the sheets made before are void, and their owner is told so. `voided`: there was one in service.
 */
export const putInService = async (
  parts: Pick<FactorParts, 'clock' | 'audit' | 'notices' | 'recoveryCodes' | 'secondFactor'>,
  tx: Tx,
  { ask, person, factor }: { ask: Ask; person: PersonId; factor: 'authenticator' | 'passkey' },
  firstUse: () => Promise<boolean>,
): Promise<{ voided: boolean } | null> => {
  const first = !isAsked(await parts.secondFactor.of(person, tx))
  if (!(await firstUse())) return null
  await tellChange(parts, tx, { ask, person, factor, change: 'added' })
  const voided = first && (await parts.recoveryCodes.remove(tx, person))
  if (!voided) return { voided }
  const { clock, audit, notices } = parts
  await audit.append(tx, {
    ...{ chain: person, kind: 'factor.removed', by: { kind: 'system' } },
    details: { factor: 'recovery-codes', because: 'first-factor' },
  })
  const facts = { at: clock.now(), event: `factor:${newId()}` }
  await notices.write(tx, { kind: 'recovery-codes-voided', person, facts, language: ask.language })
  return { voided }
}
