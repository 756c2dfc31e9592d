import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Application } from '../../src/application.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import { createEmbeddedPasswords } from '../../src/directory/embedded/passwords.ts'
import { createApplicationFor } from '../../src/portal.ts'
import type { Failpoint } from '../../src/services/source/source.ts'
import { auditPartsOf } from '../world/application-parts.ts'
import { bundle } from '../world/bundle.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { provedJourney } from '../world/proved-journey.ts'
import { quickHashing } from '../world/quick-hashing.ts'
import { root } from '../world/root.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const failpoints: readonly Failpoint[] = [
  'delivery-claimed',
  'delivery-about-to-write',
  'delivery-sent',
  'delivery-finished',
]
const together = 60
const rounds = 6
const perRound = 10
const services = ['cas', 'eduroam', 'telephony', 'printing']

describe.each(kinds.filter(available))('deliveries of real processes, on $store', kind => {
  let fixture: PortalFixture
  let application: Application
  let dying: string
  const portals: PortalProcess[] = []

  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      crowd: together + failpoints.length + rounds * perRound,
      // A process that is killed repeatedly checks by a login each time.
      config: { limits: { serviceLogins: 50 } },
    })
    dying = await bundle('test/world/crashing-portal.ts', 'dying-deliveries.js')
    await fixture.portal.close()
    application = await createApplicationFor(fixture.settings, {
      hashing: quickHashing(),
      folders: { root, dist: join(root, 'dist') },
    })
  }, 120_000)
  afterAll(async () => {
    for (const portal of portals) await portal.kill()
    await application?.close()
  })

  const another = async (at?: Failpoint) =>
    spawnPortal(fixture, await freePort(), { script: dying, ...(at && { at }) })
  const chosenBy = ({ number }: CrowdMember) => `Tr0mbone&Cascade-${number}`

  const choose = async (crowdMember: CrowdMember) => {
    const facts = { language: 'fr', historyHash: `h${crowdMember.number}`, charterVersion: null } as const
    const journey = await provedJourney(application.store, crowdMember.id)
    const order = { kind: 'reset', person: crowdMember.id, journey, facts } as const
    const { attempt, insert } = await application.passwordWrite.attempts.prepare(order, chosenBy(crowdMember))
    await application.store.transaction(insert)
    expect((await application.passwordWrite.source.writePassword(attempt, chosenBy(crowdMember))).ok).toBe(
      true,
    )
  }

  const rowsOf = (crowdMembers: readonly CrowdMember[]) =>
    application.store.read
      .selectFrom('deliveries')
      .select(['person', 'service', 'state', 'writes', 'sealed'])
      .where(
        'person',
        'in',
        crowdMembers.map(({ id }) => id),
      )
      .execute()

  const allProved = async (crowdMembers: readonly CrowdMember[]) => {
    await expect
      .poll(async () => (await rowsOf(crowdMembers)).filter(({ state }) => state !== 'proved').length, {
        timeout: 60_000,
        interval: 200,
      })
      .toBe(0)
    const rows = await rowsOf(crowdMembers)
    expect(rows).toHaveLength(crowdMembers.length * services.length)
    expect(rows.filter(({ sealed }) => sealed !== null)).toEqual([])
    for (const crowdMember of crowdMembers) {
      const held = await application.store.read
        .selectFrom('pretend_passwords')
        .selectAll()
        .where('login', '=', crowdMember.login)
        .execute()
      expect(held.map(({ service }) => service).sort()).toEqual(['eduroam', 'telephony'])
      for (const { hash } of held)
        expect(
          await createEmbeddedPasswords(application.crypto.hashing).verify(hash, chosenBy(crowdMember)),
        ).toBe(true)
    }
    return rows
  }

  const provedEvents = async (crowdMembers: readonly CrowdMember[]) =>
    (
      await application.store.read
        .selectFrom('audit_events')
        .select('chain')
        .where('kind', '=', 'delivery.proved')
        .where(
          'chain',
          'in',
          crowdMembers.map(({ id }) => id),
        )
        .execute()
    ).length

  it(`two processes carry the passwords of ${together} people, each once`, { timeout: 120_000 }, async () => {
    const crowdMembers = fixture.crowd.slice(0, together)
    await Promise.all(crowdMembers.map(choose))
    const [one, two] = await Promise.all([another(), another()])
    portals.push(one, two)
    const rows = await allProved(crowdMembers)
    const written = rows.filter(({ service }) => service === 'eduroam' || service === 'telephony')
    expect(written.map(({ writes }) => writes)).toEqual(written.map(() => 1))
    expect(await provedEvents(crowdMembers)).toBe(together * 3)
    for (const portal of portals.splice(0)) await portal.kill()
  })

  it.each(failpoints)(
    'deliveries of a process killed at « %s » are completed by the next, and recorded once',
    async at => {
      const crowdMember = fixture.crowd[together + failpoints.indexOf(at)] as CrowdMember
      await choose(crowdMember)
      const mortal = await another(at)
      if (mortal.child.exitCode === null && mortal.child.signalCode === null) await once(mortal.child, 'exit')
      expect(mortal.child.signalCode).toBe('SIGKILL')
      portals.push(await another())
      await allProved([crowdMember])
      expect(await provedEvents([crowdMember])).toBe(3)
      for (const portal of portals.splice(0)) await portal.kill()
    },
  )

  it(`${rounds} kills at random instants lose nothing of ${rounds * perRound} people`, {
    timeout: 240_000,
  }, async () => {
    let cut = 0
    const everybody = fixture.crowd.slice(together + failpoints.length)
    for (let round = 0; round < rounds; round += 1) {
      const crowdMembers = everybody.slice(round * perRound, (round + 1) * perRound)
      await Promise.all(crowdMembers.map(choose))
      const portal = await another()
      await new Promise(resolve => setTimeout(resolve, Math.random() * 700))
      await portal.kill()
      cut += (await rowsOf(crowdMembers)).filter(({ state }) => state !== 'proved').length
    }
    portals.push(await another())
    await allProved(everybody)
    expect(await provedEvents(everybody)).toBe(everybody.length * 3)
    console.log(`kill: ${cut} deliveries of ${everybody.length * 4} were cut by ${rounds} kills`)
    expect(cut).toBeGreaterThan(0)
    expect((await verifyAudit(auditPartsOf(application))).broken).toEqual([])
  })
})
