import type { Actor, Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { newId } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { NoticeKind, Notices } from '../../notify/notify.ts'
import type { Authenticators } from '../../proofs/authenticator/authenticator.ts'
import { kindOf, masked } from '../../proofs/code/destination.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import type { RecoveryCodes } from '../../proofs/recovery-code/recovery-code.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Contacts } from '../contacts.ts'

/** What opens an account besides its password, since when it does, and how its owner would know it again. */
export type InPlace = {
  readonly what: 'joker' | 'authenticator' | 'passkey' | 'recovery-codes' | 'address' | 'mobile'
  readonly id: string
  readonly since: number
  readonly name: string
}

export type InPlaceDeps = {
  readonly store: Store
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

/**
 * Whoever took an account may have put a joker, a factor or an address of their own in place, and would come back by it
 * as soon as the freeze is lifted: what is so young that they may have is told apart, and taken away when the desk says so.
 */
export const createPutInPlace = (deps: InPlaceDeps) => {
  const { store, clock, limits, audit, notices, joker, authenticators, passkeys, recoveryCodes } = deps

  const all = async (person: PersonId): Promise<readonly InPlace[]> => {
    const [set, app, keys, sheet, contacts] = await Promise.all([
      store.read.selectFrom('jokers').select('set_at').where('person', '=', person).executeTakeFirst(),
      authenticators.find(person),
      passkeys.list(person),
      recoveryCodes.find(person),
      deps.contacts.list(person),
    ])
    const one = (what: InPlace['what'], since: number | null | undefined, name = '', id = ''): InPlace[] =>
      since ? [{ what, id, since, name }] : []
    return [
      ...one('joker', set?.set_at),
      ...one('authenticator', app?.since),
      ...keys.flatMap(({ id, since, name }) => one('passkey', since, name, id)),
      ...one('recovery-codes', sheet?.madeAt),
      ...contacts.flatMap(({ id, to, confirmedAt }) =>
        one(kindOf(to) === 'mail' ? 'address' : 'mobile', confirmedAt, masked(to), id),
      ),
    ]
  }

  const remove = async (tx: Tx, person: PersonId, { what, id }: InPlace) => {
    if (what === 'joker') await joker.clear(tx, person)
    else if (what === 'authenticator') await authenticators.remove(tx, person)
    else if (what === 'passkey') await passkeys.remove(tx, person, id)
    else if (what === 'recovery-codes') await recoveryCodes.remove(tx, person)
    else await deps.contacts.remove(tx, person, id)
  }

  const tell = async (tx: Tx, person: PersonId, by: Actor, { what, name }: InPlace) => {
    const isContact = what === 'address' || what === 'mobile'
    const kind = what === 'joker' ? 'joker.cleared' : isContact ? 'contact.removed' : 'factor.removed'
    const details = { because: 'unfrozen', ...(isContact ? { address: name } : { factor: what }) }
    await audit.append(tx, { chain: person, kind, by, details })
    if (what === 'joker') return
    const facts = { at: clock.now(), event: `unfrozen:${newId()}`, ...(isContact && { address: name }) }
    const notice: NoticeKind = isContact ? 'address-removed' : `${what}-removed`
    await notices.write(tx, { kind: notice, person, facts, language: 'fr' })
  }

  return {
    /** Whatever was put there in the last `recentAddress` before that instant, or since. */
    recent: async (person: PersonId, before: number) =>
      (await all(person)).filter(({ since }) => since > before - limits.recentAddress),

    clear: async (tx: Tx, person: PersonId, by: Actor, which: readonly InPlace[]) => {
      for (const one of which) {
        await remove(tx, person, one)
        await tell(tx, person, by, one)
      }
    },
  }
}

export type PutInPlace = ReturnType<typeof createPutInPlace>
