import type { Clock } from '../clock.ts'
import { hmac, newId, seal } from '../crypto/crypto.ts'
import { isSealedAnew, type Keys, unsealUnder } from '../crypto/keys.ts'
import type { Rekeying } from '../rekeying.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { Tx } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'
import { canonicalMailbox } from './canonical-mailbox.ts'
import { goesToDesk, isNoticeKind, type NoticeKind } from './notify.ts'
import type { MailFacts } from './outbox-types.ts'

export type NewMail = {
  readonly kind: NoticeKind
  readonly to: string
  readonly language: Language
  readonly facts: MailFacts
}

type Deps = { readonly keys: Keys; readonly clock: Clock }

const destinationContext = (id: string) => `mails.destination.${id}`
const factsContext = (id: string) => `mails.facts.${id}`

type Sealed = { readonly id: string; readonly destination: string; readonly facts: string }

/** The address of a mail that was not sent yet. */
export const openMailAddress = (keys: Keys, { id, destination }: Pick<Sealed, 'id' | 'destination'>) =>
  unsealUnder(keys, 'seal-mail', destinationContext(id), destination)

export const openMailFacts = (keys: Keys, { id, facts }: Pick<Sealed, 'id' | 'facts'>) =>
  JSON.parse(unsealUnder(keys, 'seal-mail', factsContext(id), facts)) as MailFacts

export const sealMailFacts = (keys: Keys, id: string, facts: MailFacts) =>
  seal(keys.of('seal-mail'), factsContext(id), JSON.stringify(facts))

type MergedBy = Pick<NewMail, 'kind' | 'to' | 'facts'>

/** Digest of the exact address. */
export const addressDigest = (key: Buffer, to: string) => hmac(key, to.toLowerCase())

const digestOf = (keys: Keys, to: string) => addressDigest(keys.of('destination'), to)

const mailboxDigestOf = (keys: Keys, to: string) =>
  hmac(keys.of('destination'), 'folded', canonicalMailbox(to))

const mergeKeyOf = (keys: Keys, { kind, to, facts }: MergedBy) =>
  hmac(keys.of('destination'), 'merge', kind, to.toLowerCase(), goesToDesk(kind) ? '' : (facts.person ?? ''))

/**
 * Mails with the same key share a rate limit: same kind, mailbox and person. An attacker can cause some kinds at will
 * (asking for the login again, adding and removing a factor): under a common limit these would delay the mail that
 * reports a new password to the owner. With this key, the first mail of each kind in a day is never delayed.
 */
const limitKeyOf = (keys: Keys, { kind, to, facts }: MergedBy) =>
  hmac(
    keys.of('destination'),
    'limit',
    kind,
    canonicalMailbox(to),
    goesToDesk(kind) ? '' : (facts.person ?? ''),
  )

async function writeMail({ keys, clock }: Deps, tx: Tx, mail: NewMail) {
  const { kind, to, language, facts } = mail
  const id = newId()
  await tx
    .insertInto('mails')
    .values({
      id,
      kind,
      state: 'ready',
      destination: seal(keys.of('seal-mail'), destinationContext(id), to),
      destination_digest: digestOf(keys, to),
      limit_key: limitKeyOf(keys, mail),
      merge_key: mergeKeyOf(keys, mail),
      facts: sealMailFacts(keys, id, facts),
      language,
      lease_until: 0,
      tries: 0,
      created_at: clock.now(),
      sent_at: null,
    })
    .execute()
}

/** Writes the rows of mails to send. Their destination and content are sealed, and erased once the mail was sent. */
export const createMailRows = (deps: Deps) => ({
  /** Digest of the exact address, which contacts and « Ce n'est pas moi » compare. */
  digestOf: (to: string) => digestOf(deps.keys, to),

  /** The digests under which this address may be stored. */
  digestsOf: (to: string) => deps.keys.all('destination').map(key => addressDigest(key, to)),

  /** Digest of the mailbox behind the address, by which codes are rate limited. */
  mailboxDigestOf: (to: string) => mailboxDigestOf(deps.keys, to),

  /** Mails with the same key may be merged: same kind, address and person; those to the helpdesk whatever the person. */
  mergeKeyOf: (mail: MergedBy) => mergeKeyOf(deps.keys, mail),

  /** Writes a mail to the given address, such as a code for an address that is not in the directory yet. */
  write: (tx: Tx, mail: NewMail) => writeMail(deps, tx, mail),
})

export type MailRows = ReturnType<typeof createMailRows>

export const mailRetention: RetentionOf<'notices' | 'mails'> = {
  notices: { kept: 'until it is sent: a notice becomes a mail, which is deleted' },
  mails: (tx, now, limits) =>
    tx
      .deleteFrom('mails')
      .where('state', '!=', 'ready')
      .where('sent_at', '<', now - limits.purgeMails)
      .execute(),
}

/** What a waiting mail holds, and its digests, under the present root key. The digests of sent ones end with their rows. */
export const mailRekeying: Rekeying<'mails'> = {
  table: 'mails',
  row: 'id',
  rekey: (keys, { id, kind, destination, facts }) => {
    if (destination === null || facts === null || !isNoticeKind(kind)) return null
    const isNew =
      isSealedAnew(keys, 'seal-mail', destinationContext(id), destination) &&
      isSealedAnew(keys, 'seal-mail', factsContext(id), facts)
    if (isNew) return null
    const to = openMailAddress(keys, { id, destination })
    const clear = openMailFacts(keys, { id, facts })
    return {
      destination: seal(keys.of('seal-mail'), destinationContext(id), to),
      facts: sealMailFacts(keys, id, clear),
      destination_digest: digestOf(keys, to),
      limit_key: limitKeyOf(keys, { kind, to, facts: clear }),
      merge_key: mergeKeyOf(keys, { kind, to, facts: clear }),
    }
  },
}
