import { type Clock, days } from '../clock.ts'
import type { SmsGateway } from '../notify/sms.ts'
import type { Mail, MailTransport } from '../notify/transport.ts'
import { ok } from '../result.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { Store } from '../store/store.ts'

/** The mail and SMS transport of the demonstration: stores messages, which a page of the portal shows. */
export const createDemoMailbox = (store: Store, clock: Clock) => {
  const keep = async ({ id, to, subject, html, text }: Mail) => {
    await store.transaction(tx =>
      tx
        .insertInto('demo_mails')
        .values({ id, recipient: to, subject, html, body: text, received_at: clock.now() })
        .onConflict(conflict => conflict.column('id').doNothing())
        .execute(),
    )
    return ok()
  }
  const transport: MailTransport = {
    send: keep,
    smtpUtf8: async () => true,
    outage: async () => null,
    close: async () => {},
  }

  /** Text messages are listed among the mails, with the number as recipient. */
  const gateway: SmsGateway = { send: sms => keep({ ...sms, subject: 'SMS', html: '' }) }

  return {
    transport,
    gateway,
    list: () =>
      store.read.selectFrom('demo_mails').selectAll().orderBy('received_at', 'desc').limit(50).execute(),
    find: (id: string) =>
      store.read.selectFrom('demo_mails').selectAll().where('id', '=', id).executeTakeFirst(),
  }
}

export type DemoMailbox = ReturnType<typeof createDemoMailbox>

export const demonstrationRetention: RetentionOf<'demo_mails' | 'pretend_passwords'> = {
  demo_mails: (tx, now) =>
    tx
      .deleteFrom('demo_mails')
      .where('received_at', '<', now - days(7))
      .execute(),
  pretend_passwords: { kept: 'the services of a demonstration' },
}
