import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createFirstDays } from './account/first-day/first-day.ts'
import { createNotMe } from './account/not-me/not-me.ts'
import { createChangeHooks } from './account/password/record-change.ts'
import { createExternalSignIns } from './account/sign-in/external/external-sign-ins.ts'
import { createAudit } from './audit/chain.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Settings } from './config/load.ts'
import { readRootKey } from './config/root-key.ts'
import type { ServiceDeps } from './create-services.ts'
import { keysFrom } from './crypto/keys.ts'
import { openRotatingKeys } from './crypto/rotating-keys.ts'
import { seedDemonstration } from './demonstration/demonstration.ts'
import type { Directory } from './directory/directory.ts'
import { createEmbeddedPasswords } from './directory/embedded/passwords.ts'
import { type Hashing, openHashing } from './hashing/hashing.ts'
import { createHelpdesk } from './helpdesk/helpdesk.ts'
import { createAccessMethods } from './identity/access-methods.ts'
import { createFreezing } from './identity/freezing.ts'
import { createIdentity } from './identity/identity.ts'
import { openedBy } from './identity/sessions.ts'
import type { IdentityServer } from './identity-server/identity-server.ts'
import { createActivationRecorder } from './journeys/activation/record.ts'
import { createJourneyStore } from './journeys/journeys.ts'
import { createResetRecorder } from './journeys/password/record.ts'
import { createRateLimiter } from './limits/rate-limiter.ts'
import { createNotify } from './notify/notify-group.ts'
import { frenchCallingCodes } from './notify/sms.ts'
import { createBindBudget } from './password/bind-budget.ts'
import { createPasswordRules } from './password/password.ts'
import { relyingPartyOf } from './proofs/passkey/relying-party.ts'
import { createProofs } from './proofs/proofs.ts'
import { createDeliveryGroup } from './services/deliveries/delivery-group.ts'
import type { ServiceTarget } from './services/deliveries/targets.ts'
import { createPasswordWrite } from './services/source/password-write.ts'
import { recordFreeze } from './services/source/record-freeze.ts'
import { createRevocations } from './services/source/revocations.ts'
import type { Failpoints } from './services/source/source.ts'
import { openStore, type StoreLocation } from './store/open.ts'
import type { Store } from './store/store.ts'

export type Adapters = {
  readonly clock?: Clock
  readonly failpoints?: Failpoints
  readonly hashing?: Hashing
  readonly directory: (deps: { store: Store; hashing: Hashing }) => Promise<Directory>
  readonly services: (deps: ServiceDeps) => readonly ServiceTarget[]
  readonly identityServer: (clock: Clock) => Promise<IdentityServer | null>
  readonly folders: { readonly migrations: string; readonly shippedFilter: string }
}

/** PostgreSQL where it is configured, else one file in the data folder, which is created when missing. */
export const storeLocation = (settings: Settings): StoreLocation => {
  mkdirSync(settings.data, { recursive: true, mode: 0o700 })
  return settings.databaseUrl ? { url: settings.databaseUrl } : { file: join(settings.data, 'sesame.sqlite') }
}

/** What everything else stands on: the store, the keys, the directory, the log of what was done. */
async function openFoundations(settings: Settings, adapters: Adapters) {
  const clock = adapters.clock ?? systemClock
  // Creates the data folder, where a demonstration then writes its root key.
  const location = storeLocation(settings)
  const keys = keysFrom(await readRootKey(settings))
  const store = await openStore(location, { migrations: adapters.folders.migrations })
  const hashing = adapters.hashing ?? openHashing()
  const rotatingKeys = await openRotatingKeys(join(settings.data, 'rotating-keys'), clock)
  return {
    settings,
    config: settings.config,
    limits: settings.limits,
    clock,
    store,
    crypto: { keys, rotatingKeys, hashing },
    directory: await adapters.directory({ store, hashing }),
    audit: createAudit(keys.of('audit'), clock),
    rateLimiter: createRateLimiter(store, clock),
    notify: createNotify({ keys, clock }),
    revocations: createRevocations({ store, clock }),
  }
}

type Foundations = Awaited<ReturnType<typeof openFoundations>>

function openProofs({ settings, config, crypto, revocations, ...rest }: Foundations) {
  const { store, clock, limits, audit, rateLimiter, notify } = rest
  const { branding, sms, mail } = config
  return createProofs({
    store,
    clock,
    limits,
    audit,
    rateLimiter,
    notify,
    keys: crypto.keys,
    hashing: crypto.hashing,
    revokeProofs: revocations.revokeProofs,
    // The name is what authenticator apps and passkeys show for the account.
    relyingParty: relyingPartyOf(settings.publicUrl, `${branding.product} ${branding.institution}`),
    messages: {
      configured: sms.kind !== 'none' || mail.kind === 'demonstration',
      countries: sms.kind === 'http' ? sms.countries : frenchCallingCodes,
      timeZone: branding.timeZone,
    },
  })
}

/** Everything of the product except its URLs, as a tree: the portal and the commands create the same application. */
export const createApplication = async (settings: Settings, adapters: Adapters) => {
  const foundations = await openFoundations(settings, adapters)
  const { clock, limits, config, store, crypto, directory, audit, rateLimiter, notify, revocations } =
    foundations
  const { keys, hashing, rotatingKeys } = crypto
  const { notices } = notify
  const base = { store, clock, limits }
  const failpoints = adapters.failpoints ?? (() => {})

  const proofs = openProofs(foundations)
  const { joker, activationCodes, secondFactor } = proofs
  if (settings.demonstration)
    await seedDemonstration({ store, passwords: createEmbeddedPasswords(hashing), joker, activationCodes })

  const journeyStore = createJourneyStore(base)
  const identity = createIdentity({
    ...base,
    keys,
    audit,
    rateLimiter,
    notify,
    openedBy: openedBy(config.signIn.server.kind),
    endActivation: async (tx, person) => {
      await activationCodes.close(tx, person, 'session')
      await journeyStore.endOfPerson(tx, person, { event: 'signed-in', why: 'activation-elsewhere' })
    },
  })
  const { endOfPerson } = journeyStore
  const { sessions, contacts, freezes, knownBrowsers, tokens, pendingSignIns } = identity

  const targets = adapters.services({ store, clock, hashing, directory })
  const deliveries = createDeliveryGroup({ ...base, audit, rotatingKeys, targets, notices })
  const { queue, receipts } = deliveries

  const budget = createBindBudget({ ...base, keys, rateLimiter, directory })
  const recording = {
    clock,
    keys,
    audit,
    notices,
    freezes,
    sessions,
    knownBrowsers,
    budget,
    receipts,
    endOfPerson,
  }
  const reset = createResetRecorder({ ...recording, journeys: journeyStore.password, revocations })
  const { endJourneys, supersedeJourneys } = reset
  const write = createPasswordWrite({
    ...base,
    audit,
    directory,
    rotatingKeys,
    deliveries: queue,
    revocations,
    factorSince: async person => (await secondFactor.of(person)).since,
    writeHooks: {
      reset,
      activation: createActivationRecorder({
        ...recording,
        journeys: journeyStore.activation,
        activationCodes,
      }),
      change: createChangeHooks({ ...recording, supersedeJourneys }),
      freeze: recordFreeze({ clock, notices, written: freezes.recordWritten }),
    },
    failpoints,
  })
  const { attempts, source, lock } = write
  const { shippedFilter } = adapters.folders
  const rules = createPasswordRules({ settings, shippedFilter, store, keys, hashing, lock })

  const { authenticators, passkeys, recoveryCodes } = proofs
  const methods = { joker, contacts, authenticators, passkeys, recoveryCodes }
  const freezing = createFreezing({
    store,
    clock,
    limits,
    audit,
    notices,
    freezes,
    revocations,
    tokens,
    attempts,
    receipts,
    source,
    sessions,
    pendingSignIns,
    knownBrowsers,
    budget,
    deliveries: queue,
    accessMethods: createAccessMethods({ clock, limits, audit, notices, ...methods }),
    hasJoker: async (person, tx) => (await activationCodes.activity(person, tx)).joker,
    reopenActivation: activationCodes.reopen,
    endJourneys,
  })
  const journeys = { ...journeyStore, end: endJourneys, supersede: supersedeJourneys }

  return {
    settings,
    config,
    limits,
    clock,
    store,
    crypto,
    directory,
    audit,
    rateLimiter,
    notify,
    proofs,
    passwordWrite: { ...write, rules, budget, revocations, failpoints },
    deliveries,
    accounts: {
      ...identity,
      freezing,
      notMe: createNotMe({ store, revocations, tokens, freezing }),
      firstDays: createFirstDays({ store, limits, contacts, joker }),
      externalSignIns: createExternalSignIns({ ...base, keys }),
      identityServer: await adapters.identityServer(clock),
    },
    journeys,
    helpdesk: createHelpdesk({
      store,
      clock,
      limits,
      audit,
      notices,
      freezes,
      freezing,
      sessions,
      revocations,
      attempts,
      joker,
      secondFactor,
      activationCodes,
      journeys,
      deliveries: queue,
    }),
    close: async () => {
      await hashing.close()
      for (const { writer, check } of targets) await Promise.all([writer?.close(), check?.close()])
      await directory.close()
      await store.close()
    },
  }
}

export type Application = Awaited<ReturnType<typeof createApplication>>
