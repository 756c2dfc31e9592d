import type { PortalFixture } from './portal.ts'

/** Sends the mails that wait, so that the journal and the mailbox have them all; each may wait for one before it. */
export const sendWaitingMails = async ({ portal, application: { store, clock } }: PortalFixture) => {
  const waiting = async () => [
    ...(await store.read.selectFrom('notices').select('id').execute()),
    ...(await store.read
      .selectFrom('mails')
      .select('id')
      .where('state', 'in', ['ready', 'sending'])
      .execute()),
  ]
  for (let rounds = 0; rounds < 100 && (await waiting()).length > 0; rounds += 1) {
    await portal.outbox.run()
    await clock.sleep(20)
  }
}

/** Waits for a mail or text message to this recipient in the demonstration's mailbox. Returns its eight-digit code. */
export const codeSentTo = async ({ portal, application }: PortalFixture, recipient: string) => {
  for (;;) {
    await portal.outbox.run()
    const mails = await application.store.read
      .selectFrom('demo_mails')
      .select('body')
      .where('recipient', '=', recipient)
      .orderBy('received_at')
      .execute()
    const code = /\b\d{4}\s?\d{4}\b/.exec(mails.at(-1)?.body ?? '')?.[0]
    if (code) return code
    await application.clock.sleep(50)
  }
}
