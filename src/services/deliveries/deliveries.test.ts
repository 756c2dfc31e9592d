import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { createFaultyService } from '../../../test/world/faulty-service.ts'
import { migratedDatabase } from '../../../test/world/postgres.ts'
import { provedJourney } from '../../../test/world/proved-journey.ts'
import { quickApplication, quickPasswords } from '../../../test/world/quick-application.ts'
import { type StoreFlavour, storeFlavours } from '../../../test/world/stores.ts'
import type { Application } from '../../application.ts'
import { hours, minutes, seconds } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { type EmbeddedEntry, insertMissingEntries } from '../../directory/embedded/embedded.ts'
import { deliverDepsOf } from '../../start-jobs.ts'
import { receiptId } from '../receipt/receipt.ts'
import { createDeliverer } from './deliver.ts'
import type { ServiceTarget } from './targets.ts'

const camille = 'camille' as PersonId
const [first, second] = ['Choisi-Un!1', 'Choisi-Deux!2'] as const

const openWorld = async (flavour: StoreFlavour) => {
  const clock = movableClock()
  const folder = mkdtempSync(join(tmpdir(), 'sesame-deliveries-'))
  const databaseUrl = flavour === 'PostgreSQL' ? await migratedDatabase(inject('postgres')) : undefined
  const telephony = createFaultyService(() => 0.5, clock.now)
  const noWriter = { reads: null, writer: null, check: null, provedBySource: false, expiresAfter: hours(48) }
  const targets: readonly ServiceTarget[] = [
    { ...noWriter, id: 'cas', reads: 'source', provedBySource: true },
    { ...noWriter, id: 'telephony', writer: telephony.service, check: telephony.service },
    { ...noWriter, id: 'printing', reads: 'telephony', check: telephony.service },
  ]
  const application = await quickApplication({ folder, databaseUrl, clock, targets })
  const entry: EmbeddedEntry = {
    id: camille,
    login: 'cam',
    populations: ['staff'],
    displayName: 'Camille',
    firstNames: ['Camille'],
    familyNames: ['Lefèvre'],
    birthDate: null,
    addresses: [],
    privileged: false,
    closed: false,
    numbers: {},
    password: 'Premier-mot-1',
  }
  await insertMissingEntries(application.store, [entry], quickPasswords)
  await application.passwordWrite.lock.saltOf(camille)

  const targetOf = (id: string) => targets.find(target => target.id === id) as ServiceTarget
  return {
    clock,
    application,
    telephony,
    targetOf,
    choosePassword: async (password: string) => {
      const facts = { language: 'fr', historyHash: password, charterVersion: null } as const
      const journey = await provedJourney(application.store, camille)
      const request = { kind: 'reset', person: camille, journey, facts } as const
      const { attempt, insert } = await application.passwordWrite.attempts.prepare(request, password)
      await application.store.transaction(insert)
      await application.passwordWrite.source.writePassword(attempt, password)
      return attempt.id
    },
    deliverDue: async (service: string) => {
      const outcomes: string[] = []
      for (const id of await application.deliveries.queue.due(service, 50))
        outcomes.push(await createDeliverer(deliverDepsOf(application), targetOf(service))(id))
      return outcomes
    },
    stateOf: async (attempt: string) =>
      Object.fromEntries(
        (await application.deliveries.queue.statusesOfAttempt(attempt)).map(({ service, state, reason }) => [
          service,
          reason ? `${state}: ${reason}` : state,
        ]),
      ),
    close: async () => {
      await application.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const sealedIn = async ({ store }: Application) =>
  (await store.read.selectFrom('deliveries').select('sealed').execute()).filter(({ sealed }) => sealed).length

describe.each(storeFlavours.filter(({ available }) => available))('deliveries on $flavour', ({ flavour }) => {
  let world: Awaited<ReturnType<typeof openWorld>>
  beforeEach(async () => {
    world = await openWorld(flavour)
  })
  afterEach(() => world.close())

  it('start from the source: its bind proves services that read it, and services that read a written one follow it', async () => {
    const attempt = await world.choosePassword(first)
    expect(await world.stateOf(attempt)).toEqual({ cas: 'proved', telephony: 'waiting', printing: 'waiting' })
    expect(await world.deliverDue('printing')).toEqual([])
    expect(await world.deliverDue('telephony')).toEqual(['finished'])
    expect(await world.deliverDue('printing')).toEqual(['finished'])
    expect(await world.stateOf(attempt)).toEqual({ cas: 'proved', telephony: 'proved', printing: 'proved' })
    expect(world.telephony.holds('cam')).toBe(first)
    expect(await sealedIn(world.application)).toBe(0)
  })

  it('are claimed by one worker only', async () => {
    await world.choosePassword(first)
    const [id = ''] = await world.application.deliveries.queue.due('telephony', 1)
    const claims = await Promise.all(
      Array.from({ length: 8 }, () =>
        world.application.deliveries.queue.claim(id, world.targetOf('telephony')),
      ),
    )
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  it('wait while the service is unavailable, and keep their password sealed meanwhile', async () => {
    world.telephony.setFault('down')
    const attempt = await world.choosePassword(first)
    expect(await world.deliverDue('telephony')).toEqual(['unavailable'])
    expect(await sealedIn(world.application)).toBe(2)
    world.telephony.setFault('up')
    world.clock.forward(seconds(6))
    expect(await world.deliverDue('telephony')).toEqual(['finished'])
    expect((await world.stateOf(attempt)).telephony).toBe('proved')
  })

  it('of a newer password supersede waiting ones of an older password', async () => {
    world.telephony.setFault('down')
    const older = await world.choosePassword(first)
    await world.deliverDue('telephony')
    const newer = await world.choosePassword(second)
    world.telephony.setFault('up')
    await world.deliverDue('telephony')
    expect((await world.stateOf(older)).telephony).toBe('superseded')
    expect((await world.stateOf(newer)).telephony).toBe('proved')
    expect(world.telephony.recordedWrites.map(({ password }) => password)).toEqual([second])
  })

  it('superseded while their write is in flight show no ✓, and the newer one is written after it', async () => {
    const older = await world.choosePassword(first)
    const target = world.targetOf('telephony')
    const [id = ''] = await world.application.deliveries.queue.due('telephony', 1)
    const claimed = await world.application.deliveries.queue.claim(id, target)
    const started = claimed && (await world.application.deliveries.queue.beginWrite(claimed))
    if (!started) throw new Error('nothing was claimed')
    const newer = await world.choosePassword(second)
    expect(await world.deliverDue('telephony'), 'no write starts while another may be in flight').toEqual([
      'later',
    ])
    await world.telephony.service.write({ person: camille, login: 'cam' }, first)
    expect(await world.application.deliveries.queue.proved(started, 1, 1)).toBe(false)
    expect(await world.deliverDue('telephony')).toEqual(['finished'])
    expect((await world.stateOf(older)).telephony).toBe('superseded')
    expect((await world.stateOf(newer)).telephony).toBe('proved')
    expect(world.telephony.holds('cam')).toBe(second)
  })

  it('take back the ✓ of a newer password that a suspended process overwrote after its lease', async () => {
    await world.choosePassword(first)
    const [id = ''] = await world.application.deliveries.queue.due('telephony', 1)
    const claimed = await world.application.deliveries.queue.claim(id, world.targetOf('telephony'))
    const started = claimed && (await world.application.deliveries.queue.beginWrite(claimed))
    if (!started) throw new Error('nothing was claimed')
    world.clock.forward(hours(1))
    const newer = await world.choosePassword(second)
    await world.deliverDue('telephony')
    expect((await world.stateOf(newer)).telephony).toBe('proved')
    await world.telephony.service.write({ person: camille, login: 'cam' }, first)
    await world.application.deliveries.queue.proved(started, 1, 1)
    expect((await world.stateOf(newer)).telephony).toBe('failed: service-overwritten')
  })

  it('that are late ask the source, and keep a password that was changed outside meanwhile', async () => {
    world.telephony.setFault('down')
    const attempt = await world.choosePassword(first)
    await world.application.directory.write(camille, 'Ailleurs-Change-1')
    world.telephony.setFault('up')
    world.clock.forward(minutes(2))
    expect(await world.deliverDue('telephony')).toEqual(['finished'])
    expect(await world.stateOf(attempt)).toMatchObject({
      telephony: 'dropped: service-changed-elsewhere',
      printing: 'dropped: service-changed-elsewhere',
    })
    expect(world.telephony.holds('cam')).toBe(null)
  })

  it('of unknown outcome try a login before they write again', async () => {
    world.telephony.setFault('half')
    const attempt = await world.choosePassword(first)
    expect(await world.deliverDue('telephony')).toEqual(['unavailable'])
    world.telephony.setFault('strict')
    world.clock.forward(seconds(31))
    expect(await world.deliverDue('telephony')).toEqual(['finished'])
    expect((await world.stateOf(attempt)).telephony).toBe('proved')
    expect(world.telephony.recordedWrites).toHaveLength(1)
  })

  it('try a refused login twice, then fail, notify the helpdesk once, and lock no account', async () => {
    const attempt = await world.choosePassword(first)
    const [id = ''] = await world.application.deliveries.queue.due('telephony', 1)
    let logins = 0
    const refusing: ServiceTarget = {
      ...world.targetOf('telephony'),
      check: {
        ...world.telephony.service,
        prove: async () => {
          logins += 1
          return { ok: false, reason: 'login-refused' }
        },
      },
    }
    expect(await createDeliverer(deliverDepsOf(world.application), refusing)(id)).toBe('later')
    world.clock.forward(seconds(21))
    expect(await createDeliverer(deliverDepsOf(world.application), refusing)(id)).toBe('finished')
    expect(await world.stateOf(attempt)).toMatchObject({
      telephony: 'failed: service-login-refused',
      // It was written, so the service that reads it is proved by a login of its own.
      printing: 'written',
    })
    await world.choosePassword(second)
    const [next = ''] = await world.application.deliveries.queue.due('telephony', 1)
    expect(
      await createDeliverer(deliverDepsOf(world.application), refusing)(next),
      'no third login in the window',
    ).toBe('later')
    expect(logins).toBe(2)
    await world.application.deliveries.expiry.run()
    await world.application.deliveries.expiry.run()
    const notices = await world.application.store.read.selectFrom('notices').selectAll().execute()
    const desk = notices.filter(({ kind }) => kind === 'desk-service-failed')
    expect(desk.map(({ facts }) => JSON.parse(facts))).toMatchObject([
      { service: 'telephony', reason: 'service-login-refused', others: 0 },
    ])
  })

  it('that expire are erased, and the helpdesk is notified', async () => {
    world.telephony.setFault('down')
    const attempt = await world.choosePassword(first)
    world.clock.forward(hours(47))
    await world.application.deliveries.expiry.run()
    expect((await world.stateOf(attempt)).telephony).toBe('waiting')
    world.clock.forward(hours(2))
    await world.application.deliveries.expiry.run()
    expect(await world.stateOf(attempt)).toMatchObject({ telephony: 'failed: service-expired' })
    expect(await sealedIn(world.application)).toBe(0)
    const kinds = await world.application.store.read.selectFrom('notices').select('kind').execute()
    expect(kinds.map(({ kind }) => kind)).toContain('desk-service-failed')
  })

  it('of a freeze write an unknown password to every service, even when the source is unavailable', async () => {
    world.telephony.setFault('down')
    await world.choosePassword(first)
    await world.deliverDue('telephony')
    await world.application.helpdesk.freeze(camille, { by: 'desk', reason: 'phishing' })
    expect(
      (await world.application.deliveries.queue.statusesOfPerson(camille)).map(({ state }) => state),
    ).toEqual(expect.arrayContaining(['superseded']))
    world.telephony.setFault('up')
    world.clock.forward(seconds(6))
    await world.deliverDue('telephony')
    const [landed] = world.telephony.recordedWrites
    expect(landed?.password).not.toBe(first)
    expect(world.telephony.recordedWrites).toHaveLength(1)
    expect(await sealedIn(world.application)).toBe(0)
  })

  it('shows a receipt for 24 hours with states and no name, until a freeze ends it', async () => {
    const attempt = await world.choosePassword(first)
    const { store, helpdesk } = world.application
    const { receipts } = world.application.deliveries
    const id = receiptId('handle-of-a-journey-of-camille')
    const open = () =>
      store.transaction(tx => receipts.open(tx, { id, person: camille, attempt, writtenAt: 5 }))
    await open()
    const receipt = await receipts.find('handle-of-a-journey-of-camille')
    expect(receipt?.statuses.map(({ service }) => service).sort()).toEqual(['cas', 'printing', 'telephony'])
    expect(JSON.stringify(receipt)).not.toMatch(/cam\b|camille/i)
    world.clock.forward(hours(25))
    expect(await receipts.find('handle-of-a-journey-of-camille')).toBe(null)
    await store.transaction(tx => tx.deleteFrom('receipts').execute())
    await open()
    await helpdesk.freeze(camille, { by: 'desk', reason: 'phishing' })
    expect(await receipts.find('handle-of-a-journey-of-camille')).toBe(null)
  })
})
