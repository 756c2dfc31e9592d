import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, it } from 'vitest'
import type { Application } from '../../src/application.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import { hours, seconds } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import { insertMissingEntries } from '../../src/directory/embedded/embedded.ts'
import { createServiceRounds } from '../../src/services/deliveries/rounds.ts'
import type { ServiceTarget } from '../../src/services/deliveries/targets.ts'
import type { Failpoint } from '../../src/services/source/source.ts'
import { deliverDepsOf } from '../../src/start-jobs.ts'
import { auditPartsOf } from '../world/application-parts.ts'
import { movableClock } from '../world/clock.ts'
import { createFaultyService, serviceFaults } from '../world/faulty-service.ts'
import { migratedDatabase } from '../world/postgres.ts'
import { seed } from '../world/properties.ts'
import { provedJourney } from '../world/proved-journey.ts'
import { quickApplication, quickPasswords } from '../world/quick-application.ts'
import { seededRandom } from '../world/seeded-random.ts'
import { type StoreFlavour, storeFlavours } from '../world/stores.ts'

/** Simulations × people: the changes of one person, with the faults of all, are one run. */
const people = 40
const steps = 120

/** Simulates a killed process: nothing after this failpoint happens. */
class Killed extends Error {}

const killable: readonly Failpoint[] = [
  'attempt-committed',
  'about-to-write',
  'written',
  'proved',
  'accepted',
  'delivery-claimed',
  'delivery-about-to-write',
  'delivery-sent',
  'delivery-finished',
]

const counts = {
  runs: 0,
  changes: 0,
  kills: 0,
  freezes: 0,
  outside: 0,
  proved: 0,
  dropped: 0,
  failed: 0,
}

const worldOf = async (flavour: StoreFlavour, number: number) => {
  const draw = seededRandom(seed + number)
  const pick = <T>(from: readonly T[]) => from[Math.floor(draw() * from.length)] as T
  const clock = movableClock()
  const folder = mkdtempSync(join(tmpdir(), 'sesame-troubles-'))
  const databaseUrl = flavour === 'PostgreSQL' ? await migratedDatabase(inject('postgres')) : undefined
  const eduroam = createFaultyService(draw, clock.now)
  const telephony = createFaultyService(draw, clock.now)
  const place = (id: string, more: Partial<ServiceTarget>): ServiceTarget => ({
    id,
    reads: null,
    writer: null,
    check: null,
    provedBySource: false,
    expiresAfter: hours(72),
    ...more,
  })
  const targets = [
    place('cas', { reads: 'source', provedBySource: true }),
    place('eduroam', { writer: eduroam.service, check: eduroam.service }),
    place('telephony', { writer: telephony.service, check: telephony.service }),
    place('printing', { reads: 'telephony', check: telephony.service }),
  ]
  let armed: Failpoint | null = null
  const failpoints = (at: Failpoint) => {
    if (at !== armed) return
    armed = null
    counts.kills += 1
    throw new Killed(at)
  }
  const open = () => quickApplication({ folder, databaseUrl, clock, targets, failpoints })
  const applications = [await open(), await open()] as const
  const rounds = applications.map(application =>
    targets.map(one => createServiceRounds(deliverDepsOf(application), one)),
  )

  await insertMissingEntries(
    applications[0].store,
    Array.from({ length: people }, (_, index) => ({
      id: `p${index}`,
      login: `p${index}`,
      populations: ['staff'],
      displayName: 'P',
      firstNames: ['P'],
      familyNames: ['P'],
      birthDate: null,
      addresses: [`p${index}@univ.example`],
      privileged: false,
      closed: false,
      numbers: {},
      password: 'Premier-mot-1',
    })),
    quickPasswords,
  )
  for (let index = 0; index < people; index += 1)
    await applications[0].passwordWrite.lock.saltOf(`p${index}` as PersonId)

  const survive = (work: Promise<unknown>) =>
    work.catch(fault => {
      if (!(fault instanceof Killed)) throw fault
    })
  const forward = (milliseconds: number) => {
    for (let gone = 0; gone < milliseconds; gone += 5000) {
      clock.forward(Math.min(5000, milliseconds - gone))
      eduroam.settleLate()
      telephony.settleLate()
    }
  }
  const carry = async () => {
    for (const one of pick(rounds)) await survive(one.run())
  }
  return {
    draw,
    pick,
    applications,
    rounds,
    services: { eduroam, telephony },
    survive,
    forward,
    carry,
    arm: (at: Failpoint | null) => {
      armed = at
    },
    close: async () => {
      for (const application of applications) await application.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

type World = Awaited<ReturnType<typeof worldOf>>

/** The changes that a person requested, in order. */
type PasswordChange = { readonly attempt: string; readonly password: string }
type Life = { readonly id: PersonId; readonly asked: PasswordChange[]; frozen: boolean; outside: boolean }

let serial = 0

const change = async ({ pick, applications, survive }: World, life: Life) => {
  const application = pick(applications)
  serial += 1
  const password = `Choisi-${serial}!aA`
  const facts = { language: 'fr', historyHash: `h${serial}`, charterVersion: null } as const
  const journey = await provedJourney(application.store, life.id)
  const order = { kind: 'reset', person: life.id, journey, facts } as const
  const { attempt, insert } = await application.passwordWrite.attempts.prepare(order, password)
  await application.store.transaction(insert)
  life.asked.push({ attempt: attempt.id, password })
  counts.changes += 1
  await survive(application.passwordWrite.source.writePassword(attempt, password))
}

const step = async (world: World, lives: readonly Life[]) => {
  const { draw, pick, applications, services, survive, forward, carry, arm } = world
  const life = pick(lives)
  const what = draw()
  if (what < 0.34) await change(world, life)
  else if (what < 0.36) {
    life.frozen = true
    counts.freezes += 1
    await survive(
      pick(applications).helpdesk.freeze(life.id, { by: 'desk', reason: 'test' }) ?? Promise.resolve(),
    )
  } else if (what < 0.38) {
    life.outside = true
    counts.outside += 1
    await applications[0].directory.write(life.id, `Dehors-${draw()}`)
  } else if (what < 0.5) pick(Object.values(services)).setFault(pick(serviceFaults))
  else if (what < 0.6) arm(pick(killable))
  else if (what < 0.72) forward(Math.ceil(seconds(1 + draw() * 90)))
  else await carry()
}

const unsettledIn = (application: Application) =>
  application.store.read
    .selectFrom('deliveries')
    .select('id')
    .where('state', 'in', ['waiting', 'written'])
    .execute()
const openIn = (application: Application) =>
  application.store.read.selectFrom('attempts').select('id').where('state', '=', 'open').execute()

/** Ends all faults, and moves the clock until nothing waits. */
const heal = async ({ applications, rounds, services, forward, arm }: World) => {
  arm(null)
  for (const service of Object.values(services)) service.setFault('up')
  const [application] = applications
  for (let turn = 0; turn < 60; turn += 1) {
    forward(seconds(120))
    await application.passwordWrite.reconciler.run()
    for (const ours of rounds) for (const one of ours) await one.run()
    if ((await unsettledIn(application)).length + (await openIn(application)).length === 0) return
  }
}

const judge = async ({ applications, services }: World, { id, asked, frozen, outside }: Life) => {
  const [{ store, directory }] = applications
  const rows = await store.read.selectFrom('deliveries').selectAll().where('person', '=', id).execute()
  expect(rows.filter(({ sealed }) => sealed !== null)).toEqual([])
  const passwordOf = new Map(asked.map(({ attempt, password }) => [attempt, password]))
  const generations = new Map(rows.map(row => [passwordOf.get(row.attempt) ?? '', row.generation]))
  const newest = Math.max(0, ...rows.map(({ generation }) => generation))

  for (const [name, service] of Object.entries(services)) {
    const landed = service.recordedWrites.filter(({ login }) => login === id).map(({ password }) => password)
    const order = landed.map(password => generations.get(password) ?? 0).filter(generation => generation > 0)
    expect(order, `${id} at ${name}: never an old password upon a newer one`).toEqual(
      [...order].sort((a, b) => a - b),
    )
    const last = rows.find(row => row.service === name && row.generation === newest)
    if (!last) continue
    counts[last.state as 'proved' | 'dropped' | 'failed'] += 1
    expect(['proved', 'dropped', 'failed']).toContain(last.state)
    const chosen = passwordOf.get(last.attempt)
    if (last.state === 'proved' && chosen) expect(service.holds(id), 'no receipt is false').toBe(chosen)
    if (last.state !== 'proved') expect(outside, `${last.state}: ${last.reason}`).toBe(true)
    if (frozen && last.kind === 'freeze') expect([...passwordOf.values()]).not.toContain(service.holds(id))
    if (!(frozen || outside) && chosen)
      expect((await directory.bind(id, chosen)).ok, 'no accepted change is lost').toBe(true)
  }
}

describe.each(storeFlavours.filter(({ available }) => available))('deliveries on $flavour', ({ flavour }) => {
  const worlds = flavour === 'SQLite' ? 22 : 8
  it(`reach their services completely and in order, and are recorded once, in ${worlds * people} lives full of troubles`, {
    timeout: 600_000,
  }, async () => {
    for (let number = 0; number < worlds; number += 1) {
      const world = await worldOf(flavour, number)
      const lives: Life[] = Array.from({ length: people }, (_, index) => ({
        id: `p${index}` as PersonId,
        asked: [],
        frozen: false,
        outside: false,
      }))
      for (let taken = 0; taken < steps * 4; taken += 1) await step(world, lives)
      await heal(world)
      expect(await unsettledIn(world.applications[0])).toEqual([])
      for (const life of lives) await judge(world, life)
      counts.runs += lives.filter(({ asked }) => asked.length > 0).length
      expect((await verifyAudit(auditPartsOf(world.applications[0]))).broken).toEqual([])
      await world.close()
    }
  })
})

afterAll(() => {
  console.log(`troubles (seed ${seed}): ${JSON.stringify(counts)}`)
  expect(counts.runs).toBeGreaterThan(1000)
  expect(counts.kills).toBeGreaterThan(100)
})
