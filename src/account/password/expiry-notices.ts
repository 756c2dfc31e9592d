import { type Clock, days } from '../../clock.ts'
import type { Directory, ExpiringPassword } from '../../directory/directory.ts'
import { languageOf } from '../../identity/charter-acceptances.ts'
import type { Notices } from '../../notify/notify.ts'
import type { RetentionOf } from '../../retention-rule.ts'
import { withAccount } from '../../retention-rule.ts'
import type { Store } from '../../store/store.ts'

export type ExpiryNoticeDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly directory: Pick<Directory, 'expiring'>
  readonly notices: Notices
  /** How many days before the expiry a mail is sent. */
  readonly daysBefore: readonly number[]
}

/** The notice that is due: that of the shortest time. Those of longer times were missed, and would say the same. */
const dueNotice = ({ daysBefore, clock }: ExpiryNoticeDeps, { expiresAt }: ExpiringPassword) =>
  Math.min(...daysBefore.filter(count => expiresAt - clock.now() <= days(count)))

const keyOf = (person: string, expiresAt: number, count: number) => `${person} ${expiresAt} ${count}`

async function findWritten({ store, clock }: ExpiryNoticeDeps) {
  const rows = await store.read
    .selectFrom('expiry_notices')
    .selectAll()
    .where('expires_at', '>', clock.now())
    .execute()
  return new Set(rows.map(row => keyOf(row.person, row.expires_at, row.days)))
}

/** The mark and the notice are one transaction: of several processes one writes both, and a killed one neither. */
const write = (
  { store, clock, notices }: ExpiryNoticeDeps,
  { person, expiresAt }: ExpiringPassword,
  count: number,
) =>
  store.transaction(async tx => {
    const marked = await tx
      .insertInto('expiry_notices')
      .values({ person, expires_at: expiresAt, days: count })
      .onConflict(conflict => conflict.doNothing())
      .executeTakeFirst()
    if (marked.numInsertedOrUpdatedRows !== 1n) return false
    await notices.write(tx, {
      kind: 'password-expiring',
      person,
      facts: { at: clock.now(), event: `expiry:${expiresAt}`, device: '', until: expiresAt },
      language: await languageOf(tx, person),
    })
    return true
  })

/** Tells people by mail that their password expires: once for each configured number of days, and each expiry. */
export const createExpiryNotices = (deps: ExpiryNoticeDeps) => ({
  /** One round; how many notices were written. While the directory does not answer, none is. */
  run: async (): Promise<number> => {
    const now = deps.clock.now()
    const found = await deps.directory.expiring(now, now + days(Math.max(...deps.daysBefore)))
    if (!found.ok) return 0
    const written = await findWritten(deps)
    let count = 0
    for (const one of found.people) {
      const due = dueNotice(deps, one)
      if (written.has(keyOf(one.person, one.expiresAt, due))) continue
      if (await write(deps, one, due)) count += 1
    }
    return count
  },
})

/** Kept beyond the expiry, because the clocks of hosts differ a little. */
const keptAfter = days(7)

export const expiryNoticeRetention: RetentionOf<'expiry_notices'> = {
  expiry_notices: withAccount('expiry_notices', (tx, now) =>
    tx
      .deleteFrom('expiry_notices')
      .where('expires_at', '<', now - keptAfter)
      .execute(),
  ),
}
