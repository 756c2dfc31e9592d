import type { Clock } from '../clock.ts'
import type { MailTransport } from '../notify/transport.ts'
import { ok } from '../result.ts'
import type { Store } from '../store/store.ts'

/** The demonstration's mail server: a page of the portal shows what it « received ». */
export const demoMailbox = (store: Store, clock: Clock) => {
  const transport: MailTransport = {
    send: async mail => {
      const { id, to, subject, html, text } = mail
      await store.transaction(tx =>
        tx
          .insertInto('demo_mails')
          .values({ id, recipient: to, subject, html, body: text, received_at: clock.now() })
          .onConflict(conflict => conflict.column('id').doNothing())
          .execute(),
      )
      return ok()
    },
    ping: async () => true,
    close: async () => {},
  }

  return {
    transport,
    list: () =>
      store.read.selectFrom('demo_mails').selectAll().orderBy('received_at', 'desc').limit(50).execute(),
    find: (id: string) =>
      store.read.selectFrom('demo_mails').selectAll().where('id', '=', id).executeTakeFirst(),
  }
}

export type DemoMailbox = ReturnType<typeof demoMailbox>
