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
import { newHandle } from '../keys.ts'
import { allowancesOf } from './gate.ts'
import { createGlobalLimit } from './global-limit.ts'
import { createRateLimiter } from './rate-limiter.ts'

const at = (address: string) => () => address
const draw = reproducibleRandom(7)
const group = () => Math.floor(draw() * 65_536).toString(16)

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

/** Families and small schools, each with a few people who fill forms in. */
const ordinary: readonly Sender[] = Array.from({ length: 6 }, (_, index) => ({
  name: `ordinary ${index}`,
  rate: 0.3,
  from: at(index % 2 === 0 ? `192.0.${index}.7` : `2a01:e0a:${index}:7::1`),
}))

const kept = (outcome: ReadonlyMap<string, { sent: number; admitted: number }>, names: readonly Sender[]) => {
  const outcomes = names.map(({ name }) => outcome.get(name))
  const sum = (of: 'sent' | 'admitted') => outcomes.reduce((total, one) => total + (one?.[of] ?? 0), 0)
  return sum('admitted') / sum('sent')
}

describe('who floods is refused, and others are not', () => {
  it.each(Object.entries(floods))('%s', async (_, flood) => {
    const { run, mostInASecond, admitted } = createFloodedGates([singleProcessShare()])
    const outcome = await run([...flood, ...ordinary], 40)
    expect(kept(outcome, ordinary)).toBeGreaterThanOrEqual(0.9)
    expect(mostInASecond()).toBeLessThanOrEqual(limits.postsPerSecond)
    // What one network may send in a second bounds one alone; else the places are used.
    if (flood.length > 2) expect(admitted() / 40).toBeGreaterThanOrEqual(0.9 * limits.postsPerSecond)
  })

  it.each([30, 45, 55, 60, 100, 120, 1000])(
    'offered %i a second, it admits as many as it may',
    async offered => {
      const { run, mostInASecond } = createFloodedGates([singleProcessShare()])
      const senders = flooders(200, offered / 200)
      const outcome = await run(senders, 10)
      const share = kept(outcome, senders) * offered
      expect(share).toBeGreaterThanOrEqual(0.9 * Math.min(offered, limits.postsPerSecond))
      expect(mostInASecond()).toBeLessThanOrEqual(limits.postsPerSecond)
    },
  )

  it.each([
    ['one of its sites', () => `2a01:e0a:1:${group()}::1`],
    ['500 of its sites', () => `2a01:e0a:${Math.floor(draw() * 500).toString(16)}:${group()}::1`],
  ])('a provider’s other customers keep their places beside a flood from %s', async (_, from) => {
    const { run, mostInASecond } = createFloodedGates([singleProcessShare()])
    const homes: readonly Sender[] = Array.from({ length: 40 }, (_, index) => ({
      name: `home ${index}`,
      rate: 0.1,
      from: at(`2a01:e0a:${(0x8000 + index).toString(16)}:${index}::1`),
    }))
    const otherNetworks = ordinary.filter((_, index) => index % 2 === 0)
    const outcome = await run([{ name: 'flooder', rate: 120, from }, ...homes, ...otherNetworks], 40)
    expect(kept(outcome, homes)).toBeGreaterThanOrEqual(0.9)
    expect(kept(outcome, otherNetworks)).toBe(1)
    expect(mostInASecond()).toBeLessThanOrEqual(limits.postsPerSecond)
  })

  it('of networks that ask for more than there is alike, none starves', async () => {
    const { run } = createFloodedGates([singleProcessShare()])
    const senders = flooders(100, 1)
    const outcome = await run(senders, 60)
    const got = senders.map(({ name }) => outcome.get(name)?.admitted ?? 0)
    expect(Math.min(...got)).toBeGreaterThanOrEqual(15)
  })

  it('a campus with many people is served beside homes when there is place for all', async () => {
    const { run } = createFloodedGates([singleProcessShare()])
    const many: Sender = { name: 'campus', rate: 20, from: at(campus.replace('0.0/16', '7.7')) }
    const outcome = await run([many, ...flooders(50, 0.5)], 20)
    expect(kept(outcome, [many, ...flooders(50, 0.5)])).toBe(1)
  })

  it('what one network sends beyond its allowance is refused at once, and does not count against it', async () => {
    const { run } = createFloodedGates([singleProcessShare(1000)])
    const outcome = await run(flooders(1, 200), 20)
    const outcomes = outcome.get('flooder 0')
    expect(outcomes?.full).toBe(0)
    expect((outcomes?.admitted ?? 0) / 20).toBeGreaterThan(18)
    expect((outcomes?.admitted ?? 0) / 20).toBeLessThanOrEqual(21)
  })
})

describe('a fifth is kept for known browsers and sessions', () => {
  const people = Array.from({ length: 20 }, (_, index) => ({ handle: newHandle(), owner: `person ${index}` }))
  const owners: Owners = new Map(people.map(({ handle, owner }) => [handle, owner]))
  const lineOf = (name: 'known' | 'session', handle: string) =>
    cookies.line(name, handle, 60).split(';')[0] ?? ''
  const known = (from: (index: number) => string): Sender[] =>
    people.map(({ handle, owner }, index) => ({
      name: owner,
      rate: 0.3,
      from: at(from(index)),
      cookies: () => lineOf(index % 2 === 0 ? 'known' : 'session', handle),
    }))
  const forged: Readonly<Record<string, (post: number) => string>> = {
    'no cookie': () => '',
    'an invented value': () => `__Host-known=${newHandle()}`,
    'an invented value with an invented tag': () =>
      `__Host-session=${newHandle()}.${newHandle().slice(0, 22)}`,
    'a tag of ours on another value': () =>
      `__Host-known=${newHandle()}.${lineOf('known', people[0]?.handle ?? '').split('.')[1]}`,
    'the tag of the other cookie': () =>
      lineOf('known', people[0]?.handle ?? '').replace('__Host-known', '__Host-session'),
  }

  it.each(Object.entries(forged))(
    'against networks that all look like people, with %s',
    async (_, cookie) => {
      const { run, lookups } = createFloodedGates([singleProcessShare()], owners)
      const flood = flooders(1000, 0.3).map(one => ({ ...one, cookies: cookie }))
      const outcome = await run([...flood, ...known(index => `192.0.${index}.7`)], 30)
      const outcomes = people.map(({ owner }) => ({ name: owner })) as Sender[]
      expect(kept(outcome, outcomes)).toBeGreaterThanOrEqual(0.9)
      // None of the invented ones was looked up.
      expect(lookups()).toBeLessThanOrEqual(people.length)
    },
  )

  it('in the very network that floods', async () => {
    const { run } = createFloodedGates([singleProcessShare()], owners)
    const outcome = await run([...flooders(1, 1000), ...flooders(400, 1), ...known(() => '203.0.0.9')], 30)
    expect(
      kept(
        outcome,
        known(() => ''),
      ),
    ).toBeGreaterThanOrEqual(0.9)
  })

  it('one person who sends one good cookie from everywhere does not take it from others', async () => {
    const thief = newHandle()
    const { run } = createFloodedGates([singleProcessShare()], new Map([...owners, [thief, 'thief']]))
    const flood = flooders(1000, 0.5).map(one => ({ ...one, cookies: () => lineOf('known', thief) }))
    const outcome = await run([...flood, ...known(index => `192.0.${index}.7`)], 30)
    expect(
      kept(
        outcome,
        known(() => ''),
      ),
    ).toBeGreaterThanOrEqual(0.9)
  })

  it('a cookie of ours lifts the limit of its network for its living owner alone, as far as that goes', async () => {
    const [living, other] = people
    const sending = (handle: string, name: string): Sender => ({
      name,
      rate: 60,
      from: at('203.0.0.9'),
      cookies: () => lineOf('known', handle),
    })
    const dead = createFloodedGates([singleProcessShare(1000)], owners)
    const refused = (await dead.run([sending(newHandle(), 'dead')], 20)).get('dead')
    expect((refused?.admitted ?? 0) / 20).toBeLessThanOrEqual(limits.postsPerSecondPerNetwork + 1)
    // One look at the store in its minute, whatever the flood.
    expect(dead.lookups()).toBe(1)
    const { run } = createFloodedGates([singleProcessShare(1000)], owners)
    const one = sending(living?.handle ?? '', 'living')
    const neighbour = { ...sending(other?.handle ?? '', 'neighbour'), rate: 0.3 }
    const outcome = await run([one, neighbour], 20)
    expect(kept(outcome, [neighbour])).toBe(1)
    expect((outcome.get('living')?.admitted ?? 0) / 20).toBeLessThanOrEqual(
      limits.postsPerSecondPerNetwork + 2,
    )
  })

  it('a cookie of ours that has ended is a stranger’s', async () => {
    const { run } = createFloodedGates([singleProcessShare()])
    const ended = known(index => `192.0.${index}.7`).map(one => ({ ...one, rate: 2 }))
    const outcome = await run([...flooders(500, 0.3), ...ended], 30)
    expect(kept(outcome, ended)).toBeLessThan(0.7)
  })

  it('while nobody known comes, the others have it', async () => {
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

  const together = (count: number) => {
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
  const onAll = (count: number, senders: readonly Sender[]) =>
    senders.map((one, index) => ({ ...one, process: index % count }))

  it.each([2, 3])('%i of them admit together what one may', async count => {
    const { run, admitted, mostInASecond, close } = together(count)
    await run(onAll(count, flooders(300, 1)), 10, 10)
    await close()
    expect(admitted() / 10).toBeGreaterThanOrEqual(0.85 * limits.postsPerSecond)
    // Until they know of each other: less than a third more each, once.
    expect(admitted() / 10).toBeLessThanOrEqual(1.1 * limits.postsPerSecond)
    expect(mostInASecond()).toBeLessThanOrEqual(limits.postsPerSecond * 1.6)
  })

  it('a flood of one process leaves the other its part, and takes what that does not need', async () => {
    const { run, admitted, close } = together(2)
    const few = flooders(30, 0.5).map(one => ({ ...one, name: `${one.name} there`, process: 1 }))
    const outcome = await run([...flooders(200, 1), ...few], 10, 10)
    await close()
    expect(kept(outcome, few)).toBe(1)
    expect(admitted() / 10).toBeGreaterThanOrEqual(0.85 * limits.postsPerSecond)
  })
})

it('no allowance is above four fifths of the whole, whatever is configured', () => {
  const of = (more: Partial<typeof limits>) => allowancesOf({ ...limits, ...more })
  expect(of({})).toEqual({ network: 20, campus: 40 })
  expect(of({ postsPerSecond: 10 })).toEqual({ network: 8, campus: 8 })
  expect(of({ postsPerSecond: 1000 })).toEqual({ network: 20, campus: 400 })
  expect(of({ postsPerSecondPerNetwork: 1e6 })).toEqual({ network: 40, campus: 40 })
})
