import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { days } from '../../src/clock.ts'
import { openPortal } from '../../src/portal.ts'
import { startBalancer } from '../world/balancer.ts'
import { movableClock } from '../world/clock.ts'
import { type Rig, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { root } from '../world/stores.ts'
import { action, walk } from './model.ts'
import { mutantPortal, mutants } from './mutants.ts'

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

describe('whatever is sent, in whatever order', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  /** Two processes' worth of portals on one store, behind a proxy without sticky sessions; time passes at will. */
  const startTwo = async (open: typeof openPortal) => {
    const clock = { ...movableClock(), sleep: async () => {} }
    const rig: Rig = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
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
    return { url: rig.url, house: first.house, crowd: rig.crowd, forward: clock.forward }
  }

  const hunt = async (open: typeof openPortal, numRuns: number, seed?: number) => {
    const world = await startTwo(open)
    let requests = 0
    let sequences = 0
    const property = fc.asyncProperty(fc.array(action, { minLength: 30, maxLength: 36 }), async actions => {
      const pair = [world.crowd[(2 * sequences) % people], world.crowd[(2 * sequences + 1) % people]]
      sequences += 1
      world.forward(days(31))
      requests += await walk({ ...world, pair: pair.filter(one => one !== undefined) }, actions)
    })
    const told = await fc.check(property, {
      numRuns,
      endOnFailure: true,
      ...(seed !== undefined && { seed }),
    })
    return { ...told, requests, sequences }
  }

  it('no password is written, nor its form shown, without identification and proof in that browser', {
    timeout: 900_000,
  }, async () => {
    const told = await hunt(openPortal, 2000)
    console.log(`attack: seed ${told.seed}, ${told.sequences} sequences, ${told.requests} requests`)
    expect(told.failed, `${told.errorInstance} ${JSON.stringify(told.counterexample)}`).toBe(false)
    expect(told.sequences).toBe(2000)
  })

  it.each(mutants)('the attack finds out when $name', { timeout: 300_000 }, async mutant => {
    const told = await hunt(await mutantPortal(mutant), 600)
    expect(told.failed).toBe(true)
    expect(String(told.errorInstance)).toMatch(/without a proof|after the last try/)
  })
})
