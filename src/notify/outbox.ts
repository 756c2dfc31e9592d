import { minutes } from '../clock.ts'
import { createMailRows } from './mail-rows.ts'
import { addressNotice } from './notice-to-mails.ts'
import type { OutboxDeps } from './outbox-deps.ts'
import { sendMail } from './send-mail.ts'

/** Thirty seconds longer than the time limit of an SMTP send (`smtp.ts`), so that no other process sends the same mail. */
const lease = minutes(1)
const roundSize = 200

/** Claims the next due row for this process until its lease ends. Returns its id, or null. */
const claimFrom = ({ store, clock }: OutboxDeps, table: 'notices' | 'mails') =>
  store.transaction(async tx => {
    const now = clock.now()
    const claimed = await tx
      .updateTable(table)
      .set(eb => ({
        lease_until: now + lease,
        tries: eb('tries', '+', 1),
        ...(table === 'mails' && { state: 'sending' }),
      }))
      .where('id', '=', eb =>
        eb.selectFrom(table).select('id').where('lease_until', '<=', now).orderBy('created_at').limit(1),
      )
      .where('lease_until', '<=', now)
      .returning('id')
      .executeTakeFirst()
    return claimed?.id ?? null
  })

/** Claims and processes due rows one at a time: the lease of a row must not expire while it waits for the others. */
async function processDue(
  deps: OutboxDeps,
  table: 'notices' | 'mails',
  work: (id: string) => Promise<unknown>,
) {
  for (let done = 0; done < roundSize; done += 1) {
    const id = await claimFrom(deps, table)
    if (id === null) return done
    await work(id)
  }
  return roundSize
}

/**
 * Sends notices in two steps: a notice becomes one mail for each known address; a mail is sent, and only then its content
 * is erased. Each row is claimed by compare-and-set, so that several processes send each mail once and a kill loses none.
 */
export const createOutbox = (deps: OutboxDeps) => {
  const { keys, clock } = deps
  const context = { ...deps, rows: createMailRows({ keys, clock }) }
  return {
    /** Runs one round: processes everything that is due once. Returns the number of rows processed. */
    run: async () =>
      (await processDue(deps, 'notices', id => addressNotice(context, id))) +
      (await processDue(deps, 'mails', id => sendMail(context, id))),
  }
}
