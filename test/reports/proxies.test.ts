import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { scratchFolder } from '../world/scratch.ts'

const nginx = '/usr/sbin/nginx'

/** Public reports of portals behind a proxy, each tried behind a real nginx. */
describe.skipIf(!existsSync(nginx) && process.env.CI !== 'true')('reports of proxies', () => {
  const folder = scratchFolder('sesame-proxy-')
  let fixture: PortalFixture
  let proxy: ReturnType<typeof spawn>
  let front: number

  /** One front for each line that the proxy may have. */
  const fronts = { '/silent': '', '/named': 'proxy_set_header X-Forwarded-For $remote_addr;' }

  beforeAll(async () => {
    front = await freePort()
    const behind = await freePort()
    fixture = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      config: {
        publicUrl: `http://127.0.0.1:${front}`,
        listen: { port: behind, admin: 'off' },
        trustedProxies: ['127.0.0.1'],
      },
    })
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      name => `${name}_temp_path ${folder}/${name};`,
    )
    const locations = Object.entries(fronts).map(
      ([path, header]) =>
        `location ${path}/ { ${header} proxy_set_header Host $http_host; proxy_pass http://127.0.0.1:${behind}/; }`,
    )
    const file = join(folder, 'nginx.conf')
    writeFileSync(
      file,
      `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;\nevents {}\nhttp { access_log off; ${temporary.join(' ')}\nserver { listen 127.0.0.1:${front};\n${locations.join('\n')}\n} }`,
    )
    proxy = spawn(nginx, ['-c', file, '-p', folder], { stdio: 'ignore' })
    const isUp = () =>
      fetch(`http://127.0.0.1:${front}/named/fr/`).then(
        ({ ok }) => ok,
        () => false,
      )
    for (let tried = 0; tried < 200 && !(await isUp()); tried += 1)
      await new Promise(resolve => setTimeout(resolve, 100))
  })
  afterAll(async () => {
    proxy?.kill('SIGTERM')
    await fixture?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const post = (path: keyof typeof fronts) =>
    fetch(`http://127.0.0.1:${front}${path}/fr/mot-de-passe/identification/uid`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ numero: 'x', naissance: '1/2/1980' }),
    })
  const warnings = () => fixture.lines.filter(line => line.includes('sends no X-Forwarded-For'))

  it('a proxy that does not say for whom it asks is named in the log, once, and not one that does (nextcloud/server#8510, jazzband/django-axes#23)', async () => {
    await post('/named')
    expect(warnings()).toEqual([])
    await post('/silent')
    await post('/silent')
    expect(warnings()).toHaveLength(1)
    expect(readFileSync(join(folder, 'error.log'), 'utf8')).not.toContain('emerg')
  })
})
