import type { Clock } from './clock.ts'
import type { Settings } from './config/load.ts'
import { casServer } from './identity-server/cas.ts'
import type { IdentityServer } from './identity-server/identity-server.ts'
import { oidcServer } from './identity-server/oidc.ts'
import { hrefIn } from './routes.ts'
import { languages } from './texts/texts.ts'

/** The server where people sign in, as the configuration says; `null`: the page of Sésame itself. */
export const identityServerOf = ({ config, limits }: Settings, clock: Clock): IdentityServer | null => {
  const { server } = config.signIn
  if (server.kind === 'cas') return casServer(server, clock)
  return server.kind === 'oidc' ? oidcServer(server, clock, limits) : null
}

/** The addresses to which that server sends people back: those that must be registered there. */
export const signInReturns = ({ publicUrl }: Pick<Settings, 'publicUrl'>): readonly URL[] => {
  const base = publicUrl.pathname.replace(/\/$/, '')
  return languages.map(language => new URL(hrefIn(language, base)('signInReturn'), publicUrl.origin))
}
