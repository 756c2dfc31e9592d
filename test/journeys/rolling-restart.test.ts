import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificateAuthority } from '../world/authority.ts'
import { unlimitedJourneys, unlimitedPosts } from '../world/limits.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { root } from '../world/root.ts'
import { scratchFolder } from '../world/scratch.ts'

const nginx = '/usr/sbin/nginx'
const people = 80
const atOnce = 4

/** The example of the documentation with both lines of its upstream, and the ports and the certificate of this test. */
const serverFrom = (folder: string, front: number, [first, second]: readonly [number, number]) =>
  readFileSync(join(root, 'docs/operate/nginx.conf'), 'utf8')
    .replace('listen 443 ssl', `listen 127.0.0.1:${front} ssl`)
    .replace('server 127.0.0.1:3000 ', `server 127.0.0.1:${first} `)
    .replace('# server 192.0.2.12:3000 ', `server 127.0.0.1:${second} `)
    .replace('/etc/ssl/certs/portal.pem', join(folder, 'server.pem'))
    .replace('/etc/ssl/private/portal.key', join(folder, 'server.key'))

describe.skipIf(!existsSync(nginx) && process.env.CI !== 'true')(
  'two processes behind nginx, restarted in turn',
  () => {
    const folder = scratchFolder('sesame-rolling-')
    let fixture: PortalFixture
    let proxy: ReturnType<typeof spawn>
    let front: number
    const processes = new Map<number, PortalProcess>()

    type Reply = { readonly status: number; readonly location: string; readonly html: string }
    /** A browser without scripts, over TLS. */
    const newBrowser = () => {
      let cookie = ''
      return (path: string, form?: Readonly<Record<string, string>>) =>
        new Promise<Reply>((resolve, reject) => {
          const body = form ? new URLSearchParams(form).toString() : ''
          const type = { 'content-type': 'application/x-www-form-urlencoded' }
          const headers = {
            cookie,
            'accept-language': 'fr',
            'sec-fetch-site': 'same-origin',
            ...(form && type),
          }
          const sent = request(
            {
              ...{ host: 'localhost', port: front, path, headers, agent: false },
              method: form ? 'POST' : 'GET',
              ca: readFileSync(join(folder, 'ca.pem')),
            },
            answer => {
              for (const line of answer.headers['set-cookie'] ?? [])
                if (line.startsWith('__Host-journey')) cookie = line.split(';')[0] ?? ''
              const parts: Buffer[] = []
              answer.on('data', part => parts.push(part))
              answer.on('end', () =>
                resolve({
                  status: answer.statusCode ?? 0,
                  location: answer.headers.location ?? '',
                  html: Buffer.concat(parts).toString(),
                }),
              )
            },
          )
          sent.on('error', reject)
          sent.end(body)
        })
    }

    beforeAll(async () => {
      createCertificateAuthority(folder)
      const ports = [await freePort(), await freePort()] as const
      front = await freePort()
      fixture = await startPortal({
        ...{ directory: 'embedded', store: 'SQLite', crowd: people, port: front, hashing: 'real' },
        config: {
          publicUrl: `https://localhost:${front}/sesame`,
          trustedProxies: ['127.0.0.1'],
          limits: { ...unlimitedPosts, ...unlimitedJourneys },
        },
      })
      await fixture.portal.close()
      for (const port of ports) processes.set(port, await spawnPortal(fixture, port))
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        name => `${name}_temp_path ${folder}/${name};`,
      )
      const file = join(folder, 'nginx.conf')
      writeFileSync(
        file,
        `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;\nevents {}\nhttp { access_log off; ${temporary.join(' ')}\n${serverFrom(folder, front, ports)}\n}`,
      )
      proxy = spawn(nginx, ['-c', file, '-p', folder], { stdio: 'ignore' })
      const isUp = () =>
        newBrowser()('/sesame/fr/').then(
          ({ status }) => status === 200,
          () => false,
        )
      for (let tried = 0; tried < 200 && !(await isUp()); tried += 1)
        await new Promise(resolve => setTimeout(resolve, 100))
    }, 120_000)
    afterAll(async () => {
      proxy?.kill('SIGTERM')
      for (const one of processes.values()) await one.stop()
    })

    const walk = async (index: number) => {
      const crowdMember = fixture.crowd[index]
      if (!crowdMember) throw new Error('the crowd is too small')
      const ask = newBrowser()
      const expectTo = ({ status, location }: Reply, end: string) => {
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
