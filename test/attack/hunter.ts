import { join } from 'node:path'
import fc from 'fast-check'
import { days } from '../../src/clock.ts'
import type { House } from '../../src/house.ts'
import type { openPortal } from '../../src/portal.ts'
import { startBalancer } from '../world/balancer.ts'
import { movableClock } from '../world/clock.ts'
import type { Traveller } from '../world/crowd.ts'
import { appOf } from '../world/factors.ts'
import { type Rig, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { root } from '../world/root.ts'
import type { StoreFlavour } from '../world/stores.ts'
import { action, walk } from './model.ts'

const people = 40
const wideDoors = {
  limits: {
    identificationPerNetwork: 1e9,
    identificationPerNumber: 1e9,
    journeysPerNetwork: 1e9,
    postsPerSecond: 1e9,
    postsPerSecondPerNetwork: 1e9,
  },
}

/** Every second person has an authenticator app, in service for an hour. */
const giveApps = async (house: House, crowd: readonly Traveller[], now: () => number) => {
  const apps = new Map<string, () => readonly string[]>()
  for (const { id } of crowd.filter((_, index) => index % 2 === 1)) {
    await house.store.transaction(tx => house.authenticators.begin(tx, id))
    const offer = await house.authenticators.offer(id, { issuer: 'test', label: id })
    const app = appOf(offer?.letters ?? '')
    await house.store.transaction(tx => house.authenticators.confirm(tx, id, app(now())))
    apps.set(id, () => [0, -30_000, 30_000].map(step => app(now() + step)))
  }
  return apps
}

/** Random sequences against whole portals, until one finds what must not be. */
export const hunter = () => {
  const closing: (() => Promise<unknown>)[] = []

  /** Two processes' worth of portals on one store, behind a proxy without sticky sessions; time passes at will. */
  const startTwo = async (open: typeof openPortal, store: StoreFlavour) => {
    const clock = { ...movableClock(), sleep: async () => {} }
    const rig: Rig = await startPortal({
      directory: 'embedded',
      store,
      clock,
      crowd: people,
      config: wideDoors,
    })
    await rig.portal.close()
    const ports = [await freePort(), await freePort()]
    const portals = []
    for (const port of ports) {
      const { config } = rig.settings
      const settings = { ...rig.settings, config: { ...config, listen: { ...config.listen, port } } }
      const folders = { root, dist: join(root, 'dist') }
      const portal = await open(settings, { clock, folders, log: () => {} })
      await portal.listen()
      closing.push(portal.close)
      portals.push(portal)
    }
    const balancer = await startBalancer(Number(new URL(rig.url).port), ports)
    closing.push(balancer.stop)
    const [first] = portals
    if (!first) throw new Error('no portal')
    const apps = await giveApps(first.house, rig.crowd, clock.now)
    return { url: rig.url, house: first.house, crowd: rig.crowd, forward: clock.forward, apps }
  }

  const hunt = async (open: typeof openPortal, store: StoreFlavour, numRuns: number) => {
    const world = await startTwo(open, store)
    let requests = 0
    let sequences = 0
    const property = fc.asyncProperty(fc.array(action, { minLength: 30, maxLength: 36 }), async actions => {
      const pair = [world.crowd[(2 * sequences) % people], world.crowd[(2 * sequences + 1) % people]]
      sequences += 1
      world.forward(days(31))
      requests += await walk({ ...world, pair: pair.filter(one => one !== undefined) }, actions)
    })
    const told = await fc.check(property, { numRuns, endOnFailure: true })
    return { ...told, requests, sequences }
  }

  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  return { hunt, close }
}
