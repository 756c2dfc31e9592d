import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { newId } from '../../keys.ts'
import type { NoticeKind, Notices } from '../../notify/notify.ts'
import type { Authenticators } from '../../proofs/authenticator/authenticator.ts'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import type { RecoveryCodes } from '../../proofs/recovery-code/recovery-code.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import { shownBy } from '../../proofs/second-factor/shown-factor.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import type { HandlerRequest } from '../../web/handler.ts'
import type { KnownBrowsers } from '../known-browsers.ts'
import type { AccountGuard, SignedInUser } from '../sessions/account-guard.ts'
import type { Sessions } from '../sessions/sessions.ts'

/**
 * The sections of « Gérer mon compte » where a person gives themselves a second factor. Each asks for a fresh sign-in,
 * serves from its first use on, and every change is told by mail with « Ce n'est pas moi » (ASVS 7.5.1, 6.3.7).
 */
export type FactorDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly notices: Notices
  readonly guard: AccountGuard
  readonly sessions: Pick<Sessions, 'showFactor' | 'forgetFactor'>
  readonly knownBrowsers: Pick<KnownBrowsers, 'forgetOthers'>
  readonly revocations: Pick<Revocations, 'hold'>
  /** Ends the journeys of this person that stand behind a proof, and revokes what was proved. */
  readonly supersedeJourneys: (tx: Tx, person: PersonId, why: 'proof-replaced') => Promise<unknown>
  readonly authenticators: Authenticators
  readonly recoveryCodes: RecoveryCodes
  readonly passkeys: Passkeys
  readonly secondFactor: Pick<SecondFactor, 'of'>
  readonly ui: (language: Language) => Ui
}

type Factor = keyof typeof shownBy
type Change = 'added' | 'removed'
type Told = {
  readonly request: HandlerRequest
  readonly user: SignedInUser
  readonly factor: Factor
  readonly change: Change
  readonly name?: string
}

/**
 * Nothing stands on a factor that is gone: not a journey where it was shown, nor another session, either of which may be
 * the stranger's for whom it was taken away.
 */
const withdraw = async (deps: FactorDeps, tx: Tx, { session, person }: SignedInUser, factor: Factor) => {
  await deps.supersedeJourneys(tx, person.id, 'proof-replaced')
  await deps.sessions.forgetFactor(tx, person.id, shownBy[factor], session.id)
}

/** Writes the change in the journal and the mail that tells it, in the transaction of the change. */
export const tellChange = async (deps: FactorDeps, tx: Tx, told: Told) => {
  const { request, user, factor, change, name } = told
  const person = user.person.id
  // A new sheet of codes voids the one before.
  if (change === 'removed' || factor === 'recovery-codes') await withdraw(deps, tx, user, factor)
  await deps.audit.append(tx, {
    chain: person,
    kind: `factor.${change}`,
    by: { kind: 'person', id: person },
    details: { factor, ...(name !== undefined && { name }) },
  })
  await deps.notices.write(tx, {
    kind: `${factor}-${change}` satisfies NoticeKind,
    person,
    facts: { at: deps.clock.now(), event: `factor:${newId()}` },
    language: request.language,
  })
}

/** The sheets made before the first factor are void, and their owner is told so. */
const voidSheets = async (deps: FactorDeps, tx: Tx, request: HandlerRequest, user: SignedInUser) => {
  const person = user.person.id
  if (!(await deps.recoveryCodes.remove(tx, person))) return false
  await withdraw(deps, tx, user, 'recovery-codes')
  await deps.audit.append(tx, {
    ...{ chain: person, kind: 'factor.removed', by: { kind: 'system' } },
    details: { factor: 'recovery-codes', because: 'first-factor' },
  })
  const facts = { at: deps.clock.now(), event: `factor:${newId()}` }
  await deps.notices.write(tx, { kind: 'recovery-codes-voided', person, facts, language: request.language })
  return true
}

/**
 * A passkey or an app enters service by its first use; `null`: that use did not hold. While none was asked for, a stolen
 * password was enough to print a sheet of codes, which stands in for what comes into service now, and to make a browser
 * known, which has tries of its own: with the first factor both are void. `voided`: there was a sheet in service.
 */
export const putInService = async (
  deps: FactorDeps,
  tx: Tx,
  { request, user, factor }: Pick<Told, 'request' | 'user'> & { factor: 'authenticator' | 'passkey' },
  firstUse: () => Promise<{ readonly replaced: boolean } | null>,
): Promise<{ voided: boolean } | null> => {
  await deps.revocations.hold(tx, user.person.id)
  const first = !isAsked(await deps.secondFactor.of(user.person.id, tx))
  const used = await firstUse()
  if (!used) return null
  if (used.replaced) await withdraw(deps, tx, user, factor)
  await tellChange(deps, tx, { request, user, factor, change: 'added' })
  await deps.sessions.showFactor(tx, user.session, factor)
  if (!first) return { voided: false }
  await deps.knownBrowsers.forgetOthers(tx, user.person.id, request.cookie('known'))
  return { voided: await voidSheets(deps, tx, request, user) }
}
