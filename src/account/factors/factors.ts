import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { Person, PersonId } from '../../directory/directory.ts'
import { type KnownBrowsers, knownBrowserCookie } from '../../identity/known-browsers.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Limits } from '../../limits/limits.ts'
import type { NoticeKind, Notices } from '../../notify/notify.ts'
import type { ProofPolicy } from '../../proofs/policy/policy.ts'
import {
  type FactorKind,
  type FactorWhat,
  factorKindOf,
  type SecondFactorDescriptor,
} from '../../proofs/proof-registry.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Tx } from '../../store/store.ts'
import type { HandlerRequest } from '../../web/handler.ts'
import type { SignedInUser } from '../sessions/account-guard.ts'

type Deps = {
  readonly clock: Clock
  readonly limits: Pick<Limits, 'newContactDelay'>
  readonly policy: Pick<ProofPolicy, 'mayAsk'>
  readonly audit: Audit
  readonly notices: Notices
  readonly sessions: Pick<Sessions, 'showFactor' | 'forgetFactor'>
  readonly knownBrowsers: Pick<KnownBrowsers, 'forgetOthers'>
  /** Ends the journeys of this person that have passed a proof, and revokes what was proved. */
  readonly supersedeJourneys: (tx: Tx, person: PersonId, why: 'proof-replaced') => Promise<unknown>
  readonly secondFactor: Pick<SecondFactor, 'of' | 'voidReplacements'>
}

/** How long after it was added such a factor proves a recovery of this person; `null`: no recovery asks for it. */
function provesAfter(
  { limits, policy }: Deps,
  { populations }: Pick<Person, 'populations'>,
  kind: 'passkey' | 'recovery-code',
) {
  const isAskedFor = (['password', 'identifier'] as const).some(journey =>
    policy.mayAsk({ journey, populations }, kind),
  )
  return isAskedFor ? limits.newContactDelay : null
}

type Change = 'added' | 'removed'
type FactorChange = {
  readonly request: HandlerRequest
  readonly user: SignedInUser
  readonly factor: FactorWhat
  readonly change: Change
  readonly name?: string
  /** It takes the place of another of its kind, which the person had. */
  readonly replaced?: boolean
}

/**
 * Ends what relied on a removed factor: the journeys where it was shown, and its proof in the other sessions. The factor may
 * have been removed because a stranger had it, and these may be the stranger's.
 */
const withdraw = async (deps: Deps, tx: Tx, { session, person }: SignedInUser, factor: FactorKind) => {
  await deps.supersedeJourneys(tx, person.id, 'proof-replaced')
  await deps.sessions.forgetFactor(tx, person.id, factor, session.id)
}

/** Writes the audit event and the notice of the change, in the transaction of the change. */
const recordFactorChange = async (deps: Deps, tx: Tx, factorChange: FactorChange) => {
  const { request, user, factor, change, name, replaced = false } = factorChange
  const person = user.person.id
  if (change === 'removed' || replaced) await withdraw(deps, tx, user, factorKindOf(factor))
  await deps.audit.append(tx, {
    chain: person,
    kind: `factor.${change}`,
    by: { kind: 'person', id: person },
    details: { factor, device: request.device, ...(name !== undefined && { name }) },
  })
  await deps.notices.write(tx, {
    kind: `${factor}-${change}` satisfies NoticeKind,
    person,
    facts: { at: deps.clock.now(), event: `factor:${newId()}`, device: request.device },
    language: request.language,
  })
}

/** Voids what was made before the first factor and could replace it, and notifies its owner. */
const voidReplacements = async (deps: Deps, tx: Tx, request: HandlerRequest, user: SignedInUser) => {
  const person = user.person.id
  const voided = await deps.secondFactor.voidReplacements(tx, person)
  for (const { kind, removal, factor } of voided) {
    await withdraw(deps, tx, user, kind)
    await deps.audit.append(tx, {
      chain: person,
      kind: removal.event,
      by: { kind: 'system' },
      details: { factor: removal.what, because: 'first-factor' },
    })
    const facts = { at: deps.clock.now(), event: `factor:${newId()}`, device: request.device }
    if (!factor.asked)
      await deps.notices.write(tx, { kind: factor.voided.notice, person, facts, language: request.language })
  }
  return voided
}

/**
 * Puts a passkey or an app in service by its first use; `null`: that use failed. Before the first factor, a stolen
 * password was enough to print a sheet of codes, which can replace the factor, and to make a browser known, which has its
 * own limits: so the first factor voids both. `voided`: what was in service.
 */
const activateFactor = async (
  deps: Deps,
  tx: Tx,
  { request, user, factor }: Pick<FactorChange, 'request' | 'user' | 'factor'>,
  firstUse: () => Promise<{ readonly replaced: boolean } | null>,
): Promise<{ voided: readonly SecondFactorDescriptor[] } | null> => {
  const first = !isAsked(await deps.secondFactor.of(user.person.id, tx))
  const used = await firstUse()
  if (!used) return null
  const { replaced } = used
  await recordFactorChange(deps, tx, { request, user, factor, change: 'added', replaced })
  await deps.sessions.showFactor(tx, user.session, factorKindOf(factor))
  if (!first) return { voided: [] }
  await deps.knownBrowsers.forgetOthers(tx, user.person.id, request.cookie(knownBrowserCookie))
  return { voided: await voidReplacements(deps, tx, request, user) }
}

/**
 * What the pages of « Gérer mon compte » where a person enrols a second factor do alike. Each requires a fresh sign-in; a factor is in
 * service from its first use on; every change is notified by mail with « Ce n'est pas moi » (ASVS 7.5.1, 6.3.7).
 */
export const createFactorChanges = (deps: Deps) => ({
  provesAfter: (person: Pick<Person, 'populations'>, kind: 'passkey' | 'recovery-code') =>
    provesAfter(deps, person, kind),
  record: (tx: Tx, change: FactorChange) => recordFactorChange(deps, tx, change),
  activate: (
    tx: Tx,
    change: Pick<FactorChange, 'request' | 'user' | 'factor'>,
    firstUse: () => Promise<{ readonly replaced: boolean } | null>,
  ) => activateFactor(deps, tx, change, firstUse),
})

export type FactorChanges = ReturnType<typeof createFactorChanges>
