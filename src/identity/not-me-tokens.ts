import type { Clock } from '../clock.ts'
import { digestOf, newHandle } from '../crypto/crypto.ts'
import type { Limits } from '../limits/limits.ts'
import { forgetExpired, type RetentionOf } from '../retention-rule.ts'
import type { Schema } from '../store/schema.ts'
import type { Store, Tx } from '../store/store.ts'

/** `freeze`: freezes the account, after a completed change; `close`: closes recovery, when there were only attempts. */
export type NotMeKind = 'freeze' | 'close'

/** What the mail with the button told of: its kind of notice, when it happened, and by which browser and system. */
export type Reported = { readonly notice: string; readonly happenedAt: number; readonly device: string }

export type NotMe = Reported & {
  readonly person: string
  readonly kind: NotMeKind
  readonly event: string
}

type Deps = { readonly store: Store; readonly clock: Clock; readonly limits: Limits }

type Row = Pick<Schema['not_me_tokens'], 'person' | 'kind' | 'event' | 'notice' | 'happened_at' | 'device'>

const shaped = (row: Row): NotMe => ({
  person: row.person,
  kind: row.kind === 'freeze' ? 'freeze' : 'close',
  event: row.event,
  notice: row.notice,
  happenedAt: row.happened_at,
  device: row.device,
})

async function make({ store, clock, limits }: Deps, about: NotMe & { destinationDigest: string }) {
  const token = newHandle()
  await store.transaction(tx =>
    tx
      .insertInto('not_me_tokens')
      .values({
        id: digestOf(token),
        person: about.person,
        kind: about.kind,
        event: about.event,
        destination_digest: about.destinationDigest,
        notice: about.notice,
        happened_at: about.happenedAt,
        device: about.device,
        expires_at: clock.now() + limits.notMeToken,
      })
      .execute(),
  )
  return token
}

async function find({ store, clock }: Deps, token: string): Promise<NotMe | null> {
  const row = await store.read
    .selectFrom('not_me_tokens')
    .selectAll()
    .where('id', '=', digestOf(token))
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  return row ? shaped(row) : null
}

async function consume({ clock }: Deps, tx: Tx, token: string): Promise<NotMe | null> {
  const row = await tx
    .deleteFrom('not_me_tokens')
    .where('id', '=', digestOf(token))
    .where('expires_at', '>', clock.now())
    .returningAll()
    .executeTakeFirst()
  return row ? shaped(row) : null
}

/** Tokens of 192 bits, used once, stored as digests, bound to one event and one address, expiring after seven days. */
export const createNotMeTokens = (deps: Deps) => ({
  make: (about: NotMe & { destinationDigest: string }) => make(deps, about),

  /** Does not consume the token: mail scanners open links. */
  find: (token: string) => find(deps, token),

  /** Returns the token to exactly one caller. */
  consume: (tx: Tx, token: string) => consume(deps, tx, token),

  /** Deletes the other tokens of a frozen account. */
  deleteAll: (tx: Tx, person: string) =>
    tx.deleteFrom('not_me_tokens').where('person', '=', person).execute(),
})

export type NotMeTokens = ReturnType<typeof createNotMeTokens>

export const tokenRetention: RetentionOf<'not_me_tokens'> = {
  not_me_tokens: forgetExpired('not_me_tokens'),
}
