import type { Application } from '../../src/application.ts'
import { purge } from '../../src/purge.ts'

/** What the verification and the seals of the audit need. */
export const auditPartsOf = ({ store, clock, limits, crypto }: Application) => ({
  store,
  clock,
  limits,
  keys: crypto.keys,
})

/** What the help shows. */
export const helpPartsOf = ({ settings, limits, passwordWrite }: Application) => ({
  settings,
  limits,
  rules: passwordWrite.rules,
})

/** Applies every retention period, as the job does. */
export const purgeApplication = ({ crypto, passwordWrite, deliveries, ...application }: Application) => {
  const { store, clock, limits } = application
  const { keys, rotatingKeys, hostKeys } = crypto
  const { attempts } = passwordWrite
  return purge({
    ...{ store, clock, limits, keys, rotatingKeys, hostKeys, attempts },
    deliveries: deliveries.queue,
    historyKept: passwordWrite.rules.historyKept,
    reportErased: () => {},
  })
}
