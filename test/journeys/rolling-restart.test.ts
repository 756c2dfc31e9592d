import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasNginx, startDocumentedNginx, type TlsAnswer } from '../world/documented-nginx.ts'
import { unlimitedJourneys, unlimitedPosts } from '../world/limits.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { scratchFolder } from '../world/scratch.ts'

const people = 80
const atOnce = 4

describe.skipIf(!hasNginx() && process.env.CI !== 'true')(
  'two processes behind nginx, restarted in turn',
  () => {
    let fixture: PortalFixture
    let nginx: Awaited<ReturnType<typeof startDocumentedNginx>>
    const processes = new Map<number, PortalProcess>()

    beforeAll(async () => {
      const behind = [await freePort(), await freePort()] as const
      const port = await freePort()
      fixture = await startPortal({
        ...{ directory: 'embedded', store: 'SQLite', crowd: people, port, hashing: 'real' },
        config: {
          publicUrl: `https://localhost:${port}/sesame`,
          trustedProxies: ['127.0.0.1'],
          limits: { ...unlimitedPosts, ...unlimitedJourneys },
        },
      })
      await fixture.portal.close()
      for (const one of behind) processes.set(one, await spawnPortal(fixture, one))
      nginx = await startDocumentedNginx({ folder: scratchFolder('sesame-rolling-'), port, behind })
    }, 120_000)
    afterAll(async () => {
      await nginx?.stop()
      for (const one of processes.values()) await one.stop()
    })

    const walk = async (index: number) => {
      const crowdMember = fixture.crowd[index]
      if (!crowdMember) throw new Error('the crowd is too small')
      const ask = nginx.newBrowser()
      const expectTo = ({ status, location }: TlsAnswer, end: string) => {
        if (!location.endsWith(end)) throw new Error(`${status} ${location} instead of ${end}`)
        return location
      }
      const refIn = (html: string) => /name="demarche" value="([^"]*)"/.exec(html)?.[1] ?? ''
      const typed = { numero: crowdMember.number, naissance: crowdMember.date }
      const joker = expectTo(
        await ask('/sesame/fr/mot-de-passe/identification/numero-personnel', typed),
        '/question-joker',
      )
      const demarche = refIn((await ask(joker)).html)
      const chosen = `Tr0mbone&Cascade-${crowdMember.number}`
      const next = expectTo(await ask(joker, { reponse: 'rex', demarche }), '/nouveau')
      const form = { nouveau: chosen, confirmation: chosen, charte: 'oui', demarche }
      expectTo(await ask(next, form), '/termine')
    }

    it('fail no journey of the people who come meanwhile (fastify/help#943)', {
      timeout: 300_000,
    }, async () => {
      let next = 0
      let restarted = 0
      const failed: string[] = []
      let done = 0
      const comers = Array.from({ length: atOnce }, async () => {
        while (restarted < 2 && next < people) {
          next += 1
          await walk(next - 1).then(
            () => {
              done += 1
            },
            fault => failed.push(String(fault)),
          )
        }
      })
      for (const [port, portal] of processes) {
        const doneBefore = done
        await expect.poll(() => done, { timeout: 60_000 }).toBeGreaterThan(doneBefore + 2)
        expect(await portal.stop()).toBe(0)
        await new Promise(resolve => setTimeout(resolve, 1000))
        processes.set(port, await spawnPortal(fixture, port))
        restarted += 1
      }
      await Promise.all(comers)
      expect(failed).toEqual([])
      expect(done).toBeGreaterThan(10)
    })
  },
)
