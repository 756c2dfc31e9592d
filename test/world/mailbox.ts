import type { PortalFixture } from './portal.ts'

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
