import type { Clock } from '../clock.ts'
import type { EmbeddedPasswords } from '../directory/embedded/embedded.ts'
import { ok, refused } from '../result.ts'
import type { Check, Writer } from '../services/services.ts'
import type { Store } from '../store/store.ts'

/**
 * A simulated service: stores a hash of the written password and verifies logins against it, as slowly as a real one. The
 * pages of the demonstration say that it is simulated.
 */
export const createPretendService = (deps: {
  readonly service: string
  readonly store: Store
  readonly clock: Clock
  readonly passwords: EmbeddedPasswords
  /** Response time in milliseconds. */
  readonly pace: number
}): Writer & Check => {
  const { service, store, clock, passwords, pace } = deps
  return {
    longest: 10_000,
    write: async ({ login }, password) => {
      const hash = await passwords.hash(password)
      await clock.sleep(pace)
      await store.transaction(tx =>
        tx
          .insertInto('pretend_passwords')
          .values({ service, login, hash })
          .onConflict(conflict => conflict.columns(['service', 'login']).doUpdateSet({ hash }))
          .execute(),
      )
      return ok()
    },
    prove: async ({ login }, password) => {
      const held = await store.read
        .selectFrom('pretend_passwords')
        .select('hash')
        .where('service', '=', service)
        .where('login', '=', login)
        .executeTakeFirst()
      const right = held !== undefined && (await passwords.verify(held.hash, password))
      return right ? ok() : refused('login-refused')
    },
    check: async () => [
      { level: 'warning', what: service, detail: 'This service is pretend: it is for demonstrations.' },
    ],
    close: async () => {},
  }
}
