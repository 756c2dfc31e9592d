import type { Actor, Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import type { NoticeKind, Notices } from '../notify/notify.ts'
import type { Authenticators } from '../proofs/authenticator/authenticator.ts'
import { kindOf, masked } from '../proofs/code/destination.ts'
import type { Joker } from '../proofs/joker/joker.ts'
import type { Passkeys } from '../proofs/passkey/passkey.ts'
import type { RecoveryCodes } from '../proofs/recovery-code/recovery-code.ts'
import type { Tx } from '../store/store.ts'
import { ownLanguage } from '../texts/locales.ts'
import type { Contacts } from './contacts.ts'

/** A way to recover or open the account besides its password. `name` is what its owner calls it. */
export type AccessMethod = {
  readonly what: 'joker' | 'authenticator' | 'passkey' | 'recovery-codes' | 'address' | 'mobile'
  readonly id: string
  readonly since: number
  readonly name: string
}

export type AccessMethodsDeps = {
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly notices: Notices
  readonly joker: Joker
  readonly authenticators: Authenticators
  readonly passkeys: Passkeys
  readonly recoveryCodes: RecoveryCodes
  readonly contacts: Contacts
}

async function list(deps: AccessMethodsDeps, person: PersonId): Promise<readonly AccessMethod[]> {
  const [jokerSetAt, app, passkeyList, sheet, contacts] = await Promise.all([
    deps.joker.setAt(person),
    deps.authenticators.find(person),
    deps.passkeys.list(person),
    deps.recoveryCodes.find(person),
    deps.contacts.list(person),
  ])
  const entry = (
    what: AccessMethod['what'],
    since: number | null | undefined,
    name = '',
    id = '',
  ): AccessMethod[] => (since ? [{ what, id, since, name }] : [])
  return [
    ...entry('joker', jokerSetAt),
    ...entry('authenticator', app?.since),
    ...passkeyList.flatMap(({ id, since, name }) => entry('passkey', since, name, id)),
    ...entry('recovery-codes', sheet?.madeAt),
    ...contacts.flatMap(({ id, to, confirmedAt }) =>
      entry(kindOf(to) === 'mail' ? 'address' : 'mobile', confirmedAt, masked(to), id),
    ),
  ]
}

async function remove(deps: AccessMethodsDeps, tx: Tx, person: PersonId, { what, id }: AccessMethod) {
  if (what === 'joker') await deps.joker.clear(tx, person)
  else if (what === 'authenticator') await deps.authenticators.remove(tx, person)
  else if (what === 'passkey') await deps.passkeys.remove(tx, person, id)
  else if (what === 'recovery-codes') await deps.recoveryCodes.remove(tx, person)
  else await deps.contacts.remove(tx, person, id)
}

async function recordRemoval(
  { clock, audit, notices }: AccessMethodsDeps,
  tx: Tx,
  person: PersonId,
  by: Actor,
  { what, name }: AccessMethod,
) {
  const isContact = what === 'address' || what === 'mobile'
  const kind = what === 'joker' ? 'joker.cleared' : isContact ? 'contact.removed' : 'factor.removed'
  const details = { because: 'unfrozen', ...(isContact ? { address: name } : { factor: what }) }
  await audit.append(tx, { chain: person, kind, by, details })
  const facts = { at: clock.now(), event: `unfrozen:${newId()}`, ...(isContact && { address: name }) }
  const notice: NoticeKind = isContact ? 'address-removed' : `${what}-removed`
  await notices.write(tx, { kind: notice, person, facts, language: ownLanguage })
}

/**
 * A stranger who took over an account may have set a joker, a factor or an address of their own, and would use it as soon
 * as the freeze is lifted. This lists what is recent enough, and removes it when the helpdesk decides so.
 */
export const createAccessMethods = (deps: AccessMethodsDeps) => ({
  /** What was set later than `limits.recentChange` before that instant. */
  recent: async (person: PersonId, before: number) =>
    (await list(deps, person)).filter(({ since }) => since > before - deps.limits.recentChange),

  clear: async (tx: Tx, person: PersonId, by: Actor, methods: readonly AccessMethod[]) => {
    for (const method of methods) {
      await remove(deps, tx, person, method)
      await recordRemoval(deps, tx, person, by, method)
    }
  },
})

export type AccessMethods = ReturnType<typeof createAccessMethods>
