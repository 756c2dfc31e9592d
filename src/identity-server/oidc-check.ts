import type { Finding } from '../directory/directory.ts'
import type { Provider } from './discovery.ts'
import type { OidcSettings } from './settings.ts'

const finding = (level: Finding['level'], detail: string): Finding => ({ level, what: 'sign-in', detail })

/** Findings for the operator: whether the provider answers, and which features it lacks. */
export const checkProvider = (
  { issuer, acrValues }: OidcSettings,
  provider: Provider | null,
  returns: readonly URL[],
): readonly Finding[] => {
  if (!provider)
    return [
      finding(
        'wrong',
        `${issuer} does not describe itself at /.well-known/openid-configuration: check signIn.server.issuer, its certificate and caFile. Nobody can sign in.`,
      ),
    ]
  const metadata = provider.config.serverMetadata()
  const levels = metadata.acr_values_supported
  const unknown = levels ? acrValues.filter(value => !levels.includes(value)) : []
  const warnings: readonly (readonly [boolean, string])[] = [
    [
      !metadata.supportsPKCE(),
      'It does not say that it supports PKCE with S256: without PKCE a stolen code could be used.',
    ],
    [unknown.length > 0, `It does not list ${unknown.join(', ')} among the levels that it supports.`],
    [
      metadata.backchannel_logout_supported !== true,
      'It offers no back-channel log-out: a session that is ended there continues here until it expires.',
    ],
    [
      metadata.end_session_endpoint === undefined,
      'It offers no log-out page: people who sign out of Sésame stay signed in there.',
    ],
  ]
  const addresses = returns.map(({ href }) => href).join(' and ')
  return [
    finding(
      'good',
      `${issuer} answers. It must know the redirect addresses ${addresses}; back-channel log-out goes to either.`,
    ),
    ...warnings.filter(([lacking]) => lacking).map(([, detail]) => finding('warning', detail)),
  ]
}
