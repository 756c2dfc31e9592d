import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  campus,
  cookies,
  createFloodedGates,
  limits,
  type Owners,
  reproducibleRandom,
  type Sender,
  singleProcessShare,
} from '../../test/world/flood.ts'
import { newStore } from '../../test/world/stores.ts'
import { newHandle } from '../crypto/crypto.ts'
import { knownBrowserCookie } from '../identity/known-browsers.ts'
import { sessionCookie } from '../identity/session.ts'
import type { Cookie } from '../web/cookies.ts'
import { allowancesOf } from './gate.ts'
import { createGlobalLimit } from './global-limit.ts'
import { createRateLimiter } from './rate-limiter.ts'

const at = (address: string) => () => address
const random = reproducibleRandom(7)
const group = () => Math.floor(random() * 65_536).toString(16)

const flooders = (count: number, rate: number): Sender[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `flooder ${index}`,
    rate,
    from: at(`203.${index >> 8}.${index & 255}.9`),
  }))

const floods: Readonly<Record<string, readonly Sender[]>> = {
  'one network': flooders(1, 1000),
  'ten networks': flooders(10, 100),
  'four networks just under their allowance': flooders(4, 19),
  'a campus': [{ name: 'flooder', rate: 1000, from: at(campus.replace('0.0/16', '7.7')) }],
  '500 networks with one post a second each': flooders(500, 1),
  'an IPv6 /48, each post from another /56': [
    { name: 'flooder', rate: 500, from: () => `2001:db8:1:${group()}::1` },
  ],
  'an IPv6 /32, each post from another /48': [
    { name: 'flooder', rate: 500, from: () => `2001:db8:${group()}:${group()}::1` },
  ],
  'an IPv6 /32 and ten networks': [
    { name: 'flooder', rate: 300, from: () => `2001:db8:${group()}:${group()}::1` },
    ...flooders(10, 30),
  ],
}

/** Families and small schools, each with a few people who submit forms. */
const ordinary: readonly Sender[] = Array.from({ length: 6 }, (_, index) => ({
  name: `ordinary ${index}`,
  rate: 0.3,
  from: at(index % 2 === 0 ? `192.0.${index}.7` : `2a01:e0a:${index}:7::1`),
}))

type Counts = ReadonlyMap<string, { sent: number; admitted: number }>

/** Which share of their posts was admitted. */
const admittedShare = (counts: Counts, senders: readonly Sender[]) => {
  const own = senders.map(({ name }) => counts.get(name))
  const sum = (kind: 'sent' | 'admitted') => own.reduce((total, one) => total + (one?.[kind] ?? 0), 0)
  return sum('admitted') / sum('sent')
}

describe('the sender of a flood is refused, and others are not', () => {
  it.each(Object.entries(floods))('%s', async (_, flood) => {
    const { run, mostInASecond, admitted } = createFloodedGates([singleProcessShare()])
    const counts = await run([...flood, ...ordinary], 40)
    expect(admittedShare(counts, ordinary)).toBeGreaterThanOrEqual(0.9)
    expect(mostInASecond()).toBeLessThanOrEqual(limits.postsPerSecond)
    // A flood from one or two networks is bounded by their allowance; any larger one uses the whole capacity.
    if (flood.length > 2) expect(admitted() / 40).toBeGreaterThanOrEqual(0.9 * limits.postsPerSecond)
  })

  it.each([30, 45, 55, 60, 100, 120, 1000])(
    'with %i posts a second the gate admits as many as the limit allows',
    async offered => {
      const { run, mostInASecond } = createFloodedGates([singleProcessShare()])
      const senders = flooders(200, offered / 200)
      const counts = await run(senders, 10)
      const share = admittedShare(counts, senders) * offered
      expect(share).toBeGreaterThanOrEqual(0.9 * Math.min(offered, limits.postsPerSecond))
      expect(mostInASecond()).toBeLessThanOrEqual(limits.postsPerSecond)
    },
  )

  it.each([
    ['one of its sites', () => `2a01:e0a:1:${group()}::1`],
    ['500 of its sites', () => `2a01:e0a:${Math.floor(random() * 500).toString(16)}:${group()}::1`],
  ])('other customers of a provider are admitted during a flood from %s', async (_, from) => {
    const { run, mostInASecond } = createFloodedGates([singleProcessShare()])
    const homes: readonly Sender[] = Array.from({ length: 40 }, (_home, index) => ({
      name: `home ${index}`,
      rate: 0.1,
      from: at(`2a01:e0a:${(0x8000 + index).toString(16)}:${index}::1`),
    }))
    const otherProviders = ordinary.filter((_provider, index) => index % 2 === 0)
    const counts = await run([{ name: 'flooder', rate: 120, from }, ...homes, ...otherProviders], 40)
    expect(admittedShare(counts, homes)).toBeGreaterThanOrEqual(0.9)
    expect(admittedShare(counts, otherProviders)).toBe(1)
    expect(mostInASecond()).toBeLessThanOrEqual(limits.postsPerSecond)
  })

  it('no network starves when all request equally more than there is', async () => {
    const { run } = createFloodedGates([singleProcessShare()])
    const senders = flooders(100, 1)
    const counts = await run(senders, 60)
    const admittedPosts = senders.map(({ name }) => counts.get(name)?.admitted ?? 0)
    expect(Math.min(...admittedPosts)).toBeGreaterThanOrEqual(15)
  })

  it('a campus with many people and homes are all served when the capacity suffices', async () => {
    const { run } = createFloodedGates([singleProcessShare()])
    const many: Sender = { name: 'campus', rate: 20, from: at(campus.replace('0.0/16', '7.7')) }
    const counts = await run([many, ...flooders(50, 0.5)], 20)
    expect(admittedShare(counts, [many, ...flooders(50, 0.5)])).toBe(1)
  })

  it('refuses at once what a network sends beyond its allowance, and does not count it', async () => {
    const { run } = createFloodedGates([singleProcessShare(1000)])
    const counts = await run(flooders(1, 200), 20)
    const flooder = counts.get('flooder 0')
    expect(flooder?.full).toBe(0)
    expect((flooder?.admitted ?? 0) / 20).toBeGreaterThan(18)
    expect((flooder?.admitted ?? 0) / 20).toBeLessThanOrEqual(21)
  })
})

describe('a fifth of the capacity is reserved for known browsers and sessions', () => {
  const people = Array.from({ length: 20 }, (_, index) => ({ handle: newHandle(), owner: `person ${index}` }))
  const owners: Owners = new Map(people.map(({ handle, owner }) => [handle, owner]))
  const lineOf = (cookie: Cookie, handle: string) =>
    cookies.line({ cookie, value: handle, maxAge: 60 }).split(';')[0] ?? ''
  const known = (from: (index: number) => string): Sender[] =>
    people.map(({ handle, owner }, index) => ({
      name: owner,
      rate: 0.3,
      from: at(from(index)),
      cookies: () => lineOf(index % 2 === 0 ? knownBrowserCookie : sessionCookie, handle),
    }))
  const forged: Readonly<Record<string, (post: number) => string>> = {
    'no cookie': () => '',
    'an invented value': () => `__Host-known=${newHandle()}`,
    'an invented value with an invented tag': () =>
      `__Host-session=${newHandle()}.${newHandle().slice(0, 22)}`,
    'a valid tag on another value': () =>
      `__Host-known=${newHandle()}.${lineOf(knownBrowserCookie, people[0]?.handle ?? '').split('.')[1]}`,
    'the tag of the other cookie': () =>
      lineOf(knownBrowserCookie, people[0]?.handle ?? '').replace('__Host-known', '__Host-session'),
  }

  it.each(Object.entries(forged))(
    'during a flood from networks that look like people, with %s',
    async (_, cookie) => {
      const { run, lookups } = createFloodedGates([singleProcessShare()], owners)
      const flood = flooders(1000, 0.3).map(one => ({ ...one, cookies: cookie }))
      const counts = await run([...flood, ...known(index => `192.0.${index}.7`)], 30)
      const senders = people.map(({ owner }) => ({ name: owner })) as Sender[]
      expect(admittedShare(counts, senders)).toBeGreaterThanOrEqual(0.9)
      // No invented value was looked up.
      expect(lookups()).toBeLessThanOrEqual(people.length)
    },
  )

  it('on the network of the flood itself', async () => {
    const { run } = createFloodedGates([singleProcessShare()], owners)
    const counts = await run([...flooders(1, 1000), ...flooders(400, 1), ...known(() => '203.0.0.9')], 30)
    expect(
      admittedShare(
        counts,
        known(() => ''),
      ),
    ).toBeGreaterThanOrEqual(0.9)
  })

  it('one valid cookie that is sent from everywhere does not use up the reserve of others', async () => {
    const thief = newHandle()
    const { run } = createFloodedGates([singleProcessShare()], new Map([...owners, [thief, 'thief']]))
    const flood = flooders(1000, 0.5).map(one => ({
      ...one,
      cookies: () => lineOf(knownBrowserCookie, thief),
    }))
    const counts = await run([...flood, ...known(index => `192.0.${index}.7`)], 30)
    expect(
      admittedShare(
        counts,
        known(() => ''),
      ),
    ).toBeGreaterThanOrEqual(0.9)
  })

  it('a valid cookie lifts the limit of its network for its own person only, as far as their allowance goes', async () => {
    const [living, other] = people
    const sending = (handle: string, name: string): Sender => ({
      name,
      rate: 60,
      from: at('203.0.0.9'),
      cookies: () => lineOf(knownBrowserCookie, handle),
    })
    const dead = createFloodedGates([singleProcessShare(1000)], owners)
    const refused = (await dead.run([sending(newHandle(), 'dead')], 20)).get('dead')
    expect((refused?.admitted ?? 0) / 20).toBeLessThanOrEqual(limits.postsPerSecondPerNetwork + 1)
    // One look-up in the store per minute, whatever the size of the flood.
    expect(dead.lookups()).toBe(1)
    const { run } = createFloodedGates([singleProcessShare(1000)], owners)
    const one = sending(living?.handle ?? '', 'living')
    const neighbour = { ...sending(other?.handle ?? '', 'neighbour'), rate: 0.3 }
    const counts = await run([one, neighbour], 20)
    expect(admittedShare(counts, [neighbour])).toBe(1)
    expect((counts.get('living')?.admitted ?? 0) / 20).toBeLessThanOrEqual(
      limits.postsPerSecondPerNetwork + 2,
    )
  })

  it('a cookie that has ended counts as a stranger’s', async () => {
    const { run } = createFloodedGates([singleProcessShare()])
    const ended = known(index => `192.0.${index}.7`).map(one => ({ ...one, rate: 2 }))
    const counts = await run([...flooders(500, 0.3), ...ended], 30)
    expect(admittedShare(counts, ended)).toBeLessThan(0.7)
  })

  it('strangers may use the reserve while no known browser needs it', async () => {
    const { run, admitted } = createFloodedGates([singleProcessShare()], owners)
    await run(flooders(200, 1), 20)
    expect(admitted() / 20).toBeGreaterThanOrEqual(0.9 * limits.postsPerSecond)
  })
})

describe('several processes on one store', () => {
  let opened: Awaited<ReturnType<typeof newStore>>
  beforeEach(async () => {
    opened = await newStore()
  })
  afterEach(() => opened.forget())

  const createProcesses = (count: number) => {
    let now = () => 1_000_000
    const clock = { now: () => now(), sleep: async () => {} }
    const deps = { store: opened.store, rateLimiter: createRateLimiter(opened.store, clock), clock }
    const shares = Array.from({ length: count }, () =>
      createGlobalLimit({ ...deps, limit: limits.postsPerSecond }),
    )
    const gates = createFloodedGates(shares)
    now = gates.now
    return { ...gates, close: () => Promise.all(shares.map(share => share.close())) }
  }
  const spread = (count: number, senders: readonly Sender[]) =>
    senders.map((one, index) => ({ ...one, process: index % count }))

  it.each([2, 3])('%i processes together admit what one may', async count => {
    const { run, admitted, mostInASecond, close } = createProcesses(count)
    await run(spread(count, flooders(300, 1)), 10, 10)
    await close()
    expect(admitted() / 10).toBeGreaterThanOrEqual(0.85 * limits.postsPerSecond)
    // Before the processes know of each other, each may exceed its share by less than a third, once.
    expect(admitted() / 10).toBeLessThanOrEqual(1.1 * limits.postsPerSecond)
    expect(mostInASecond()).toBeLessThanOrEqual(limits.postsPerSecond * 1.6)
  })

  it('a flood on one process leaves the other its share, and uses what that does not need', async () => {
    const { run, admitted, close } = createProcesses(2)
    const few = flooders(30, 0.5).map(one => ({ ...one, name: `${one.name} there`, process: 1 }))
    const counts = await run([...flooders(200, 1), ...few], 10, 10)
    await close()
    expect(admittedShare(counts, few)).toBe(1)
    expect(admitted() / 10).toBeGreaterThanOrEqual(0.85 * limits.postsPerSecond)
  })
})

it('limits every allowance to four fifths of the whole, whatever is configured', () => {
  const allowances = (overrides: Partial<typeof limits>) => allowancesOf({ ...limits, ...overrides })
  expect(allowances({})).toEqual({ network: 20, campus: 40 })
  expect(allowances({ postsPerSecond: 10 })).toEqual({ network: 8, campus: 8 })
  expect(allowances({ postsPerSecond: 1000 })).toEqual({ network: 20, campus: 400 })
  expect(allowances({ postsPerSecondPerNetwork: 1e6 })).toEqual({ network: 40, campus: 40 })
})
