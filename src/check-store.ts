import { join } from 'node:path'
import { seconds } from './clock.ts'
import type { Settings } from './config/load.ts'
import { report } from './directory/check-lines.ts'
import type { Finding } from './directory/directory.ts'
import { inspectStore } from './store/inspect.ts'

/** Between two clocks: beyond it a code that one of them dates is refused by the other. */
const toleratedDrift = seconds(5)

const good = (detail: string): Finding => ({ level: 'good', what: 'store', detail })

/** Where the store is; unlike the start, this makes no folder. */
export const locationOf = ({ data, databaseUrl }: Pick<Settings, 'data' | 'databaseUrl'>) =>
  databaseUrl ? { url: databaseUrl } : { file: join(data, 'sesame.sqlite') }

/** Whether this version can start on the store. It is read; the start of the portal makes or completes its tables. */
export const checkStore = async (
  { data, databaseUrl }: Pick<Settings, 'data' | 'databaseUrl'>,
  migrations: string,
  now: () => number,
): Promise<Finding[]> => {
  const name = databaseUrl ? 'PostgreSQL' : 'SQLite'
  const file = join(data, 'sesame.sqlite')
  const state = await inspectStore(locationOf({ data, databaseUrl }), migrations)
  if (state.kind === 'unreadable')
    return [
      report('store-connection', {
        means: `${name} cannot be read, so the portal does not start (${state.because}).`,
        values: { file },
      }),
    ]
  if (state.kind === 'foreign')
    return [report('store', { means: `The portal does not start: ${state.because}.` })]
  const sentences = {
    current: `${name} answers and its tables are up to date.`,
    behind: `${name} answers; the next start adds ${state.missing.join(', ')}.`,
    absent: `${name} has no table yet: the first start makes them.`,
  }
  const drift = state.serverTime === undefined ? 0 : Math.abs(state.serverTime - now())
  return [
    good(sentences[state.kind]),
    ...(drift > toleratedDrift
      ? [
          report('store-clock', {
            means: `The clock of PostgreSQL and the clock of this machine are ${Math.round(drift / 1000)} s apart: codes end early or late.`,
          }),
        ]
      : []),
  ]
}
