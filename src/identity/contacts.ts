import { type Clock, minutes } from '../clock.ts'
import { hmac, newId, seal } from '../crypto/crypto.ts'
import { isSealedAnew, type Keys, unsealUnder } from '../crypto/keys.ts'
import type { Person, PersonId } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../limits/rate-limiter.ts'
import { addressDigest, type MailRows } from '../notify/mail-rows.ts'
import { type Destination, type DestinationKind, kindOf } from '../proofs/sent-code/destination.ts'
import type { Rekeying } from '../rekeying.ts'
import { type RetentionOf, withAccount } from '../retention-rule.ts'
import { proofsRevokedAt } from '../services/source/revocations.ts'
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

/** Who of these people has a confirmed contact of this kind. */
export const contactHolders = (db: Store['read'], kind: DestinationKind, people: readonly string[]) =>
  db
    .selectFrom('contacts')
    .select('person')
    .distinct()
    .where('person', 'in', people)
    .where('kind', '=', kind)
    .execute()

/** How many of these contacts the holder, known or not, has still, and until when their proofs are revoked. */
export const findReach = async (db: Store['read'], holder: string, ids: readonly string[]) => {
  const { contacts, revokedAt } = await db
    .selectNoFrom([
      db
        .selectFrom('contacts')
        .select(eb => eb.fn.countAll<number>().as('count'))
        .where('person', '=', holder)
        .where('id', 'in', ids)
        .as('contacts'),
      proofsRevokedAt(db, holder).as('revokedAt'),
    ])
    .executeTakeFirstOrThrow()
  return { contacts: Number(contacts ?? 0), revokedAt: revokedAt ?? 0 }
}

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly keys: Keys
  readonly limits: Limits
  readonly mails: MailRows
  readonly rateLimiter: Pick<RateLimiter, 'hit'>
}

/** Associated data of the encryption: a value copied to another row does not decrypt. */
const sealContext = (id: string) => `contacts.destination.${id}`

const openDestination = (keys: Keys, { id, destination }: { id: string; destination: string }) =>
  unsealUnder(keys, 'seal-contact', sealContext(id), destination) as Destination

async function list(
  { store, keys }: Deps,
  person: PersonId,
  db: Store['read'] = store.read,
): Promise<readonly Contact[]> {
  const rows = await db
    .selectFrom('contacts')
    .selectAll()
    .where('person', '=', person)
    .orderBy('confirmed_at')
    .execute()
  return rows.map(row => ({ id: row.id, to: openDestination(keys, row), confirmedAt: row.confirmed_at }))
}

async function refusalOf(
  deps: Deps,
  person: Pick<Person, 'id' | 'addresses'>,
  to: Destination,
  db: Store['read'] = deps.store.read,
): Promise<ContactRefusal | null> {
  const { mails, limits } = deps
  const same = (other: string) => mails.mailboxDigestOf(other) === mails.mailboxDigestOf(to)
  const known = await list(deps, person.id, db)
  if (person.addresses.some(same)) return 'mail-own'
  if (known.some(one => same(one.to))) return 'address-known'
  const sameKind = known.filter(one => kindOf(one.to) === kindOf(to))
  return sameKind.length >= limits.addressesPerKind ? 'address-full' : null
}

async function listMails(deps: Deps, person: PersonId) {
  const all = await list(deps, person)
  return all.filter(({ to }) => kindOf(to) === 'mail').map(({ to }) => to)
}

/**
 * The confirmed addresses that have this digest. They are compared in clear: while the root key is replaced, the digest of a mail
 * and the digest of its address may be under two keys.
 */
async function confirmedAs(deps: Deps, person: string, destinationDigest: string) {
  const all = await list(deps, person as PersonId)
  return all.filter(({ to }) => deps.mails.digestsOf(to).includes(destinationDigest))
}

async function isContact(deps: Deps, person: string, destinationDigest: string) {
  return (await confirmedAs(deps, person, destinationDigest)).length > 0
}

async function isRecent(deps: Deps, person: string, destinationDigest: string) {
  const since = deps.clock.now() - deps.limits.recentChange
  return (await confirmedAs(deps, person, destinationDigest)).some(one => one.confirmedAt > since)
}

async function remove({ keys }: Deps, tx: Tx, person: PersonId, id: string): Promise<Destination | null> {
  const row = await tx
    .deleteFrom('contacts')
    .where('id', '=', id)
    .where('person', '=', person)
    .returning(['id', 'destination'])
    .executeTakeFirst()
  return row ? openDestination(keys, row) : null
}

async function add(
  deps: Deps,
  tx: Tx,
  person: Pick<Person, 'id' | 'addresses'>,
  to: Destination,
): Promise<ContactRefusal | null> {
  const { clock, keys, mails, rateLimiter } = deps
  await rateLimiter.hit(tx, addContactLock, hmac(keys.of('subject'), 'contact', person.id), 0)
  const refusal = await refusalOf(deps, person, to, tx)
  if (refusal) return refusal
  const id = newId()
  await tx
    .insertInto('contacts')
    .values({
      id,
      person: person.id,
      kind: kindOf(to),
      destination: seal(keys.of('seal-contact'), sealContext(id), to),
      destination_digest: mails.digestOf(to),
      confirmed_at: clock.now(),
    })
    .execute()
  return null
}

/** Recovery addresses and mobiles: stored encrypted, and only after a code has confirmed them. */
export const createContacts = (deps: Deps) => ({
  list: (person: PersonId, db?: Store['read']) => list(deps, person, db),

  /**
   * Why this cannot be a recovery address: it is a mailbox of the account itself, which is lost together with the account; it
   * is known already; or there are too many. Mailboxes are compared, not spellings: `+tag`, dots and capitals lead to the same
   * mailbox.
   */
  refusalOf: (person: Pick<Person, 'id' | 'addresses'>, to: Destination, db?: Store['read']) =>
    refusalOf(deps, person, to, db),

  /** Addresses that the outbox notifies in addition to those of the directory. */
  mails: (person: PersonId) => listMails(deps, person),
  isContact: (person: string, destinationDigest: string) => isContact(deps, person, destinationDigest),

  /**
   * Confirmed so recently that a stranger who took over the account may have added it. « Ce n'est pas moi » from such an
   * address only closes recovery (docs/decisions/004-addresses-at-send-time.md).
   */
  isRecent: (person: string, destinationDigest: string) => isRecent(deps, person, destinationDigest),

  /** Removes one contact of this person and returns its destination; `null` when the person has none of that id. */
  remove: (tx: Tx, person: PersonId, id: string) => remove(deps, tx, person, id),

  /** Checks the limits again under the lock: several codes requested at once could each have been below them. */
  add: (tx: Tx, person: Pick<Person, 'id' | 'addresses'>, to: Destination) => add(deps, tx, person, to),
})

export type Contacts = ReturnType<typeof createContacts>

export const contactRetention: RetentionOf<'contacts'> = {
  contacts: withAccount('contacts'),
}

/** The address and its digest, under the present root key. */
export const contactRekeying: Rekeying<'contacts'> = {
  table: 'contacts',
  row: 'id',
  rekey: (keys, row) => {
    if (isSealedAnew(keys, 'seal-contact', sealContext(row.id), row.destination)) return null
    const to = openDestination(keys, row)
    return {
      destination: seal(keys.of('seal-contact'), sealContext(row.id), to),
      destination_digest: addressDigest(keys.of('destination'), to),
    }
  },
}
