import { createAccounts } from './account/accounts.ts'
import { createChangeHooks } from './account/password/write-hooks.ts'
import type { Settings } from './config/load.ts'
import { seedDemonstration } from './demonstration/demonstration.ts'
import { createEmbeddedPasswords } from './directory/embedded/passwords.ts'
import { type Adapters, type Foundations, openFoundations, openProofs } from './foundations.ts'
import { createHelpdesk } from './helpdesk/helpdesk.ts'
import { type AccessMethods, createAccessMethods } from './identity/access-methods.ts'
import { createFreezing, type Freezing } from './identity/freezing.ts'
import { createIdentity } from './identity/identity.ts'
import { createPasswordWriteQueries } from './identity/password-write-queries.ts'
import { createRecoveryCheck, type RecoveryCheck } from './identity/recovery-means.ts'
import { openedBy } from './identity/session.ts'
import { createActivationHooks } from './journeys/activation/write-hooks.ts'
import { createJourneyStores } from './journeys/journeys.ts'
import { createResetHooks } from './journeys/password/write-hooks.ts'
import { type BindBudget, createBindBudget } from './password/bind-budget.ts'
import { createPasswordRules } from './password/password.ts'
import { historyKeptOf } from './password/settings.ts'
import { createDeliveryGroup } from './services/deliveries/delivery-group.ts'
import { createFreezeHooks } from './services/source/freeze-hooks.ts'
import { createPasswordWrite } from './services/source/password-write.ts'

type Proofs = ReturnType<typeof openProofs>
type JourneyStore = ReturnType<typeof createJourneyStores>

function openIdentity(
  { store, clock, limits, config, crypto, audit, rateLimiter, notify }: Foundations,
  { activationCodes }: Proofs,
  journeyStore: JourneyStore,
) {
  return createIdentity({
    store,
    clock,
    limits,
    audit,
    rateLimiter,
    notify,
    keys: crypto.keys,
    openedBy: openedBy(config.signIn.server.kind),
    endActivation: async (tx, person) => {
      // The journeys first, as where a code is judged: its journey is locked before the code.
      await journeyStore.endOfPerson(tx, person, { event: 'signed-in', why: 'activation-elsewhere' })
      await activationCodes.close(tx, person, 'session')
    },
  })
}

function openDeliveries(foundations: Foundations, adapters: Adapters) {
  const { store, clock, limits, crypto, directory, audit, notify } = foundations
  const { hashing, rotatingKeys, hostKeys } = crypto
  return createDeliveryGroup({
    store,
    clock,
    limits,
    audit,
    rotatingKeys,
    hostKeys,
    notices: notify.notices,
    targets: adapters.services({ store, clock, hashing, directory }),
  })
}

/** What the groups below are made of, in the order in which each needs those before it. */
type Groups = Foundations & {
  readonly proofs: Proofs
  readonly journeyStore: JourneyStore
  readonly identity: ReturnType<typeof openIdentity>
  readonly deliveries: ReturnType<typeof openDeliveries>
  readonly recoveryCheck: RecoveryCheck
}

/** The journeys' and the account's own records of a written password, and what ends a person's journeys. */
function openRecorders(groups: Groups, budget: BindBudget) {
  const { clock, crypto, audit, notify, revocations, identity, journeyStore } = groups
  const { freezes, sessions, pendingSignIns, knownBrowsers } = identity
  const recording = {
    clock,
    keys: crypto.keys,
    audit,
    notices: notify.notices,
    freezes,
    sessions,
    pendingSignIns,
    knownBrowsers,
    budget,
    receipts: groups.deliveries.receipts,
    historyKept: historyKeptOf(groups.settings.config.password),
    endOfPerson: journeyStore.endOfPerson,
    policy: groups.proofs.policy,
  }
  const reset = createResetHooks({ ...recording, journeys: journeyStore.password, revocations })
  const { activationCodes } = groups.proofs
  const activation = createActivationHooks({
    ...recording,
    journeys: journeyStore.activation,
    activationCodes,
    recoveryCheck: groups.recoveryCheck,
  })
  return { recording, reset, activation }
}

function openPasswordWrite(groups: Groups, adapters: Adapters) {
  const { settings, store, clock, limits, crypto, directory, audit, rateLimiter, notify, revocations } =
    groups
  const { keys, hashing, rotatingKeys } = crypto
  const budget = createBindBudget({ store, clock, limits, keys, rateLimiter, directory })
  const { recording, reset, activation } = openRecorders(groups, budget)
  const { endableOfPerson: endableJourneys, provedIn } = groups.journeyStore
  const reads = createPasswordWriteQueries({
    store,
    clock,
    budget,
    historyKept: recording.historyKept,
    endableJourneys,
    provedIn,
  })
  const { shippedFilter } = adapters.folders
  const passwordWrite = createPasswordWrite({
    store,
    clock,
    limits,
    audit,
    directory,
    rotatingKeys,
    deliveries: groups.deliveries.queue,
    revocations,
    ...reads,
    writeHooks: {
      reset,
      activation,
      change: createChangeHooks({
        ...recording,
        supersedeJourneys: reset.supersedeJourneys,
        recordRefusal: (tx, attempt, reason) => passwordWrite.attempts.recordRefusal(tx, attempt, reason),
      }),
      freeze: createFreezeHooks({
        clock,
        notices: notify.notices,
        written: groups.identity.freezes.recordWritten,
      }),
    },
    failpoints: adapters.failpoints ?? (() => {}),
    budget,
    createRules: lock => createPasswordRules({ settings, shippedFilter, store, keys, hashing, lock }),
  })
  const { endJourneys, supersedeJourneys } = reset
  return {
    passwordWrite,
    journeys: { ...groups.journeyStore, end: endJourneys, supersede: supersedeJourneys },
  }
}

type Written = ReturnType<typeof openPasswordWrite>

function openFreezing(groups: Groups, { passwordWrite, journeys }: Written, accessMethods: AccessMethods) {
  const { store, clock, limits, audit, notify, revocations, identity, deliveries } = groups
  const { proofs } = groups
  const { activationCodes, helpdeskCodes } = proofs
  const { freezes, tokens, sessions, pendingSignIns, knownBrowsers } = identity
  const { notices } = notify
  const { attempts, source, budget } = passwordWrite
  return createFreezing({
    store,
    clock,
    limits,
    audit,
    notices,
    freezes,
    revocations,
    tokens,
    attempts,
    source,
    budget,
    sessions,
    pendingSignIns,
    knownBrowsers,
    deliveries: deliveries.queue,
    receipts: deliveries.receipts,
    accessMethods,
    hasJoker: async (person, tx) => (await activationCodes.activity(person, tx)).joker,
    helpdeskCodes,
    reopenActivation: activationCodes.reopen,
    endJourneys: journeys.end,
  })
}

async function openAccounts(groups: Groups, written: Written, adapters: Adapters) {
  const { store, clock, limits, crypto, audit, notify, revocations, proofs, identity } = groups
  const { contacts } = identity
  const { notices } = notify
  const accessMethods = createAccessMethods({ store, clock, limits, audit, notices, proofs, contacts })
  return createAccounts({
    store,
    clock,
    limits,
    keys: crypto.keys,
    revocations,
    identity,
    accessMethods,
    recoveryCheck: groups.recoveryCheck,
    freezing: openFreezing(groups, written, accessMethods),
    joker: proofs.joker,
    identityServer: await adapters.identityServer(clock),
  })
}

type Accounts = {
  readonly freezing: Freezing
  readonly accessMethods: AccessMethods
}

function openHelpdesk(
  groups: Groups,
  { passwordWrite, journeys }: Written,
  { freezing, accessMethods }: Accounts,
) {
  const { store, clock, limits, audit, notify, revocations, identity, deliveries } = groups
  const { joker, secondFactor, activationCodes, helpdeskCodes, policy } = groups.proofs
  return createHelpdesk({
    store,
    clock,
    limits,
    audit,
    notices: notify.notices,
    freezes: identity.freezes,
    freezing,
    accessMethods,
    sessions: identity.sessions,
    revocations,
    attempts: passwordWrite.attempts,
    joker,
    secondFactor,
    activationCodes,
    helpdeskCodes,
    policy,
    journeys,
    deliveries: deliveries.queue,
  })
}

/** Everything of the product except its URLs, as a tree: the portal and the commands create the same application. */
export const createApplication = async (settings: Settings, adapters: Adapters) => {
  const foundations = await openFoundations(settings, adapters)
  const { revocations: _, ...tree } = foundations
  const { store, clock, limits, crypto, directory } = foundations
  const proofs = openProofs(foundations)
  const { joker, activationCodes } = proofs
  const passwords = createEmbeddedPasswords(crypto.hashing)
  if (settings.demonstration) await seedDemonstration({ store, passwords, joker, activationCodes })
  const journeyStore = createJourneyStores({ store, clock, limits })
  const identity = openIdentity(foundations, proofs, journeyStore)
  const deliveries = openDeliveries(foundations, adapters)
  const recoveryCheck = createRecoveryCheck({ store, clock, limits, policy: proofs.policy })
  const groups: Groups = { ...foundations, proofs, journeyStore, identity, deliveries, recoveryCheck }
  const written = openPasswordWrite(groups, adapters)
  const accounts = await openAccounts(groups, written, adapters)
  return {
    ...tree,
    proofs,
    passwordWrite: written.passwordWrite,
    deliveries,
    accounts,
    journeys: written.journeys,
    helpdesk: openHelpdesk(groups, written, accounts),
    close: async () => {
      await crypto.hashing.close()
      for (const { writer, check } of deliveries.targets) await Promise.all([writer?.close(), check?.close()])
      await directory.close()
      await store.close()
    },
  }
}

export type Application = Awaited<ReturnType<typeof createApplication>>
