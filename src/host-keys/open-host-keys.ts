import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import { hostOf, openRotatingKeys } from '../crypto/rotating-keys.ts'
import type { Store } from '../store/store.ts'
import { createHostKeys } from './host-keys.ts'

type Deps = { readonly store: Store; readonly keys: Keys; readonly clock: Clock }

/** The keys that seal waiting passwords, in files of this host, and how the hosts of one installation give them to each other. */
export async function openHostKeys(folder: string, { store, keys, clock }: Deps) {
  const host = await hostOf(folder)
  const hostKeys = createHostKeys({ folder: join(folder, 'private-halves'), host, store, clock, keys })
  return { hostKeys, rotatingKeys: await openRotatingKeys(folder, clock, hostKeys) }
}
