import type { Clock } from './clock.ts'
import type { Settings } from './config/load.ts'
import { createCasServer } from './identity-server/cas.ts'
import type { IdentityServer } from './identity-server/identity-server.ts'
import { hrefIn } from './routes.ts'
import { languages } from './texts/texts.ts'

/**
 * The server where people sign in, as the configuration says; `null`: the page of Sésame itself. The libraries of OpenID
 * Connect are read where they are needed: a portal without it starts without them.
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

/** The addresses to which that server sends people back: those that must be registered there. */
export const signInReturns = ({ publicUrl }: Pick<Settings, 'publicUrl'>): readonly URL[] => {
  const base = publicUrl.pathname.replace(/\/$/, '')
  return languages.map(language => new URL(hrefIn(language, base)('signInReturn'), publicUrl.origin))
}
