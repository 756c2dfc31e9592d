import type { LogEvent } from 'kysely'

/** Is told of each statement and of each transaction that writes, so that tests and benchmarks can count them. */
export type StoreObserver = {
  statement(sql: string): void
  transaction(): void
}

/** PostgreSQL's adapter sends these as statements; SQLite's does not. */
const ofTransaction = /^(begin|start transaction|set transaction|commit|rollback)\b/

/** The options with which Kysely reports its statements to the observer, where there is one. */
export const reportingTo = (observer: StoreObserver | undefined) =>
  observer
    ? {
        log: ({ query }: LogEvent) => {
          if (!ofTransaction.test(query.sql)) observer.statement(query.sql)
        },
      }
    : {}
