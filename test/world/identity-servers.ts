import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InstitutionBrowser } from './institution-browser.ts'
import { hasLemonLdap, startLemonLdap } from './lemonldap.ts'
import { clientSecret, startOpenIdProvider } from './openid-provider.ts'
import { available, type PortalFixture, type PortalFixtureOptions, startPortal } from './portal.ts'
import { freePort } from './ports.ts'

/** A portal whose sign-in is done by a server of the institution, together with that server. */
export type Institution = {
  readonly kind: 'cas' | 'oidc'
  readonly fixture: PortalFixture
  /** Restarts the portal. */
  readonly restart: () => Promise<void>
  readonly url: string
  readonly caFile: string | undefined
  readonly passwordOf: (own: string) => string
  /** Runs a sign-in that the server afterwards treats as too old to be fresh. */
  readonly asOldSignIn: <T>(signIn: () => Promise<T>) => Promise<T>
  /** Signs out at the server, as from another application. */
  readonly signOutAtServer: (there: InstitutionBrowser) => Promise<void>
  readonly down: () => Promise<void>
  readonly up: () => Promise<void>
  readonly stop: () => Promise<void>
}

export type OpenIdInstitution = Institution & {
  /** Runs a sign-in that the provider reports as done with a second factor (`acr`). */
  readonly asSecondFactor: <T>(signIn: () => Promise<T>) => Promise<T>
}

type Config = Readonly<Record<string, unknown>>
type Start = (config: Config) => Promise<Institution>

const openAt = (
  kind: Pick<PortalFixtureOptions, 'directory' | 'store'>,
  config: PortalFixtureOptions['config'],
  port: number,
) => startPortal({ ...kind, people: 20, port, ...(config && { config }) })

/** OpenID Connect, with the embedded directory. The provider does not know its passwords: it accepts « right » for everyone. */
export const openIdInstitution = async (config: Config): Promise<OpenIdInstitution> => {
  const port = await freePort()
  const op = await startOpenIdProvider(`http://127.0.0.1:${port}`)
  const folder = mkdtempSync(join(tmpdir(), 'sesame-institution-'))
  const clientSecretFile = join(folder, 'secret')
  writeFileSync(clientSecretFile, clientSecret)
  const server = {
    kind: 'oidc',
    issuer: op.issuer,
    clientId: 'sesame',
    clientSecretFile,
    timeout: 10_000,
    acrValues: ['one', 'two'],
    secondFactorAcr: ['two'],
  }
  const signIn = { server, ...(config.signIn as object) }
  let fixture = await openAt({ directory: 'embedded', store: 'SQLite' }, { ...config, signIn }, port)
  return {
    get fixture() {
      return fixture
    },
    restart: async () => {
      fixture = await fixture.restart()
    },
    kind: 'oidc',
    url: op.issuer,
    caFile: undefined,
    passwordOf: () => 'right',
    asOldSignIn: async completeSignIn => {
      op.ago.value = 3600
      const done = await completeSignIn()
      op.ago.value = 0
      return done
    },
    asSecondFactor: async completeSignIn => {
      op.acr.value = 'two'
      const done = await completeSignIn()
      op.acr.value = 'one'
      return done
    },
    signOutAtServer: async there => {
      const page = await there.get(new URL('/session/end', op.issuer))
      const xsrf = 'reply' in page ? /name="xsrf" value="([\w-]+)"/.exec(page.reply.body)?.[1] : undefined
      if (!xsrf) throw new Error('the provider does not ask whether to sign out')
      await there.post(new URL('/session/end/confirm', op.issuer), { xsrf, logout: 'yes' })
    },
    down: op.stop,
    up: op.start,
    stop: async () => {
      await fixture.stop()
      await op.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

/** CAS by LemonLDAP::NG, with the people of slapd. */
const casInstitution: Start = async config => {
  let llng: Awaited<ReturnType<typeof startLemonLdap>> | undefined
  const port = await freePort()
  let fixture = await openAt(
    { directory: 'slapd', store: 'PostgreSQL' },
    async slapd => {
      llng = await startLemonLdap(slapd, `http://127.0.0.1:${port}/identifiants-oublies`)
      const server = { kind: 'cas', url: llng.casUrl, caFile: llng.caFile, timeout: 10_000 }
      return { ...config, signIn: { server, ...(config.signIn as object) } }
    },
    port,
  )
  if (!llng) throw new Error('no CAS server')
  const { url, caFile, kill, start, stop } = llng
  return {
    get fixture() {
      return fixture
    },
    restart: async () => {
      fixture = await fixture.restart()
    },
    kind: 'cas',
    url,
    caFile,
    passwordOf: own => own,
    asOldSignIn: async signIn => {
      const done = await signIn()
      // LemonLDAP::NG treats a sign-in of the last five seconds as fresh (portalForceAuthnInterval).
      await new Promise(resolve => setTimeout(resolve, 6500))
      return done
    },
    signOutAtServer: async there => {
      await there.get(new URL('/cas/logout', url))
    },
    down: kill,
    up: start,
    stop: async () => {
      await stop()
      await fixture.stop()
    },
  }
}

export const institutions = [
  {
    name: 'CAS 3.0 on LemonLDAP::NG',
    start: casInstitution,
    available: hasLemonLdap() && available({ directory: 'slapd', store: 'PostgreSQL' }),
  },
  { name: 'OpenID Connect on oidc-provider', start: openIdInstitution, available: true },
].filter(({ available: is }) => is || process.env.CI === 'true')
