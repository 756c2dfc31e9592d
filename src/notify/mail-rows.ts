import type { Clock } from '../clock.ts'
import { hmac, type Keys, newId, seal } from '../keys.ts'
import type { Tx } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'
import { canonicalMailbox } from './canonical-mailbox.ts'
import { goesToDesk, type NoticeKind } from './notify.ts'
import type { MailFacts } from './outbox-types.ts'

export type NewMail = {
  readonly kind: NoticeKind
  readonly to: string
  readonly language: Language
  readonly facts: MailFacts
}

/** Rows of mails to leave: where they go and what they tell is sealed, and erased once they left. */
export const createMailRows = ({ keys, clock }: { keys: Keys; clock: Clock }) => {
  const sealKey = keys.of('seal-mail')
  const digestOf = (to: string) => hmac(keys.of('destination'), to.toLowerCase())

  /** Mails with the same key may be told in one: of a kind, to one address, about one person; the desk's about anybody. */
  const mergeKeyOf = ({ kind, to, facts }: Pick<NewMail, 'kind' | 'to' | 'facts'>) =>
    hmac(
      keys.of('destination'),
      'merge',
      kind,
      to.toLowerCase(),
      goesToDesk(kind) ? '' : (facts.person ?? ''),
    )

  /**
   * Which mails share a limit: those of a kind, to one mailbox, about one person. A thief can cause some kinds as often
   * as they like (the login asked for again, a factor added and removed): under a common limit those held back the mail
   * that tells the owner of a new password. So the first of each kind in a day finds room and never waits.
   */
  const limitKeyOf = ({ kind, to, facts }: NewMail) =>
    hmac(
      keys.of('destination'),
      'limit',
      kind,
      canonicalMailbox(to),
      goesToDesk(kind) ? '' : (facts.person ?? ''),
    )

  return {
    /** Of the address itself: what contacts and « Ce n'est pas moi » compare. */
    digestOf,
    /** Of the mailbox behind it: what limits of codes count. */
    mailboxDigestOf: (to: string) => hmac(keys.of('destination'), 'folded', canonicalMailbox(to)),
    mergeKeyOf,

    /** A mail to an address that the caller names: a code leaves so, for an address that no directory holds yet. */
    write: async (tx: Tx, mail: NewMail) => {
      const { kind, to, language, facts } = mail
      const id = newId()
      await tx
        .insertInto('mails')
        .values({
          id,
          kind,
          state: 'ready',
          destination: seal(sealKey, `mails.destination.${id}`, to),
          destination_digest: digestOf(to),
          limit_key: limitKeyOf(mail),
          merge_key: mergeKeyOf(mail),
          facts: seal(sealKey, `mails.facts.${id}`, JSON.stringify(facts)),
          language,
          lease_until: 0,
          tries: 0,
          created_at: clock.now(),
          sent_at: null,
        })
        .execute()
    },
  }
}

export type MailRows = ReturnType<typeof createMailRows>
