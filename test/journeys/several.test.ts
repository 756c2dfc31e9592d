import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyAudit } from '../../src/audit/verify.ts'
import { systemClock } from '../../src/clock.ts'
import { readRootKey } from '../../src/config/root-key.ts'
import { keysFrom } from '../../src/crypto/keys.ts'
import { storeLocation } from '../../src/foundations.ts'
import { migrationsFolder } from '../../src/portal.ts'
import { openStore } from '../../src/store/open.ts'
import { startBalancer } from '../world/balancer.ts'
import { bundle } from '../world/bundle.ts'
import { unlimitedJourneys, unlimitedPosts } from '../world/limits.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import type { newStore } from '../world/stores.ts'
import { newVisitor } from '../world/visitor.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
]
const people = 60
const limits = { ...unlimitedPosts, ...unlimitedJourneys }

describe.each(kinds.filter(available))(
  'three processes on one $store, behind a proxy without sticky sessions',
  kind => {
    let fixture: PortalFixture
    let processes: PortalProcess[] = []
    let balancer: Awaited<ReturnType<typeof startBalancer>>
    let server: MailServer
    let store: Awaited<ReturnType<typeof newStore>>['store']

    beforeAll(async () => {
      const port = await freePort()
      server = await startMailServer({ port, tls: 'none', folder: '' })
      const mail = { kind: 'smtp', host: '127.0.0.1', port, tls: 'none', from: 'sesame@univ.example' }
      fixture = await startPortal({ ...kind, crowd: people, config: { limits, mail } })
      await fixture.portal.close()
      const ports = [await freePort(), await freePort(), await freePort()]
      const script = await bundle('test/world/crashing-portal.ts', 'dying-several.js')
      processes = await Promise.all(ports.map(portNumber => spawnPortal(fixture, portNumber, { script })))
      balancer = await startBalancer(Number(new URL(fixture.url).port), ports)
      store = await openStore(storeLocation(fixture.settings), {
        migrations: migrationsFolder({ root: process.cwd(), dist: '' }),
      })
    }, 120_000)
    afterAll(async () => {
      await balancer?.stop()
      for (const one of processes) await one.stop()
      await store?.close()
      await server?.stop()
    })

    const walk = async (index: number) => {
      const crowdMember = fixture.crowd[index]
      if (!crowdMember) throw new Error('the crowd is too small')
      const visitor = newVisitor(fixture.url, { connection: 'close' })
      await visitor.answerJokerAs(crowdMember)
      return (await visitor.choose(`Tr0mbone&Cascade-${crowdMember.number}`)).location
    }

    it('journeys succeed when each of their requests goes to another process', {
      timeout: 120_000,
    }, async () => {
      const ends = []
      for (let begun = 0; begun < people; begun += 10)
        ends.push(...(await Promise.all(Array.from({ length: 10 }, (_, index) => walk(begun + index)))))
      expect(ends.filter(end => end?.endsWith('/termine'))).toHaveLength(people)
    })

    it('each mail is sent once, by whichever process', { timeout: 60_000 }, async () => {
      const sentMails = async () =>
        (
          await store.read
            .selectFrom('audit_events')
            .select('chain')
            .where('kind', '=', 'mail.sent')
            .execute()
        ).length
      // A mail is sent before it is recorded, so the mail server may have one that the store does not show yet.
      await expect.poll(sentMails, { timeout: 50_000 }).toBe(people)
      const received = server.received.flatMap(({ recipients }) => recipients)
      expect(received.sort()).toEqual(fixture.crowd.map(({ login }) => `${login}@univ.example`).sort())
    })

    it('limits count together: the sixth wrong answer is refused, wherever the others were given', async () => {
      const verdicts: string[] = []
      for (let tried = 0; tried < 6; tried += 1) {
        const visitor = newVisitor(fixture.url, { connection: 'close' })
        await visitor.identify('numero-personnel', '198077', '2/5/1972')
        verdicts.push((await visitor.answer(`faux ${tried}`)).html)
      }
      expect(verdicts.map(html => /il vous reste \d/i.test(html.replace(/\u00a0/g, ' ')))).toEqual([
        true,
        true,
        true,
        true,
        false,
        false,
      ])
    })

    it('the audit chains never forked', async () => {
      const keys = keysFrom(await readRootKey(fixture.settings))
      const { broken, events } = await verifyAudit({
        store,
        keys,
        clock: systemClock,
        limits: fixture.settings.limits,
      })
      expect(broken).toEqual([])
      expect(events).toBeGreaterThan(people * 4)
    })
  },
)
