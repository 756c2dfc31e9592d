import { join } from 'node:path'
import type { AuditKind } from './audit/audit.ts'
import { createAudit } from './audit/chain.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Settings, sendsMessages } from './config/load.ts'
import { readRootKeys } from './config/root-key.ts'
import type { ServiceDeps } from './create-services.ts'
import type { Keys } from './crypto/keys.ts'
import { openDataFolder } from './data-folder.ts'
import type { Directory } from './directory/directory.ts'
import { type Hashing, openHashing } from './hashing/hashing.ts'
import { openHostKeys } from './host-keys/open-host-keys.ts'
import { findReach, hasContact } from './identity/contacts.ts'
import type { IdentityServer } from './identity-server/identity-server.ts'
import { createRateLimiter } from './limits/rate-limiter.ts'
import { createNotify } from './notify/notify-group.ts'
import { frenchCallingCodes } from './notify/sms.ts'
import { relyingPartyOf } from './proofs/passkey/relying-party.ts'
import { availableProofs, createProofPolicy } from './proofs/policy/policy.ts'
import { createProofs } from './proofs/proofs.ts'
import { checkRootKey } from './root-key-check.ts'
import { openKeyRing } from './root-keys/key-ring.ts'
import type { ServiceTarget } from './services/deliveries/targets.ts'
import { passwordChosenAt } from './services/source/person-lock.ts'
import { createRevocations, signInsRevokedAt } from './services/source/revocations.ts'
import type { Failpoints } from './services/source/source.ts'
import type { StoreObserver } from './store/observer.ts'
import { openStore, type StoreLocation } from './store/open.ts'
import type { Store } from './store/store.ts'
import { createSayIn } from './texts/texts.ts'

export type Adapters = {
  readonly clock?: Clock
  readonly failpoints?: Failpoints
  readonly hashing?: Hashing
  readonly observer?: StoreObserver
  /** Called with the kind of each event of the audit log. */
  readonly observeEvent?: (kind: AuditKind) => void
  readonly directory: (deps: { store: Store; hashing: Hashing; keys: Keys }) => Promise<Directory>
  readonly services: (deps: ServiceDeps) => readonly ServiceTarget[]
  readonly identityServer: (clock: Clock) => Promise<IdentityServer | null>
  readonly folders: { readonly migrations: string; readonly shippedFilter: string }
}

/** PostgreSQL where it is configured, else one file in the data folder, which is created when missing. */
export const storeLocation = (settings: Settings): StoreLocation => {
  openDataFolder(settings.data)
  return settings.databaseUrl ? { url: settings.databaseUrl } : { file: join(settings.data, 'sesame.sqlite') }
}

/** The folder of the keys that seal waiting passwords, on the disk of this host. */
export const rotatingKeysFolder = ({ data }: Pick<Settings, 'data'>) => join(data, 'rotating-keys')

/** Opens the store and its keys, once the root key was checked against it. The store writes under no key that is not in force. */
export async function openKeyedStore(
  settings: Settings,
  { clock, migrations, observer }: Parameters<typeof openStore>[1] & { readonly clock: Clock },
) {
  // Creates the data folder, where a demonstration then writes its root key.
  const location = storeLocation(settings)
  const roots = await readRootKeys(settings)
  const opened = await openStore(location, { migrations, observer })
  try {
    await checkRootKey(opened, roots)
    const ring = await openKeyRing(opened, roots, clock)
    return { store: ring.fence(opened), ring }
  } catch (fault) {
    await opened.close()
    throw fault
  }
}

/** What everything else stands on: the store, the keys, the directory, the log of what was done. */
export async function openFoundations(settings: Settings, adapters: Adapters) {
  const clock = adapters.clock ?? systemClock
  const { folders, observer } = adapters
  const { store, ring } = await openKeyedStore(settings, {
    clock,
    observer,
    migrations: folders.migrations,
  })
  const { keys } = ring
  const { rotatingKeys, hostKeys } = await openHostKeys(rotatingKeysFolder(settings), {
    store,
    keys,
    clock,
  }).catch(async fault => {
    await store.close()
    throw fault
  })
  const hashing = adapters.hashing ?? openHashing()
  return {
    settings,
    config: settings.config,
    limits: settings.limits,
    sayIn: createSayIn(settings.overrides.texts),
    clock,
    store,
    crypto: { keys, ring, rotatingKeys, hostKeys, hashing },
    directory: await adapters.directory({ store, hashing, keys }),
    audit: createAudit(() => keys.of('audit'), clock, adapters.observeEvent),
    rateLimiter: createRateLimiter(store, clock),
    notify: createNotify({ keys, clock }),
    revocations: createRevocations({ clock }),
  }
}

export type Foundations = Awaited<ReturnType<typeof openFoundations>>

export function openProofs({ settings, config, crypto, revocations, ...rest }: Foundations) {
  const { store, clock, limits, audit, rateLimiter, notify, sayIn } = rest
  const { branding, sms } = config
  const proofs = createProofs({
    store,
    clock,
    limits,
    audit,
    rateLimiter,
    notify,
    sayIn,
    keys: crypto.keys,
    hashing: crypto.hashing,
    has: {
      password: async (holder, db = store.read) => (await passwordChosenAt(db, holder)) !== null,
      contact: (holder, db = store.read) => hasContact(db, holder),
    },
    findReach,
    revokeProofs: revocations.revokeProofs,
    allRevokedAt: (holder, db) => signInsRevokedAt(db, holder).$asScalar(),
    // The name is what authenticator apps and passkeys show for the account.
    relyingParty: relyingPartyOf(settings.publicUrl, `${branding.product} ${branding.institution}`),
    messages: {
      configured: sendsMessages(config),
      countries: sms.kind === 'http' ? sms.countries : frenchCallingCodes,
      timeZone: branding.timeZone,
    },
  })
  const available = availableProofs({ messages: sendsMessages(config) })
  return { ...proofs, policy: createProofPolicy(config.recovery, available) }
}
