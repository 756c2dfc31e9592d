import { locationOf } from '../check-store.ts'
import { systemClock } from '../clock.ts'
import { explain } from '../config/explain.ts'
import { type Settings, sendsMessages } from '../config/load.ts'
import { createDirectory } from '../create-directory.ts'
import { explainFault } from '../explain-fault.ts'
import { openHashing } from '../hashing/hashing.ts'
import { migrationsFolder } from '../portal.ts'
import { availableProofs, createProofPolicy } from '../proofs/policy/policy.ts'
import { inspectStore } from '../store/inspect.ts'
import { openStore } from '../store/open.ts'
import { print, withSettings } from './command-context.ts'
import { countRecoveries } from './recovery-count.ts'

/** The store is read as it is: nothing is made or migrated by a command that explains. */
async function countIn(settings: Settings): Promise<readonly string[]> {
  const { config } = settings
  const location = locationOf(settings)
  const state = await inspectStore(location, migrationsFolder())
  if (state.kind !== 'current')
    return ['people = not counted: the store has not the tables of this version; the next start makes them']
  const store = await openStore(location, { migrations: migrationsFolder() })
  const hashing = openHashing()
  try {
    const directory = await createDirectory(settings)({ store, hashing, keys: null })
    const policy = createProofPolicy(config.recovery, availableProofs({ messages: sendsMessages(config) }))
    const counting = { directory, read: store.read, clock: systemClock, limits: settings.limits, policy }
    return await countRecoveries(counting).finally(() => directory.close())
  } finally {
    await hashing.close()
    await store.close()
  }
}

/** `sesame explain`: what is in force, then how many people can recover under the policy. */
export const explainSettings = () =>
  withSettings(async settings => {
    print(explain(settings))
    try {
      for (const line of await countIn(settings)) print(line)
    } catch (fault) {
      print(`people = not counted: ${explainFault(fault).sentence}`)
    }
  })
