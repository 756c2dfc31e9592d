import type { Clock } from '../clock.ts'
import { hmac, type Keys, newId, seal } from '../keys.ts'
import type { Tx } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'
import type { NoticeKind } from './notify.ts'
import type { MailFacts } from './outbox-parts.ts'

export type NewMail = {
  readonly kind: NoticeKind
  readonly to: string
  readonly language: Language
  readonly facts: MailFacts
}

/** Rows of mails to leave: where they go and what they tell is sealed, and erased once they left. */
export const mailRowsWith = ({ keys, clock }: { keys: Keys; clock: Clock }) => {
  const sealKey = keys.of('seal-mail')
  return {
    digestOf: (to: string) => hmac(keys.of('destination'), to.toLowerCase()),

    /** A mail to an address that the caller names: a code leaves so, for an address that no directory holds yet. */
    write: async (tx: Tx, { kind, to, language, facts }: NewMail) => {
      const id = newId()
      await tx
        .insertInto('mails')
        .values({
          id,
          kind,
          state: 'ready',
          destination: seal(sealKey, `mails.destination.${id}`, to),
          destination_digest: hmac(keys.of('destination'), to.toLowerCase()),
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

export type MailRows = ReturnType<typeof mailRowsWith>
