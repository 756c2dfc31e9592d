import type { Clock } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import { type Keys, newId, seal, unseal } from '../keys.ts'
import type { MailRows } from '../notify/mail-rows.ts'
import { type Destination, kindOf } from '../proofs/code/destination.ts'
import type { Store, Tx } from '../store/store.ts'

export type Contact = { readonly id: string; readonly to: Destination; readonly confirmedAt: number }

/** Recovery addresses and mobiles: sealed, and only those that a code confirmed. */
export const contactsIn = (parts: { store: Store; clock: Clock; keys: Keys; mails: MailRows }) => {
  const { store, clock, keys, mails } = parts
  const sealKey = () => keys.of('seal-contact')
  const place = (id: string) => `contacts.destination.${id}`
  return {
    list: async (person: PersonId): Promise<readonly Contact[]> => {
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
