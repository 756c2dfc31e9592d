import type { Clock } from './clock.ts'
import type { Settings } from './config/load.ts'
import { createCasServer } from './identity-server/cas.ts'
import type { IdentityServer } from './identity-server/identity-server.ts'
import { hrefIn } from './routes.ts'
import { languages } from './texts/texts.ts'

/**
 * Creates the configured identity server; `null`: people sign in on the page of Sésame itself. The libraries of OpenID
 * Connect are imported only where they are needed.
 */
export const createIdentityServer = async (
  { config, limits }: Settings,
  clock: Clock,
): Promise<IdentityServer | null> => {
  const { server } = config.signIn
  if (server.kind === 'cas') return createCasServer(server, clock)
  if (server.kind === 'embedded') return null
  const { createOidcServer } = await import('./identity-server/oidc.ts')
  return createOidcServer(server, clock, limits)
}

/** The redirect URIs to which that server sends people back; they must be registered there. */
export const signInReturns = ({ publicUrl }: Pick<Settings, 'publicUrl'>): readonly URL[] => {
  const base = publicUrl.pathname.replace(/\/$/, '')
  return languages.map(language => new URL(hrefIn(language, base)('signInReturn'), publicUrl.origin))
}
