import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createOidcServer } from '../../src/identity-server/oidc.ts'
import { oidcSettings } from '../../src/identity-server/settings.ts'
import { defaultLimits } from '../../src/limits/limits.ts'
import { clientSecret, type OpenIdProvider, startOpenIdProvider } from '../world/openid-provider.ts'
import { scratchFolder } from '../world/scratch.ts'

/** Public reports of programs that sign in at an OpenID provider, each tried on a real one. */
describe('reports of identity servers', () => {
  const portal = 'https://sesame.univ.example'
  const secretFile = join(scratchFolder('sesame-oidc-'), 'secret')
  const started: OpenIdProvider[] = []
  afterAll(() => Promise.all(started.map(one => one.stop())))

  const checkOf = async (path: string, written: (issuer: string) => string) => {
    const op = await startOpenIdProvider(portal, path)
    started.push(op)
    writeFileSync(secretFile, clientSecret)
    const server = createOidcServer(
      oidcSettings.parse({
        issuer: written(op.issuer),
        clientId: 'sesame',
        clientSecretFile: secretFile,
        timeout: 1500,
      }),
      systemClock,
      defaultLimits,
    )
    const findings = await server.check([new URL(`${portal}/fr/connexion/retour`)])
    return findings.map(({ level }) => level)[0]
  }

  describe('a slash at the end of the issuer is the provider’s affair (Freika/dawarich#2925, ghostfolio/ghostfolio#6413)', () => {
    it.each([
      ['neither has it', '/realms/univ', (issuer: string) => issuer],
      ['the operator adds it', '/realms/univ', (issuer: string) => `${issuer}/`],
      ['both have it', '/application/o/sesame/', (issuer: string) => issuer],
      ['the operator forgets it', '/application/o/sesame/', (issuer: string) => issuer.slice(0, -1)],
    ])('%s', async (_, path, written) => {
      expect(await checkOf(path, written)).toBe('good')
    })
    it('another path is another issuer', async () => {
      expect(await checkOf('/realms/univ', issuer => issuer.replace('univ', 'other'))).toBe('wrong')
    })
  })
})
