import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Notices } from '../../notify/notify.ts'
import { ok, refused } from '../../result.ts'
import type { Tx } from '../../store/store.ts'
import { ownLanguage } from '../../texts/locales.ts'
import type { WriteHooks } from './source.ts'

/**
 * Records the write of a frozen account's random password. When the directory refuses it, the helpdesk is notified at once.
 * While the server itself closes the account, nothing is written: nobody can sign in, and a write could lift the lock of an
 * administrator. An account that only a record closes is written: the server may still accept its old password.
 */
export const createFreezeHooks = (deps: {
  clock: Clock
  notices: Notices
  /** Called once the password is written: only then may the freeze be lifted. */
  written: (tx: Tx, person: PersonId) => Promise<unknown>
}): WriteHooks => ({
  accepted: (tx, { person }) => deps.written(tx, person).then(() => {}),
  refused: async (tx, attempt, reason) => {
    const facts = { at: deps.clock.now(), event: `freeze:${reason}`, device: '' }
    await deps.notices.write(tx, {
      kind: 'desk-freeze-refused',
      person: attempt.person,
      facts,
      language: ownLanguage,
    })
  },
  checkWrite: async (_attempt, person) =>
    person.closed === 'by-server' ? refused('closed-by-server') : ok(),
})
