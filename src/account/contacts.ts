import type { Clock } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import { type Keys, newId, seal, unseal } from '../keys.ts'
import type { Limits } from '../limits.ts'
import type { MailRows } from '../notify/mail-rows.ts'
import { type Destination, kindOf } from '../proofs/code/destination.ts'
import type { Store, Tx } from '../store/store.ts'

export type Contact = { readonly id: string; readonly to: Destination; readonly confirmedAt: number }

/** Recovery addresses and mobiles: sealed, and only those that a code confirmed. */
export const contactsIn = (parts: {
  store: Store
  clock: Clock
  keys: Keys
  limits: Limits
  mails: MailRows
}) => {
  const { store, clock, keys, limits, mails } = parts
  const sealKey = () => keys.of('seal-contact')
  const place = (id: string) => `contacts.destination.${id}`
  const list = async (person: PersonId): Promise<readonly Contact[]> => {
    const rows = await store.read
      .selectFrom('contacts')
      .selectAll()
      .where('person', '=', person)
      .orderBy('confirmed_at')
      .execute()
    return rows.map(({ id, destination, confirmed_at }) => ({
      id,
      to: unseal(sealKey(), place(id), destination) as Destination,
      confirmedAt: confirmed_at,
    }))
  }

  return {
    list,

    /** What the outbox adds to the directory's own addresses. */
    mails: async (person: PersonId) => {
      const all = await list(person)
      return all.filter(({ to }) => kindOf(to) === 'mail').map(({ to }) => to)
    },

    /** Confirmed so recently that whoever took the account may have put it there (`rules.md`, « Ce n'est pas moi »). */
    isRecent: async (person: string, destinationDigest: string) => {
      const row = await store.read
        .selectFrom('contacts')
        .select('id')
        .where('person', '=', person)
        .where('destination_digest', '=', destinationDigest)
        .where('confirmed_at', '>', clock.now() - limits.recentAddress)
        .executeTakeFirst()
      return row !== undefined
    },

    /** Ends one of this person and of nobody else; what it was, or `null`. */
    remove: async (tx: Tx, person: PersonId, id: string): Promise<Destination | null> => {
      const row = await tx
        .deleteFrom('contacts')
        .where('id', '=', id)
        .where('person', '=', person)
        .returning('destination')
        .executeTakeFirst()
      return row ? (unseal(sealKey(), place(id), row.destination) as Destination) : null
    },

    /** One that is known already is only confirmed again. */
    add: async (tx: Tx, person: PersonId, to: Destination) => {
      const id = newId()
      await tx
        .insertInto('contacts')
        .values({
          ...{ id, person, kind: kindOf(to), destination: seal(sealKey(), place(id), to) },
          ...{ destination_digest: mails.digestOf(to), confirmed_at: clock.now() },
        })
        .onConflict(conflict =>
          conflict.columns(['person', 'destination_digest']).doUpdateSet({ confirmed_at: clock.now() }),
        )
        .execute()
    },
  }
}

export type Contacts = ReturnType<typeof contactsIn>
