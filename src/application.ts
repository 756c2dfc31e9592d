import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createContacts } from './account/contacts.ts'
import { createFirstDays } from './account/first-day/first-day.ts'
import { createFreezes } from './account/freezes.ts'
import { createKnownBrowsers } from './account/known-browsers.ts'
import { createAccessMethods } from './account/not-me/access-methods.ts'
import { createNotMe } from './account/not-me/not-me.ts'
import { createNotMeTokens } from './account/not-me/tokens.ts'
import { createChangeHooks } from './account/password/record-change.ts'
import { createSessions, openedBy } from './account/sessions/sessions.ts'
import { createExternalSignIns } from './account/sign-in/external/external-sign-ins.ts'
import { createPendingSignIns } from './account/sign-in/pending-sign-ins.ts'
import { createAudit } from './audit/chain.ts'
import { type Clock, minutes, seconds, systemClock } from './clock.ts'
import type { Settings } from './config/load.ts'
import { readRootKey } from './config/root-key.ts'
import type { ServiceDeps } from './create-services.ts'
import { seedDemonstration } from './demonstration/demonstration.ts'
import type { Directory } from './directory/directory.ts'
import { createEmbeddedPasswords } from './directory/embedded/passwords.ts'
import { type Hashing, openHashing } from './hashing/hashing.ts'
import type { IdentityServer } from './identity-server/identity-server.ts'
import * as activation from './journeys/activation/activation.ts'
import { createActivationRecorder } from './journeys/activation/record.ts'
import { stepsAfterPassword, stoppedBySignIn } from './journeys/activation/superseded.ts'
import * as identifier from './journeys/identifier/identifier.ts'
import { createJourneys } from './journeys/journey.ts'
import { type Event, type State, transitions } from './journeys/password/password.ts'
import { createResetRecorder } from './journeys/password/record.ts'
import { keysFrom } from './keys.ts'
import { createMailRows } from './notify/mail-rows.ts'
import { createNotices } from './notify/notify.ts'
import { frenchCallingCodes } from './notify/sms.ts'
import { createBindBudget } from './password/bind-budget.ts'
import { createPasswordRules } from './password/password.ts'
import { createActivationCodes } from './proofs/activation-code/activation-code.ts'
import { createAuthenticators } from './proofs/authenticator/authenticator.ts'
import { createCodes } from './proofs/code/code.ts'
import { createMessageBudget } from './proofs/code/messages.ts'
import { createJoker } from './proofs/joker/joker.ts'
import { createPasskeys } from './proofs/passkey/passkey.ts'
import { relyingPartyOf } from './proofs/passkey/relying-party.ts'
import { createRecoveryCodes } from './proofs/recovery-code/recovery-code.ts'
import { createSecondFactor } from './proofs/second-factor/second-factor.ts'
import { createDeliveries } from './services/deliveries/deliveries.ts'
import { createExpiry } from './services/deliveries/expiry.ts'
import type { ServiceTarget } from './services/deliveries/targets.ts'
import { createReceipts } from './services/receipt/receipt.ts'
import { createAttempts } from './services/source/attempts.ts'
import { createPersonLock } from './services/source/person-lock.ts'
import { createReconciler } from './services/source/reconciler.ts'
import { recordFreeze } from './services/source/record-freeze.ts'
import { createRevocations } from './services/source/revocations.ts'
import { openRotatingKeys } from './services/source/rotating-keys.ts'
import { createSource, type Failpoints } from './services/source/source.ts'
import { openStore, type StoreLocation } from './store/open.ts'
import { createRateLimiter } from './web/rate-limiter.ts'

/** Longer than any write may take, so that a lease never expires during a write. */
const writeLease = minutes(1)

export type Adapters = {
  readonly clock?: Clock
  readonly failpoints?: Failpoints
  readonly hashing?: Hashing
  readonly directory: (deps: {
    store: Awaited<ReturnType<typeof openStore>>
    hashing: Hashing
  }) => Promise<Directory>
  readonly services: (deps: ServiceDeps) => readonly ServiceTarget[]
  readonly identityServer: (clock: Clock) => Promise<IdentityServer | null>
  readonly folders: { readonly migrations: string; readonly shippedFilter: string }
}

/** PostgreSQL where it is configured, else one file in the data folder, which is created when missing. */
export const storeLocation = (settings: Settings): StoreLocation => {
  mkdirSync(settings.data, { recursive: true, mode: 0o700 })
  return settings.databaseUrl ? { url: settings.databaseUrl } : { file: join(settings.data, 'sesame.sqlite') }
}

/** The name that authenticator apps and passkeys show for the account. */
const nameOf = ({ product, institution }: Settings['config']['branding']) => `${product} ${institution}`

/** Everything of the product except its URLs: the portal and the commands create the same application. */
export const createApplication = async (settings: Settings, adapters: Adapters) => {
  const clock = adapters.clock ?? systemClock
  const { limits, config } = settings
  // Creates the data folder, where a demonstration then writes its root key.
  const location = storeLocation(settings)
  const keys = keysFrom(await readRootKey(settings))
  const store = await openStore(location, { migrations: adapters.folders.migrations })
  const base = { store, clock, limits }
  const hashing = adapters.hashing ?? openHashing()
  const directory = await adapters.directory({ store, hashing })
  const audit = createAudit(keys.of('audit'), clock)
  const notices = createNotices(clock)
  const freezes = createFreezes(store, clock)
  const revocations = createRevocations({ store, clock })
  const tokens = createNotMeTokens(base)
  const journeys = createJourneys<State, Event>('password', transitions, base)
  const identifierJourneys = createJourneys<identifier.State, identifier.Event>(
    'identifier',
    identifier.transitions,
    base,
  )
  const activationJourneys = createJourneys<activation.State, activation.Event>(
    'activation',
    activation.transitions,
    base,
  )
  const rateLimiter = createRateLimiter(store, clock)
  const joker = createJoker({ ...base, keys, hashing, rateLimiter })
  const budget = createBindBudget({ ...base, keys, rateLimiter, directory })
  const knownBrowsers = createKnownBrowsers(base)
  const mails = createMailRows({ keys, clock })
  const messages = createMessageBudget({
    ...base,
    rateLimiter,
    notices,
    timeZone: config.branding.timeZone,
    configured: config.sms.kind !== 'none' || config.mail.kind === 'demonstration',
    countries: config.sms.kind === 'http' ? config.sms.countries : frenchCallingCodes,
  })
  const codes = createCodes({ ...base, keys, rateLimiter, mails, messages })
  const activationCodes = createActivationCodes({
    ...base,
    keys,
    rateLimiter,
    revoke: revocations.revokeProofs,
  })
  const sessions = createSessions({
    ...base,
    audit,
    openedBy: openedBy(config.signIn.server.kind),
    endActivation: async (tx, person) => {
      await activationCodes.close(tx, person, 'session')
      await activationJourneys.endAt(tx, person, stepsAfterPassword, stoppedBySignIn)
    },
  })
  const contacts = createContacts({ ...base, keys, mails, rateLimiter })
  const pendingSignIns = createPendingSignIns(base)
  const externalSignIns = createExternalSignIns({ ...base, keys })
  const factors = {
    recoveryCodes: createRecoveryCodes({ ...base, keys, hashing }),
    authenticators: createAuthenticators({ ...base, keys }),
    passkeys: createPasskeys({
      ...base,
      keys,
      relyingParty: relyingPartyOf(settings.publicUrl, nameOf(config.branding)),
    }),
  }
  const secondFactor = createSecondFactor({ ...base, keys, audit, notices, rateLimiter, ...factors })
  const firstDays = createFirstDays({ store, limits, contacts })
  const passwords = createEmbeddedPasswords(hashing)
  if (settings.demonstration) await seedDemonstration({ store, passwords, joker, activationCodes })
  const rotatingKeys = await openRotatingKeys(join(settings.data, 'rotating-keys'), clock)
  const attempts = createAttempts({ store, clock, rotatingKeys, lease: writeLease })
  const lock = createPersonLock({ store, clock, lease: writeLease, patience: seconds(8) })
  const failpoints = adapters.failpoints ?? (() => {})
  const targets = adapters.services({ store, clock, hashing, directory })
  const deliveries = createDeliveries({ store, clock, audit, rotatingKeys, targets })
  const receipts = createReceipts({ ...base, deliveries })
  const expiry = createExpiry({ ...base, audit, rotatingKeys, targets, notices })
  const recording = { clock, keys, audit, notices, freezes, sessions, knownBrowsers, budget, receipts }
  const reset = createResetRecorder({ ...recording, journeys, revocations })
  const writeHooks = {
    reset,
    activation: createActivationRecorder({
      ...recording,
      journeys: activationJourneys,
      activationCodes,
    }),
    change: createChangeHooks({ ...recording, supersedeJourneys: reset.supersedeJourneys }),
    freeze: recordFreeze({ clock, notices, written: freezes.recordWritten }),
  }
  const source = createSource({
    store,
    clock,
    audit,
    directory,
    attempts,
    lock,
    deliveries,
    revocations,
    factorSince: async person => (await secondFactor.of(person)).since,
    writeHooks,
    failpoints,
  })
  const reconciler = createReconciler({
    attempts,
    source,
    directory,
    now: clock.now,
    keepSealed: limits.sealedPassword,
  })
  const { endJourneys, supersedeJourneys } = reset
  const notMe = createNotMe({
    ...base,
    audit,
    notices,
    freezes,
    revocations,
    tokens,
    attempts,
    deliveries,
    receipts,
    source,
    sessions,
    pendingSignIns,
    knownBrowsers,
    budget,
    accessMethods: createAccessMethods({ ...base, audit, notices, joker, contacts, ...factors }),
    hasJoker: async (person, tx) => (await activationCodes.activity(person, tx)).joker,
    reopenActivation: activationCodes.reopen,
    endJourneys,
  })
  const rules = createPasswordRules({
    settings,
    shippedFilter: adapters.folders.shippedFilter,
    store,
    keys,
    hashing,
    lock,
  })

  return {
    settings,
    clock,
    limits,
    keys,
    store,
    hashing,
    directory,
    audit,
    notices,
    freezes,
    tokens,
    sessions,
    journeys,
    identifierJourneys,
    activationJourneys,
    joker,
    rotatingKeys,
    attempts,
    lock,
    targets,
    deliveries,
    receipts,
    expiry,
    source,
    reconciler,
    notMe,
    rules,
    config,
    ...factors,
    secondFactor,
    pendingSignIns,
    externalSignIns,
    identityServer: await adapters.identityServer(clock),
    failpoints,
    rateLimiter,
    mails,
    messages,
    codes,
    activationCodes,
    contacts,
    firstDays,
    knownBrowsers,
    budget,
    revocations,
    endJourneys,
    supersedeJourneys,
    close: async () => {
      await hashing.close()
      for (const { writer, check } of targets) await Promise.all([writer?.close(), check?.close()])
      await directory.close()
      await store.close()
    },
  }
}

export type Application = Awaited<ReturnType<typeof createApplication>>
