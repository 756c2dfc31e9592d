import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificateAuthority } from '../world/authority.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { root } from '../world/root.ts'
import { textOf } from '../world/visitor.ts'

const nginx = '/usr/sbin/nginx'

/** The example configuration of the documentation, with the ports and the certificate of this test. */
const serverFrom = (folder: string, port: number, behind: number) =>
  readFileSync(join(root, 'docs/operate/nginx.conf'), 'utf8')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${behind}`)
    .replace('/etc/ssl/certs/portal.pem', join(folder, 'server.pem'))
    .replace('/etc/ssl/private/portal.key', join(folder, 'server.key'))

describe.skipIf(!existsSync(nginx) && process.env.CI !== 'true')(
  'behind nginx, under a path, over TLS',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'sesame-nginx-'))
    let fixture: PortalFixture
    let proxy: ReturnType<typeof spawn>
    let port: number
    let cookie = ''

    beforeAll(async () => {
      createCertificateAuthority(folder)
      const [front, behind] = [await freePort(), await freePort()]
      port = front
      fixture = await startPortal({
        directory: 'embedded',
        store: 'SQLite',
        config: {
          publicUrl: `https://localhost:${front}/sesame`,
          listen: { port: behind, admin: 'off' },
          trustedProxies: ['127.0.0.1'],
        },
      })
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        name => `${name}_temp_path ${folder}/${name};`,
      )
      const file = join(folder, 'nginx.conf')
      writeFileSync(
        file,
        `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;\nevents {}\nhttp { access_log off; ${temporary.join(' ')}\n${serverFrom(folder, front, behind)}\n}`,
      )
      proxy = spawn(nginx, ['-c', file, '-p', folder], { stdio: 'ignore' })
      await expectUp()
    })
    afterAll(async () => {
      proxy?.kill('SIGTERM')
      await fixture?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const ask = (path: string, form?: Record<string, string>, more: Record<string, string> = {}) =>
      new Promise<{ status: number; location: string; html: string }>((resolve, reject) => {
        const body = form ? new URLSearchParams(form).toString() : ''
        const headers = {
          cookie,
          'accept-language': 'fr',
          'sec-fetch-site': 'same-origin',
          ...(form && {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(body),
          }),
          ...more,
        }
        const sent = request(
          {
            host: 'localhost',
            port,
            path,
            method: form ? 'POST' : 'GET',
            headers,
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

    const expectUp = async () => {
      for (let tried = 0; tried < 300; tried += 1) {
        if (
          await ask('/sesame/fr/').then(
            ({ status }) => status === 200,
            () => false,
          )
        )
          return
        await new Promise(resolve => setTimeout(resolve, 100))
      }
      throw new Error(
        `nginx does not answer: ${existsSync(join(folder, 'error.log')) ? readFileSync(join(folder, 'error.log'), 'utf8') : ''}`,
      )
    }

    it('a complete journey keeps its prefix, its cookies and its origin', async () => {
      const home = await ask('/sesame/fr/')
      expect(home.html).toContain('href="/sesame/fr/identifiants-oublies"')
      const identified = await ask('/sesame/fr/mot-de-passe/identification/numero-personnel', {
        numero: '204518',
        naissance: '14/07/1985',
      })
      expect(identified.location).toBe('/sesame/fr/mot-de-passe/question-joker')
      const demarche =
        /name="demarche" value="([^"]*)"/.exec((await ask(identified.location)).html)?.[1] ?? ''
      const answered = await ask(identified.location, { reponse: 'félix', demarche })
      expect(answered.location).toBe('/sesame/fr/mot-de-passe/nouveau')
      const chosen = {
        nouveau: 'Tr0mbone&Cascade-3',
        confirmation: 'Tr0mbone&Cascade-3',
        charte: 'oui',
        demarche,
      }
      const done = await ask(answered.location, chosen)
      expect(done.location).toBe('/sesame/fr/mot-de-passe/termine')
      expect(textOf((await ask(done.location)).html)).toContain('Votre mot de passe a bien été modifié')
    })

    it('leads password managers, who ask the host itself, to the change of password', async () => {
      expect(await ask('/.well-known/change-password')).toMatchObject({
        status: 303,
        location: '/sesame/compte/mot-de-passe',
      })
      expect(JSON.parse((await ask('/.well-known/passkey-endpoints')).html)).toMatchObject({
        manage: `https://localhost:${port}/sesame/compte/cles-d-acces`,
      })
    })

    it('an address that the client wrote itself is not believed', async () => {
      const networks = async () =>
        new Set(
          (
            await fixture.application.store.read
              .selectFrom('counters')
              .select('key')
              .where('name', '=', 'identification')
              .execute()
          ).map(({ key }) => key),
        ).size
      for (const invented of ['1.2.3.4', '5.6.7.8', '9.9.9.9'])
        await ask(
          '/sesame/fr/mot-de-passe/identification/uid',
          { numero: 'x', naissance: '1/2/1980' },
          { 'x-forwarded-for': invented },
        )
      expect(await networks()).toBe(1)
    })

    it('a form of another origin is refused, and a body too large never arrives', async () => {
      const foreign = await ask(
        '/sesame/fr/mot-de-passe/identification/uid',
        { numero: 'x', naissance: '1/2/1980' },
        { 'sec-fetch-site': '', origin: 'https://evil.example' },
      )
      expect(foreign.status).toBe(403)
      expect(
        (await ask('/sesame/fr/connexion', { identifiant: 'x'.repeat(20_000), motdepasse: 'x' })).status,
      ).toBe(413)
    })
  },
)
