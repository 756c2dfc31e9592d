import { join } from 'node:path'
import type { Application } from '../../src/application.ts'
import { days } from '../../src/clock.ts'
import { unseal } from '../../src/crypto/crypto.ts'
import { createApplicationFor } from '../../src/portal.ts'
import { movableClock } from '../world/clock.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { findDeadlocks } from '../world/deadlocks.ts'
import { findLockOrders } from '../world/lock-orders.ts'
import { startPortal } from '../world/portal.ts'
import { forkPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { fc } from '../world/properties.ts'
import { quickHashing } from '../world/quick-hashing.ts'
import { root } from '../world/root.ts'
import type { StoreFlavour } from '../world/stores.ts'
import { nextNumber, resetNumbers } from './browser-lookups.ts'
import { resetPeople } from './reset-people.ts'
import { type AttackTarget, run } from './run-sequence.ts'
import { type SceneName, sequencesOf } from './sequences.ts'

const crowdSize = 60
/** Four people who are attacked, and two for the comparison of refusals. */
const peoplePerSequence = 6
const config = {
  limits: {
    identificationPerNetwork: 1e9,
    identificationPerNumber: 1e9,
    journeysPerNetwork: 1e9,
    postsPerSecond: 1e9,
    postsPerSecondPerNetwork: 1e9,
    signInPerNetwork: 1e9,
    failedBinds: 1e9,
    failedBindsInARow: 1e9,
    failedNamesPerNetwork: 1e9,
    jokerWrongPerNetwork: 1e9,
    jokerTriesKnownBrowsers: 1e9,
    codesPerPersonPerDay: 1e6,
    proofChangesPerPerson: 1e9,
    codesPerNetworkPerDay: 1e6,
    messagesPerDay: 1e6,
    messagesPercentPerNetwork: 100,
    // The constant-time floor only hides how long a look-up took: nothing here depends on it.
    identificationFloor: 1,
    // Otherwise what one sequence recovers would keep the next from changing anything (`test/journeys/cool-down.test.ts`).
    recoveryCoolDown: 1,
  },
}

type Mail = { readonly events: readonly { readonly code?: string }[] }

/** The code in a mail to this address. Looks first in the outbox, then in the mailbox, so that a mail sent meanwhile is not missed. */
const codesOf =
  ({ store, crypto: { keys }, notify: { mails } }: Application): AttackTarget['codeAt'] =>
  async address => {
    const waiting = await store.read
      .selectFrom('mails')
      .selectAll()
      .where('destination_digest', '=', mails.digestOf(address))
      .where('state', 'in', ['ready', 'sending'])
      .execute()
    const key = keys.of('seal-mail')
    for (const { id, destination, facts } of waiting) {
      if (!(destination && facts)) continue
      if (unseal(key, `mails.destination.${id}`, destination) !== address) continue
      return (JSON.parse(unseal(key, `mails.facts.${id}`, facts)) as Mail).events[0]?.code ?? null
    }
    const sent = await store.read
      .selectFrom('demo_mails')
      .select('body')
      .where('recipient', '=', address)
      .orderBy('received_at', 'desc')
      .executeTakeFirst()
    return /\b\d{4}\s?\d{4}\b/.exec(sent?.body ?? '')?.[0] ?? null
  }

/** Of `numRuns` sequences every `of`-th is run, from the `nth`: several explorers share the sequences of one seed. */
export type Shard = { readonly nth: number; readonly of: number }
const whole: Shard = { nth: 1, of: 1 }

type Env = Readonly<Record<string, string>>
type ExploreOptions = {
  readonly numRuns: number
  readonly seed?: number
  readonly where?: SceneName
  readonly shard?: Shard
  /** More environment of the portals. */
  readonly env?: Env
}

/** Runs random sequences against complete portals until one finds a vulnerability. */
export const createExplorer = () => {
  const closing: (() => Promise<unknown>)[] = []

  /** Two processes on one store, behind one public address, with a clock that can be moved. */
  const startTwo = async (script: string, store: StoreFlavour, env: Env) => {
    const clock = movableClock()
    const hashing = quickHashing()
    const fixture = await startPortal({
      directory: 'embedded',
      store,
      clock,
      crowd: crowdSize,
      config,
      hashing,
    })
    await fixture.portal.close()
    const ports = [await freePort(), await freePort()]
    const host = `localhost:${ports[0]}`
    const publicUrl = `http://${host}`
    const portals = await Promise.all(
      ports.map(port => forkPortal(fixture, port, script, { publicUrl, env })),
    )
    closing.push(...portals.map(({ stop }) => stop))
    const folders = { root, dist: join(root, 'dist') }
    const settings = { ...fixture.settings, publicUrl: new URL(publicUrl) }
    const application = await createApplicationFor(settings, { clock, hashing, folders })
    closing.push(application.close)
    const forward = async (milliseconds: number) => {
      clock.forward(milliseconds)
      await Promise.all(portals.map(portal => portal.forward(milliseconds)))
    }
    const target: AttackTarget = {
      ports,
      host,
      relyingParty: { origin: publicUrl, host: 'localhost' },
      application,
      now: clock.now,
      forward,
      codeAt: codesOf(application),
    }
    return { target, crowd: fixture.crowd }
  }

  const explore = async (
    script: string,
    store: StoreFlavour,
    { where, shard = whole, env = {}, ...wanted }: ExploreOptions,
  ) => {
    resetNumbers()
    const { target, crowd } = await startTwo(script, store, env)
    const { application, now, forward } = target
    let passwords = new Map(crowd.map(({ id, initialPassword }) => [id as string, initialPassword]))
    let requests = 0
    let drawn = 0
    let sequenceCount = 0
    let fewest = Number.POSITIVE_INFINITY
    const property = fc.asyncProperty(sequencesOf(where), async sequence => {
      drawn += 1
      if (drawn % shard.of !== shard.nth % shard.of) return
      const group = Array.from(
        { length: peoplePerSequence },
        (_, nth) => crowd[(peoplePerSequence * sequenceCount + nth) % crowdSize] as CrowdMember,
      )
      sequenceCount += 1
      await forward(days(31))
      const given = { passwords, relyingParty: target.relyingParty, now, unique: nextNumber }
      const { state, secrets } = await resetPeople(application, group.slice(0, 4), given)
      await forward(3_600_000)
      const [people, refusedPair] = [group.slice(0, 4), group.slice(4)]
      const outcome = await run({ target, people, refusedPair, state, secrets }, sequence)
      passwords = outcome.passwords
      requests += outcome.requestCount
      fewest = Math.min(fewest, outcome.requestCount)
    })
    const result = await fc.check(property, { ...wanted, endOnFailure: true })
    const deadlocks = await findDeadlocks(application.store)
    const lockOrders = await findLockOrders(application.store)
    return { ...result, requests, sequences: sequenceCount, fewest, deadlocks, lockOrders }
  }

  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  return { explore, close }
}
