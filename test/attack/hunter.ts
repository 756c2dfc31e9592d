import { join } from 'node:path'
import fc from 'fast-check'
import { days } from '../../src/clock.ts'
import type { House } from '../../src/house.ts'
import { unseal } from '../../src/keys.ts'
import { openHouseFor } from '../../src/portal.ts'
import { movableClock } from '../world/clock.ts'
import type { Traveller } from '../world/crowd.ts'
import { appOf } from '../world/factors.ts'
import { startPortal } from '../world/portal.ts'
import { forkPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { quickHashing } from '../world/quick-hashing.ts'
import { root } from '../world/root.ts'
import type { StoreFlavour } from '../world/stores.ts'
import { action } from './actions.ts'
import type { Held } from './beliefs.ts'
import { type World, walk } from './model.ts'

const people = 60
const config = {
  limits: {
    ...{ identificationPerNetwork: 1e9, identificationPerNumber: 1e9, journeysPerNetwork: 1e9 },
    ...{ postsPerSecond: 1e9, postsPerSecondPerNetwork: 1e9, signInPerNetwork: 1e9 },
    ...{ failedBinds: 1e9, failedBindsInARow: 1e9, failedNamesPerNetwork: 1e9 },
    jokerWrongPerNetwork: 1e9,
    // Nothing here depends on the beat, which only hides how long a search took.
    identificationBeat: 1,
  },
}

type Mail = { readonly events: readonly { readonly code?: string }[] }

/** The code that waits to be sent, or else lies in the mailbox: looked for in the order in which a mail goes, so that none is missed. */
const codesOf =
  ({ store, keys }: House): World['codeAt'] =>
  async address => {
    if (!address) return null
    const waiting = await store.read
      .selectFrom('mails')
      .selectAll()
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
    return /\d{4}\s\d{4}/.exec(sent?.body ?? '')?.[0] ?? null
  }

/** Three people as they are before each sequence: one by the joker alone, one with an app, one who never came. */
const seat = async (
  house: House,
  trio: readonly Traveller[],
  passwords: Map<string, string>,
  now: () => number,
) => {
  const [plain, careful, newcomer] = trio as [Traveller, Traveller, Traveller]
  const { store, joker, authenticators, activationCodes } = house
  const hashed = await joker.hashAnswer('rex')
  if (!hashed.ok) throw new Error(hashed.reason)
  const letter = await store.transaction(async tx => {
    for (const { id } of trio)
      for (const table of ['contacts', 'authenticators', 'jokers'] as const)
        await tx.deleteFrom(table).where('person', '=', id).execute()
    for (const table of ['activations', 'password_history'] as const)
      await tx.deleteFrom(table).where('person', '=', newcomer.id).execute()
    for (const { id } of [plain, careful])
      await joker.set(tx, { person: id, question: 'pet', free: false, kept: hashed.kept })
    await authenticators.begin(tx, careful.id, 'laptop')
    return activationCodes.make(tx, newcomer.id, days(1))
  })
  const offer = await authenticators.offer(careful.id, 'laptop', { issuer: 'test', label: careful.login })
  const app = appOf(offer?.letters ?? '')
  // Its first use lies behind: it was an hour ago.
  await store.transaction(tx => authenticators.confirm(tx, careful.id, 'laptop', app(now())))
  const held: Held = {
    passwords,
    answers: new Map([plain, careful].map(({ id }) => [id, 'rex'])),
    apps: new Map([[careful.id, () => [0, -30_000, 30_000].map(step => app(now() + step))]]),
    letters: new Map([[newcomer.id, letter]]),
    printed: new Map([[newcomer.id, letter]]),
  }
  return held
}

/** Random sequences against whole portals, until one finds what must not be. */
export const hunter = () => {
  const closing: (() => Promise<unknown>)[] = []

  /** Two processes on one store; time passes at will. */
  const startTwo = async (script: string, store: StoreFlavour) => {
    const clock = movableClock()
    const hashing = quickHashing()
    const rig = await startPortal({ directory: 'embedded', store, clock, crowd: people, config, hashing })
    await rig.portal.close()
    const ports = [await freePort(), await freePort()]
    const portals = await Promise.all(ports.map(port => forkPortal(rig, port, script)))
    closing.push(...portals.map(({ stop }) => stop))
    const folders = { root, dist: join(root, 'dist') }
    const house = await openHouseFor(rig.settings, { clock, hashing, folders })
    closing.push(house.close)
    const forward = async (milliseconds: number) => {
      clock.forward(milliseconds)
      await Promise.all(portals.map(portal => portal.forward(milliseconds)))
    }
    return {
      urls: portals.map(({ url }) => url),
      house,
      crowd: rig.crowd,
      now: clock.now,
      forward,
      codeAt: codesOf(house),
    }
  }

  const hunt = async (script: string, store: StoreFlavour, numRuns: number) => {
    const world = await startTwo(script, store)
    const passwords = new Map(world.crowd.map(({ id, first }) => [id, first]))
    const around = (letters: string) => {
      const app = appOf(letters)
      return () => [0, -30_000, 30_000].map(step => app(world.now() + step))
    }
    let requests = 0
    let sequences = 0
    let fewest = Number.POSITIVE_INFINITY
    const property = fc.asyncProperty(fc.array(action, { minLength: 30, maxLength: 36 }), async actions => {
      const trio = [0, 1, 2].map(nth => world.crowd[(3 * sequences + nth) % people] as Traveller)
      sequences += 1
      await world.forward(days(31))
      const held = await seat(world.house, trio, passwords, world.now)
      await world.forward(3_600_000)
      const asked = await walk({ ...world, appOf: around, people: trio, held }, actions)
      requests += asked
      fewest = Math.min(fewest, asked)
    })
    const told = await fc.check(property, { numRuns, endOnFailure: true })
    return { ...told, requests, sequences, fewest }
  }

  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  return { hunt, close }
}
