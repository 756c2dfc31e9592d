import { type Clock, minutes } from '../clock.ts'
import { hmac, newId, seal, unseal } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Person, PersonId } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../limits/rate-limiter.ts'
import type { MailRows } from '../notify/mail-rows.ts'
import { type Destination, kindOf } from '../proofs/code/destination.ts'
import { type RetentionOf, withAccount } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'

export type ContactRefusal = 'mail-own' | 'address-known' | 'address-full'

/** Used as a lock: its counter row serialises the additions of one person. */
const addContactLock: RateLimit = { name: 'contact', window: minutes(1) }

export type Contact = { readonly id: string; readonly to: Destination; readonly confirmedAt: number }

/** Whether this holder, known or not, has a confirmed address or mobile. */
export const hasContact = async (db: Store['read'], holder: string) =>
  (await db
    .selectFrom('contacts')
    .select('person')
    .where('person', '=', holder)
    .limit(1)
    .executeTakeFirst()) !== undefined

/** Recovery addresses and mobiles: stored encrypted, and only after a code has confirmed them. */
export const createContacts = (deps: {
  store: Store
  clock: Clock
  keys: Keys
  limits: Limits
  mails: MailRows
  rateLimiter: Pick<RateLimiter, 'hit'>
}) => {
  const { store, clock, keys, limits, mails, rateLimiter } = deps
  const sealKey = () => keys.of('seal-contact')
  /** Associated data of the encryption: a value copied to another row does not decrypt. */
  const sealContext = (id: string) => `contacts.destination.${id}`
  const list = async (person: PersonId, db: Store['read'] = store.read): Promise<readonly Contact[]> => {
    const rows = await db
      .selectFrom('contacts')
      .selectAll()
      .where('person', '=', person)
      .orderBy('confirmed_at')
      .execute()
    return rows.map(({ id, destination, confirmed_at }) => ({
      id,
      to: unseal(sealKey(), sealContext(id), destination) as Destination,
      confirmedAt: confirmed_at,
    }))
  }

  /**
   * Why this cannot be a recovery address: it is a mailbox of the account itself, which is lost together with the account; it
   * is known already; or there are too many. Mailboxes are compared, not spellings: `+tag`, dots and capitals lead to the same
   * mailbox.
   */
  const refusalOf = async (
    person: Pick<Person, 'id' | 'addresses'>,
    to: Destination,
    db: Store['read'] = store.read,
  ): Promise<ContactRefusal | null> => {
    const same = (other: string) => mails.mailboxDigestOf(other) === mails.mailboxDigestOf(to)
    const known = await list(person.id, db)
    if (person.addresses.some(same)) return 'mail-own'
    if (known.some(one => same(one.to))) return 'address-known'
    const sameKind = known.filter(one => kindOf(one.to) === kindOf(to))
    return sameKind.length >= limits.addressesPerKind ? 'address-full' : null
  }

  return {
    list,
    refusalOf,

    /** Addresses that the outbox notifies in addition to those of the directory. */
    mails: async (person: PersonId) => {
      const all = await list(person)
      return all.filter(({ to }) => kindOf(to) === 'mail').map(({ to }) => to)
    },

    isContact: async (person: string, destinationDigest: string) => {
      const row = await store.read
        .selectFrom('contacts')
        .select('id')
        .where('person', '=', person)
        .where('destination_digest', '=', destinationDigest)
        .executeTakeFirst()
      return row !== undefined
    },

    /**
     * Confirmed so recently that a stranger who took over the account may have added it. « Ce n'est pas moi » from such an
     * address only closes recovery (docs/decisions/004-addresses-at-send-time.md).
     */
    isRecent: async (person: string, destinationDigest: string) => {
      const row = await store.read
        .selectFrom('contacts')
        .select('id')
        .where('person', '=', person)
        .where('destination_digest', '=', destinationDigest)
        .where('confirmed_at', '>', clock.now() - limits.recentChange)
        .executeTakeFirst()
      return row !== undefined
    },

    /** Removes one contact of this person and returns its destination; `null` when the person has none of that id. */
    remove: async (tx: Tx, person: PersonId, id: string): Promise<Destination | null> => {
      const row = await tx
        .deleteFrom('contacts')
        .where('id', '=', id)
        .where('person', '=', person)
        .returning('destination')
        .executeTakeFirst()
      return row ? (unseal(sealKey(), sealContext(id), row.destination) as Destination) : null
    },

    /** Checks the limits again under the lock: several codes requested at once could each have been below them. */
    add: async (
      tx: Tx,
      person: Pick<Person, 'id' | 'addresses'>,
      to: Destination,
    ): Promise<ContactRefusal | null> => {
      await rateLimiter.hit(tx, addContactLock, hmac(keys.of('subject'), 'contact', person.id), 0)
      const refusal = await refusalOf(person, to, tx)
      if (refusal) return refusal
      const id = newId()
      await tx
        .insertInto('contacts')
        .values({
          id,
          person: person.id,
          kind: kindOf(to),
          destination: seal(sealKey(), sealContext(id), to),
          destination_digest: mails.digestOf(to),
          confirmed_at: clock.now(),
        })
        .execute()
      return null
    },
  }
}

export type Contacts = ReturnType<typeof createContacts>

export const contactRetention: RetentionOf<'contacts'> = {
  contacts: withAccount('contacts'),
}
