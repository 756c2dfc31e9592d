import { z } from 'zod'
import { outgoingUrl } from '../http-client/safe-url.ts'

const reach = {
  caFile: z.string().optional().describe('PEM file of the private authority that signed that server.'),
  timeout: z
    .int()
    .min(500)
    .max(60_000)
    .default(5000)
    .describe('Milliseconds after which a request to that server is abandoned and its connection closed.'),
}

export const casSettings = z.strictObject({
  url: outgoingUrl.describe('Address of the CAS server, before /login: https://sso.univ.example/cas.'),
  loginAttribute: z
    .string()
    .min(1)
    .optional()
    .describe('Attribute with the login of the directory. Absent: the user that the ticket names.'),
  dateAttribute: z
    .string()
    .min(1)
    .default('authenticationDate')
    .describe(
      'Attribute that says when the person signed in there: an ISO date, or seconds since 1970. Without it the sign-in counts as old, and sensitive changes ask for a fresh one.',
    ),
  secondFactorAttribute: z
    .string()
    .min(1)
    .default('authnContextClass')
    .describe('Attribute that says how the person signed in.'),
  secondFactorValues: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Values of that attribute that mean that the server asked for a second factor. Sésame then does not ask for its own.',
    ),
  ...reach,
})

export const oidcSettings = z.strictObject({
  issuer: outgoingUrl.describe(
    'Issuer. Its configuration is below it, at /.well-known/openid-configuration.',
  ),
  clientId: z.string().min(1).describe('Name of the portal at the provider.'),
  clientSecretFile: z.string().describe('File that holds the secret of the portal at the provider.'),
  clientAuthentication: z
    .enum(['client_secret_basic', 'client_secret_post'])
    .default('client_secret_basic')
    .describe('How the portal sends the secret.'),
  scope: z
    .string()
    .regex(/^openid\b/)
    .default('openid profile')
    .describe('Scopes that the portal requests; the first is `openid`.'),
  loginClaim: z
    .string()
    .min(1)
    .default('preferred_username')
    .describe('Claim that holds the login of the directory, in the ID token or at the userinfo endpoint.'),
  acrValues: z
    .array(z.string().min(1))
    .default([])
    .describe('Levels (`acr`) that the portal requests. A sign-in at none of them is refused.'),
  secondFactorAcr: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Levels that mean that the provider asked for a second factor. Sésame then does not ask for its own. Name them in `acrValues` too: a provider need not report a level that was not requested.',
    ),
  ...reach,
})

export const identityServerSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded') }).describe('The sign-in page of Sésame itself.'),
  z.strictObject({ kind: z.literal('cas'), ...casSettings.shape }).describe('A CAS 3.0 server.'),
  z.strictObject({ kind: z.literal('oidc'), ...oidcSettings.shape }).describe('An OpenID Connect provider.'),
])

export type CasSettings = z.infer<typeof casSettings>
export type OidcSettings = z.infer<typeof oidcSettings>
