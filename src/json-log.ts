import pino from 'pino'
import type { Log } from './web/replies.ts'

/** The log: lines of JSON on the standard output. */
export const createJsonLog = (): Log => {
  const logger = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: level => ({ level }) },
    },
    pino.destination({ sync: false }),
  )
  return (level, line) => logger[level](line)
}
