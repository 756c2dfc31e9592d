import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasNginx, startDocumentedNginx } from '../world/documented-nginx.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { textOf } from '../world/visitor.ts'

describe.skipIf(!hasNginx() && process.env.CI !== 'true')('behind nginx, under a path, over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-nginx-'))
  let fixture: PortalFixture
  let nginx: Awaited<ReturnType<typeof startDocumentedNginx>>
  let ask: ReturnType<typeof nginx.newBrowser>
  let port: number

  beforeAll(async () => {
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
    nginx = await startDocumentedNginx({ folder, port, behind: [behind] })
    ask = nginx.newBrowser()
  })
  afterAll(async () => {
    await nginx?.stop()
    await fixture?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('a complete journey keeps its prefix, its cookies and its origin', async () => {
    const home = await ask('/sesame/fr/')
    expect(home.html).toContain('href="/sesame/fr/identifiants-oublies"')
    const identified = await ask('/sesame/fr/mot-de-passe/identification/numero-personnel', {
      numero: '204518',
      naissance: '14/07/1985',
    })
    expect(identified.location).toBe('/sesame/fr/mot-de-passe/question-joker')
    const demarche = /name="demarche" value="([^"]*)"/.exec((await ask(identified.location)).html)?.[1] ?? ''
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
})
