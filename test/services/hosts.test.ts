import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { verifyAudit } from '../../src/audit/verify.ts'
import { days, hours, minutes } from '../../src/clock.ts'
import { createEmbeddedPasswords } from '../../src/directory/embedded/passwords.ts'
import { createApplicationFor } from '../../src/portal.ts'
import { createServiceRounds } from '../../src/services/deliveries/rounds.ts'
import { deliverDepsOf } from '../../src/start-jobs.ts'
import { auditPartsOf, purgeApplication } from '../world/application-parts.ts'
import { bundle } from '../world/bundle.ts'
import { movableClock } from '../world/clock.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { spawnPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { provedJourney } from '../world/proved-journey.ts'
import { quickHashing } from '../world/quick-hashing.ts'
import { root } from '../world/root.ts'

const perTest = 4
const services = ['cas', 'eduroam', 'telephony', 'printing']

describe.skipIf(!available({ directory: 'embedded', store: 'PostgreSQL' }))(
  'two hosts on one PostgreSQL, each with a data folder of its own',
  () => {
    let fixture: PortalFixture
    const clock = movableClock()
    const opened: { close(): Promise<unknown> }[] = []
    let taken = 0

    const openHost = async (name: string) => {
      const data = name === 'first' ? fixture.settings.data : join(fixture.folder, `data-${name}-${taken}`)
      const application = await createApplicationFor(
        { ...fixture.settings, data },
        { clock, hashing: quickHashing(), folders: { root, dist: join(root, 'dist') } },
      )
      const { hostKeys, rotatingKeys } = application.crypto
      const host = {
        ...application,
        data,
        keysFolder: join(data, 'rotating-keys'),
        minute: () => hostKeys.run(rotatingKeys.own),
        deliver: async () => {
          let worked = 1
          for (let round = 0; worked > 0 && round < 20; round += 1) {
            worked = 0
            for (const target of application.deliveries.targets)
              worked += await createServiceRounds(deliverDepsOf(application), target).run()
          }
        },
      }
      opened.push(host)
      return host
    }
    type Host = Awaited<ReturnType<typeof openHost>>

    beforeAll(async () => {
      fixture = await startPortal({ directory: 'embedded', store: 'PostgreSQL', clock, crowd: 10 * perTest })
      await fixture.portal.close()
    }, 120_000)
    afterEach(() => {
      // In the next test the hosts of this one are long gone.
      clock.forward(days(40))
    })
    afterAll(async () => {
      for (const host of opened) await host.close()
      await fixture.slapd?.stop()
    })

    const nextPeople = () => {
      const people = fixture.crowd.slice(taken, taken + perTest)
      taken += perTest
      return people
    }
    const chosenBy = ({ number }: CrowdMember) => `Tr0mbone&Cascade-${number}`
    const begin = async (host: Host, crowdMember: CrowdMember) => {
      const facts = { language: 'fr', historyHash: `h${crowdMember.number}`, charterVersion: null } as const
      const journey = await provedJourney(host.store, crowdMember.id)
      const order = { kind: 'reset', person: crowdMember.id, journey, facts } as const
      const { attempt, insert } = await host.passwordWrite.attempts.prepare(order, chosenBy(crowdMember))
      await host.store.transaction(insert)
      return attempt
    }
    const choose = async (host: Host, crowdMember: CrowdMember) => {
      const attempt = await begin(host, crowdMember)
      expect((await host.passwordWrite.source.writePassword(attempt, chosenBy(crowdMember))).ok).toBe(true)
    }
    const statesOf = async (host: Host, people: readonly CrowdMember[]) =>
      (
        await host.store.read
          .selectFrom('deliveries')
          .select(['state', 'sealed'])
          .where(
            'person',
            'in',
            people.map(({ id }) => id),
          )
          .execute()
      ).map(({ state, sealed }) => `${state}${sealed === null ? '' : ', sealed'}`)
    const allProved = Array.from({ length: perTest * services.length }, () => 'proved')
    const lose = async (host: Host) => {
      opened.splice(opened.indexOf(host), 1)
      await host.close()
      rmSync(host.data, { recursive: true })
    }
    const areIn = async (host: Host, people: readonly CrowdMember[]) => {
      for (const person of people) {
        const held = await host.store.read
          .selectFrom('pretend_passwords')
          .selectAll()
          .where('login', '=', person.login)
          .execute()
        expect(held.map(({ service }) => service).sort()).toEqual(['eduroam', 'telephony'])
        for (const { hash } of held)
          expect(await createEmbeddedPasswords(host.crypto.hashing).verify(hash, chosenBy(person))).toBe(true)
      }
    }

    // The first test: the process that is killed has the clock of the machine.
    it('a host that is killed while it delivers, and whose disk is gone, has lost nothing', async () => {
      const [first, other] = [await openHost('first'), await openHost('other')]
      for (const host of [first, other]) await host.minute()
      const people = nextPeople()
      for (const person of people) await choose(first, person)
      const dying = await bundle('test/world/crashing-portal.ts', 'dying-host.js')
      const mortal = await spawnPortal(fixture, await freePort(), { script: dying, at: 'delivery-sent' })
      if (mortal.child.exitCode === null && mortal.child.signalCode === null) await once(mortal.child, 'exit')
      await lose(first)
      clock.forward(hours(1))
      await other.minute()
      await other.deliver()
      clock.forward(minutes(1))
      await other.deliver()
      expect(await statesOf(other, people)).toEqual(allProved)
      await areIn(other, people)
    })

    it('a password that waits on a host that is lost for good reaches every service from the other', async () => {
      const [lost, other] = [await openHost('lost'), await openHost('other')]
      for (const host of [lost, other]) await host.minute()
      const people = nextPeople()
      for (const person of people) await choose(lost, person)
      await other.deliver()
      expect(await statesOf(other, people), 'a host that is up delivers its own').not.toEqual(allProved)
      await lose(lost)
      clock.forward(minutes(6))
      await other.minute()
      await other.deliver()
      expect(await statesOf(other, people)).toEqual(allProved)
      await areIn(other, people)
      expect((await verifyAudit(auditPartsOf(other))).broken).toEqual([])
    })

    it('a write that a lost host had begun is finished by the other', async () => {
      const [lost, other] = [await openHost('lost'), await openHost('other')]
      for (const host of [lost, other]) await host.minute()
      const [written, unwritten] = nextPeople() as [CrowdMember, CrowdMember]
      await begin(lost, written)
      await begin(lost, unwritten)
      await lost.directory.write(written.id, chosenBy(written))
      await lose(lost)
      clock.forward(hours(1))
      await other.minute()
      while ((await other.passwordWrite.reconciler.run()) > 0);
      const rows = await other.store.read
        .selectFrom('attempts')
        .select(['person', 'state', 'sealed'])
        .where('person', 'in', [written.id, unwritten.id])
        .execute()
      expect(Object.fromEntries(rows.map(({ person, state, sealed }) => [person, [state, sealed]]))).toEqual({
        [written.id]: ['accepted', null],
        [unwritten.id]: ['refused', null],
      })
    })

    it('a host that joins later is given the keys that are in use', async () => {
      const lost = await openHost('lost')
      await lost.minute()
      const people = nextPeople()
      for (const person of people) await choose(lost, person)
      const other = await openHost('other')
      await other.minute()
      clock.forward(minutes(1))
      await lost.minute()
      await lose(lost)
      clock.forward(minutes(6))
      await other.minute()
      await other.deliver()
      expect(await statesOf(other, people)).toEqual(allProved)
    })

    it('a host that was given no key leaves the deliveries to their host, whenever that comes back', async () => {
      const first = await openHost('unreachable')
      await first.minute()
      const people = nextPeople()
      for (const person of people) await choose(first, person)
      clock.forward(minutes(30))
      const other = await openHost('other')
      await other.minute()
      await other.deliver()
      const states = await statesOf(other, people)
      expect(states.filter(state => state.endsWith('sealed')).length).toBeGreaterThan(0)
      expect(states).not.toContain('failed')
      await first.minute()
      await first.deliver()
      expect(await statesOf(first, people)).toEqual(allProved)
    })

    it('a host that lost its half of the keys leaves the deliveries of a lost host to it, and fails none', async () => {
      const [unreachable, other] = [await openHost('unreachable'), await openHost('other')]
      for (const host of [unreachable, other]) await host.minute()
      const people = nextPeople()
      for (const person of people) await choose(unreachable, person)
      rmSync(join(other.keysFolder, 'private-halves'), { recursive: true })
      clock.forward(minutes(6))
      await other.minute()
      await other.deliver()
      expect(await statesOf(other, people)).not.toContain('failed')
      clock.forward(minutes(2))
      await unreachable.minute()
      await unreachable.deliver()
      expect(await statesOf(unreachable, people)).toEqual(allProved)
    })

    it('what waited under the network name of its host, before hosts had ids, is delivered', async () => {
      const host = await openHost('one')
      await host.minute()
      const people = nextPeople()
      for (const person of people) await choose(host, person)
      const [name] = [...(await host.crypto.rotatingKeys.own()).keys()]
      const day = name?.slice(0, 10) ?? ''
      renameSync(join(host.keysFolder, `${name}.key`), join(host.keysFolder, `${day}.key`))
      await host.store.transaction(tx =>
        tx
          .updateTable('deliveries')
          .set({ host: hostname(), key_name: day })
          .where(
            'person',
            'in',
            people.map(({ id }) => id),
          )
          .execute(),
      )
      await host.deliver()
      expect(await statesOf(host, people)).toEqual(allProved)
    })

    it('a freeze whose password only a lost host could open is written with another that nobody knows', async () => {
      const lost = await openHost('lost')
      const [person] = nextPeople() as [CrowdMember]
      const facts = { language: 'fr', historyHash: '', charterVersion: null } as const
      const order = { kind: 'freeze', person: person.id, journey: null, facts } as const
      const { insert } = await lost.passwordWrite.attempts.prepare(order, 'Aa1!never-written-anywhere')
      await lost.store.transaction(insert)
      await lose(lost)
      const other = await openHost('other')
      for (const later of [hours(1), days(4)]) {
        clock.forward(later)
        await other.minute()
        while ((await other.passwordWrite.reconciler.run()) > 0);
        const bound = await other.directory.bind(person.id, person.initialPassword)
        expect(bound.ok).toBe(later === hours(1))
      }
      const { state } = await other.store.read
        .selectFrom('attempts')
        .select('state')
        .where('person', '=', person.id)
        .executeTakeFirstOrThrow()
      expect(state).toBe('accepted')
    })

    it('whoever can write to the store but has no root key is given no key', async () => {
      const host = await openHost('one')
      await host.minute()
      const { publicKey } = generateKeyPairSync('x25519')
      const public_key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64url')
      const key_day = new Date(clock.now()).toISOString().slice(0, 10)
      await host.store.transaction(tx =>
        tx
          .insertInto('hosts')
          .values({ id: 'stranger', public_key, key_day, proof: 'x'.repeat(43), seen_at: clock.now() })
          .execute(),
      )
      for (const person of nextPeople()) await choose(host, person)
      await host.minute()
      const given = await host.store.read
        .selectFrom('wrapped_keys')
        .select('host')
        .where('host', '=', 'stranger')
        .execute()
      expect(given).toEqual([])
    })

    it('the store and the root key open no password, and the halves are destroyed when they open nothing', async () => {
      const [one, other] = [await openHost('one'), await openHost('other')]
      for (const host of [one, other]) await host.minute()
      const people = nextPeople()
      for (const person of people) await choose(one, person)
      const halves = join(other.keysFolder, 'private-halves')
      const [key] = [...(await one.crypto.rotatingKeys.own()).keys()]
      expect(await other.crypto.hostKeys.receive(key ?? '')).toHaveLength(32)
      const before = readdirSync(halves)
      expect(before).toHaveLength(1)

      // For a day after its own a half is kept in any case: the others may still wrap for it.
      clock.forward(days(2))
      for (const host of [one, other]) await host.minute()
      expect(readdirSync(halves), 'a key that is wrapped for the old half is in use').toHaveLength(2)
      await one.deliver()
      await purgeApplication(other)
      expect(readdirSync(halves)).not.toContain(before[0])
      expect(await other.crypto.hostKeys.receive(key ?? '')).toBe(null)

      // Only the folder of the host opens what was given to it: a copy of the store on another machine has no such folder.
      for (const person of people) await choose(one, person)
      const [next] = [...(await one.crypto.rotatingKeys.own()).keys()].filter(name => name !== key)
      expect(await other.crypto.hostKeys.receive(next ?? '')).toHaveLength(32)
      rmSync(halves, { recursive: true })
      expect(await other.crypto.hostKeys.receive(next ?? '')).toBe(null)
      expect(existsSync(halves)).toBe(false)
    })
  },
)
